/**
 * Functions that a query of the SQL console may call: those that compute from their arguments. All others are refused by their names: what
 * reads files, dictionaries, settings or other tables, asks other servers, says what the server is, or waits.
 */

/** Beginnings of names. */
const FAMILIES = [
  ...['any', 'approx_', 'approxTop', 'arg(?:Min|Max|_)', 'array', 'avg', 'base', 'bit', 'char', 'concat', 'corr', 'count', 'covar', 'date'],
  ...['delta', 'emptyArray', 'ends?With', 'exponential', 'extract', 'first_?value', 'formatDateTime', 'formatReadable', 'from', 'group', 'has(?:All|Any|Substr|Token|Subsequence)'],
  ...['histogram', 'int(?:Div|Exp)', 'is(?:Finite|Inf|NaN|N|Not|Null|Valid|Zero|Decimal|IP)', 'JSON', 'kurt', 'lag', 'last_?value', 'lead'],
  ...['length', 'log', 'lower', 'make(?:Date|Interval)', 'map', 'max', 'median', 'min', 'modulo', 'multiSearch', 'ngram', 'not', 'pad', 'parseDateTime'],
  ...['position', 'quantile', 'rank', 'regexp', 'reinterpretAs', 'replace', 'sequence(?:Count|Match)', 'simpleJSON', 'simpleLinear', 'skew', 'split'],
  ...['starts?With', 'stddev', 'string', 'studentT', 'substr', 'sum', 'to', 'topK', 'trim', 'tuple', 'uniq', 'upper', 'var', 'welchT', 'width'],
  ...['add(?:Days|Hours|Microseconds|Milliseconds|Minutes|Months|Quarters|Seconds|Weeks|Years|Interval)', 'subtract'],
];
const SINGLE = [
  ...['abs', 'accurateCast', 'acos', 'age', 'and', 'ascii', 'asin', 'assumeNotNull', 'atan', 'atan2', 'cast', '_CAST', 'cbrt', 'ceil', 'ceiling'],
  ...['clamp', 'coalesce', 'contingency', 'cos', 'cosh', 'cramersV', 'cume_dist', 'degrees', 'dense_rank', 'divide', 'e', 'editDistance', 'empty'],
  ...['entropy', 'equals', 'erf', 'exists', 'exp', 'exp10', 'exp2', 'factorial', 'floor', 'format', 'gcd', 'generate_series', 'greater'],
  ...['greaterOrEquals', 'greatest', 'hex', 'hypot', 'if', 'ifNotFinite', 'ifNull', 'ilike', 'in', 'globalIn', 'globalNotIn', 'has', 'indexOf', 'initcap', 'initcapUTF8', 'interval'],
  ...['intervalLengthSum', 'kolmogorovSmirnovTest', 'lambda', 'lcm', 'least', 'left', 'leftPad', 'leftPadUTF8', 'leftUTF8', 'less', 'lessOrEquals', 'like'],
  ...['locate', 'mannWhitneyUTest', 'match', 'minus', 'monthName', 'multiIf', 'multiply', 'negate', 'nth_value', 'ntile', 'now', 'now64', 'nullIf'],
  ...['or', 'percent_rank', 'pi', 'plus', 'positiveModulo', 'pow', 'power', 'radians', 'rand', 'range', 'repeat', 'retention', 'reverse', 'reverseUTF8'],
  ...['right', 'rightPad', 'rightPadUTF8', 'rightUTF8', 'round', 'roundAge', 'roundBankers', 'roundDown', 'roundDuration', 'roundToExp2', 'row_number'],
  ...['rowNumberInAllBlocks', 'runningAccumulate', 'sign', 'sin', 'singleValueOrNull', 'sinh', 'space', 'sparkbar', 'sqrt', 'tan', 'tanh', 'timeDiff'],
  ...['timeSlot', 'timestamp', 'timestampDiff', 'timestamp_diff', 'today', 'transform', 'translate', 'trunc', 'truncate', 'unhex', 'windowFunnel', 'xor'],
  ...['year', 'quarter', 'month', 'week', 'day', 'dayOfMonth', 'dayOfWeek', 'dayOfYear', 'hour', 'minute', 'second', 'yesterday', 'unixepoch'],
];
const ALLOWED = new RegExp(`^(?:(?:${FAMILIES.join('|')})\\w*|${SINGLE.join('|')})$`, 'i');

/** Tables that are computed from their arguments. */
const TABLE_FUNCTIONS = /^(?:numbers|generate_?series|values)$/i;

export function mayCall(name: string): boolean {
  return ALLOWED.test(name);
}

export function mayReadFrom(name: string): boolean {
  return TABLE_FUNCTIONS.test(name);
}
