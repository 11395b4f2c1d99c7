/**
 * Sentences of findings by their code and parameters, in the language of whoever writes them: pages, and reports that the server makes.
 * In English each is the sentence of the API, which a test compares.
 */
import { integer, percent, seconds, significant, usd } from './quantities.ts';
import type { ReasonParameters as Parameters } from './reason-values.ts';

type Values = Readonly<Record<string, string | number | null>>;

/** Writes texts in one language. */
export interface FindingWriter {
  readonly t: (text: string, values: Values) => string;
  /** The same, for texts that are kept in constants. */
  readonly translated: (text: string, values: Values) => string;
  readonly duration: (ms: number | null) => string;
  /** `sentence`: in English. */
  readonly reason: (sentence: string, code: string | null, parameters: Parameters) => string;
}

/** Relative changes of the duration below this are called equal. */
const SAME_SPEED = 0.005;

const number = (value: Parameters[string] | undefined): number | null => (typeof value === 'number' ? value : null);
const whole = (value: Parameters[string] | undefined): string => integer(number(value) ?? 0);
const text = (value: Parameters[string] | undefined): string => String(value ?? '');
/** Marks a text that catalogues of other languages have. */
const message = <const Text extends string>(english: Text): Text => english;

/** Of a group of functions; `functions`, `name` and `runtimes` are given to each. */
const GROUPS = {
  'out-of-memory': message(
    '{functions, plural, one {{name}} other {# functions}} ran out of memory: {isLowerBound, select, yes {at least {affected}} other {{affected}}} of {invocations, plural, one {# invocation} other {# invocations}}',
  ),
  timeouts: message(
    '{functions, plural, one {{name}} other {# functions}} timed out: {isLowerBound, select, yes {at least {affected}} other {{affected}}} of {invocations, plural, one {# invocation} other {# invocations}}',
  ),
  errors: message(
    '{functions, plural, one {{name} throws errors or exits} other {# functions throw errors or exit}}: {isLowerBound, select, yes {at least {affected}} other {{affected}}} of {invocations, plural, one {# invocation} other {# invocations}}',
  ),
  'cold-starts': message(
    'Callers of {functions, plural, one {{name}} other {# functions}} waited {times, plural, one {# time} other {# times}} for a cold start, {waited} in total',
  ),
  'runtime-update-blocked': message(
    '{functions, plural, one {{name} runs on {runtimes}: AWS accepts no updates of its code any more} other {# functions run on {runtimes}: AWS accepts no updates of their code any more}}',
  ),
  'runtime-deprecated': message(
    '{functions, plural, one {{name} runs} other {# functions run}} on {runtimes}, without security updates since {days, select, several {these days} other {{deprecation}}}',
  ),
  'runtime-ending': message(
    '{functions, plural, one {{name} runs on {runtimes}, which gets} other {# functions run on {runtimes}, which get}} no security updates after {days, select, several {these days} other {{deprecation}}}',
  ),
  'memory-too-small': message(
    '{functions, plural, one {{name} needs {memoryMb} MB instead of {currentMb}} other {# functions need more memory}}',
  ),
  'memory-saving': message(
    '{functions, plural, one {{name} would cost {saving} a month less with {memoryMb} MB instead of {currentMb}, and be {speed, select, same {as fast} faster {{by} faster} other {{by} slower}}} other {# functions would cost {saving} a month less with other memory sizes}}',
  ),
  throttles: message(
    'Requests to {functions, plural, one {{name}} other {# functions}} were throttled: {share, select, known {{affected} of {all}} other {{affected}}}',
  ),
  'provisioned-concurrency': message(
    'Invocations of {functions, plural, one {{name}} other {# functions}} found all provisioned concurrency in use: {share, select, known {{affected} of {all}} other {{affected}}}',
  ),
  'dropped-events': message(
    'Asynchronous events of {functions, plural, one {{name}} other {# functions}} were dropped without a successful invocation: {affected}',
  ),
  'dead-letters': message(
    'Events of {functions, plural, one {{name}} other {# functions}} could not be sent to a dead-letter queue: {affected}',
  ),
  destinations: message(
    'Events of {functions, plural, one {{name}} other {# functions}} could not be sent to a destination: {affected}',
  ),
  'iterator-age': message(
    'Records of a stream wait longer and longer for {functions, plural, one {{name}} other {# functions}}',
  ),
  'async-event-age': message(
    'Asynchronous events wait longer and longer for {functions, plural, one {{name}} other {# functions}}',
  ),
} as const;

/** Codes of findings, as the contract has them. */
type FindingCode = keyof typeof GROUPS;

/** The sentence of all functions with the same finding. */
export function groupText({ translated }: FindingWriter, code: FindingCode, parameters: Parameters): string {
  const affected = number(parameters['affected']);
  const invocations = number(parameters['invocations']);
  return translated(GROUPS[code], {
    functions: number(parameters['functions']),
    name: text(parameters['name']),
    affected: integer(affected ?? 0),
    times: affected ?? 0,
    isLowerBound: yes(parameters['isLowerBound']),
    invocations: invocations ?? 0,
    // Of more than all: points of the total may be missing.
    share: invocations === null ? 'unknown' : 'known',
    all: integer(Math.max(invocations ?? 0, affected ?? 0)),
    waited: seconds(number(parameters['waitedSeconds'])),
    runtimes: text(parameters['runtimes']),
    deprecation: text(parameters['deprecation']),
    days: parameters['deprecation'] === null ? 'several' : 'one',
    saving: usd(number(parameters['monthlySavingUsd'])),
    memoryMb: text(parameters['memoryMb']),
    currentMb: text(parameters['currentMb']),
    ...speedOf(parameters),
  });
}

const NEXT: Readonly<Record<FindingCode, string>> = {
  'out-of-memory': message('Raise the memory of {name}: its Memory tab shows the minimum safe size'),
  timeouts: message('See how long {name} ran, and which timeout would do'),
  errors: message('See the errors of {name} by cause, with their lines'),
  'cold-starts': message('See why {name} starts cold, and what helps'),
  'runtime-update-blocked': message('Move {name} to a supported runtime first'),
  'runtime-deprecated': message('Move {name} to a supported runtime first'),
  'runtime-ending': message('Plan a newer runtime for {name}'),
  'memory-too-small': message('See why {name} needs more memory'),
  'memory-saving': message('Compare cost and duration of {name} by memory size'),
  throttles: message('Compare the concurrency of {name} with its limits'),
  'provisioned-concurrency': message('See when {name} needs more provisioned concurrency'),
  'dropped-events': message('See when events of {name} were dropped'),
  'dead-letters': message('Check the dead-letter queue of {name} and the permission to send to it'),
  destinations: message('Check the destination of {name} and the permission to send to it'),
  'iterator-age': message('See since when {name} falls behind its stream'),
  'async-event-age': message('See since when events of {name} wait'),
};

/** What to do about a finding, beginning with the function named. */
export function nextText({ translated }: FindingWriter, code: FindingCode, parameters: Parameters): string {
  return translated(NEXT[code], { name: text(parameters['name']) });
}

/** The sentence of one function, with the interval of its estimate. */
export function findingText(writer: FindingWriter, code: FindingCode, parameters: Parameters): string {
  const { t } = writer;
  const name = text(parameters['name']);
  const of = number(parameters['of']);
  const n = number(parameters['count']) ?? 0;
  // No share can be more than all: points of the total may be missing.
  const shared = { name, n, ...shareOf(n, of) };
  switch (code) {
    case 'out-of-memory':
      return t(
        '{name}: {failed, plural, one {# invocation} other {# invocations}} ran out of memory, of {invocations}',
        { name, failed: number(parameters['failed']), invocations: whole(parameters['invocations']) },
      );
    case 'timeouts':
      return t(
        '{name}: {failed, plural, one {# timeout} other {# timeouts}} in {invocations, plural, one {# invocation} other {# invocations}}',
        { name, failed: number(parameters['failed']), invocations: number(parameters['invocations']) },
      );
    case 'errors':
      return t(
        '{name}: {isLowerBound, select, yes {at least {rate}} other {{rate}}} of invocations failed ({interval})',
        { name, isLowerBound: yes(parameters['isLowerBound']), ...rateOf(writer, parameters) },
      );
    case 'cold-starts':
      return t('{name}: {rate} of callers waited for a cold start ({interval}), {waited} of init in total', {
        name,
        waited: seconds(number(parameters['waitedSeconds'])),
        ...rateOf(writer, parameters),
      });
    case 'runtime-ending':
    case 'runtime-deprecated':
    case 'runtime-update-blocked':
      return runtimeText(writer, code, parameters);
    case 'memory-too-small':
    case 'memory-saving':
      return memoryText(writer, parameters);
    case 'throttles':
      return t(
        '{name}: {n, plural, one {# throttled request} other {# throttled requests}}{share, select, known {, {percent} of {all}} other {}}{hasPeak, select, yes {; at most {peak} ran at once} other {}}',
        {
          ...shared,
          hasPeak: yes(parameters['peakConcurrency'] !== null),
          peak: whole(parameters['peakConcurrency']),
        },
      );
    case 'provisioned-concurrency':
      return t(
        '{name}: {n, plural, one {# invocation} other {# invocations}} found all provisioned concurrency in use{share, select, known {, {percent} of {all}} other {}}',
        shared,
      );
    case 'dropped-events':
      return t(
        '{name}: {n, plural, one {# asynchronous event} other {# asynchronous events}} dropped without a successful invocation{share, select, known {, of {all}} other {}}',
        shared,
      );
    case 'dead-letters':
      return t(
        '{name}: {n, plural, one {# event} other {# events}} could not be sent to its dead-letter queue',
        shared,
      );
    case 'destinations':
      return t('{name}: {n, plural, one {# event} other {# events}} could not be sent to its destination', shared);
    case 'iterator-age':
      return t(
        '{name}: records of its stream wait longer and longer, up to {first} at first and {last} at last (rising over {parts} parts of the range, p = {p}, n={n})',
        { name, ...trendOf(writer, parameters) },
      );
    case 'async-event-age':
      return t(
        '{name}: asynchronous events wait longer and longer, up to {first} at first and {last} at last (rising over {parts} parts of the range, p = {p}, n={n})',
        { name, ...trendOf(writer, parameters) },
      );
  }
}

function yes(is: Parameters[string] | undefined): string {
  return is === true ? 'yes' : 'no';
}

function shareOf(n: number, of: number | null) {
  if (of === null) return { share: 'unknown', percent: '', all: '' };
  return { share: 'known', percent: percent(n / Math.max(n, of)), all: integer(of) };
}

function trendOf({ duration }: FindingWriter, parameters: Parameters) {
  return {
    first: duration(number(parameters['firstMs'])),
    last: duration(number(parameters['lastMs'])),
    parts: text(parameters['parts']),
    p: significant(number(parameters['p']) ?? 0, 2),
    n: whole(parameters['n']),
  };
}

/** A rate, and its interval with n and what it assumes. */
function rateOf({ t }: FindingWriter, parameters: Parameters) {
  const blocks = number(parameters['blocks']);
  const bounds = {
    low: percent(number(parameters['low'])),
    high: percent(number(parameters['high'])),
    n: whole(parameters['n']),
  };
  const interval =
    blocks === null
      ? t('95 % CI if invocations are independent {low}–{high}, n={n}', bounds)
      : t('95 % CI {low}–{high}, n={n}, from {blocks} blocks of time', { ...bounds, blocks: String(blocks) });
  return { rate: percent(number(parameters['rate'])), interval };
}

function runtimeText({ t }: FindingWriter, code: FindingCode, parameters: Parameters): string {
  const values = {
    name: text(parameters['name']),
    runtime: text(parameters['runtime']),
    deprecation: text(parameters['deprecation']),
    blockUpdate: text(parameters['blockUpdate']),
    update: parameters['blockUpdate'] === null ? 'unknown' : code === 'runtime-update-blocked' ? 'blocked' : 'allowed',
  };
  return code === 'runtime-ending'
    ? t(
        '{name}: {runtime} is deprecated on {deprecation}: no security updates after that day{update, select, allowed {; its code can be updated until {blockUpdate}} other {}}',
        values,
      )
    : t(
        '{name}: {runtime} has been deprecated since {deprecation}: it gets no security updates{update, select, allowed {; its code can be updated until {blockUpdate}} blocked {; its code cannot be updated since {blockUpdate}} other {}}',
        values,
      );
}

function memoryText({ t, reason }: FindingWriter, parameters: Parameters): string {
  const cost = number(parameters['costChange']);
  const sizes = {
    name: text(parameters['name']),
    memoryMb: text(parameters['memoryMb']),
    currentMb: text(parameters['currentMb']),
  };
  if (cost === null || number(parameters['latencyChange']) === null)
    return t('{name}: {memoryMb} MB instead of {currentMb}. {reason}', {
      ...sizes,
      reason: reason(text(parameters['reason']), codeOf(parameters['reasonCode']), parameters),
    });
  return t(
    '{name}: {memoryMb} MB instead of {currentMb} would be {cheaper} cheaper (95 % CI {low}–{high}) and {speed, select, same {as fast} faster {{by} faster} other {{by} slower}}',
    {
      ...sizes,
      cheaper: percent(-cost),
      low: percent(-(number(parameters['costChangeHigh']) ?? cost)),
      high: percent(-(number(parameters['costChangeLow']) ?? cost)),
      ...speedOf(parameters),
    },
  );
}

/** How much faster or slower, by the relative change of the duration. */
function speedOf(parameters: Parameters): { readonly speed: string; readonly by: string } {
  const change = number(parameters['latencyChange']) ?? 0;
  if (Math.abs(change) < SAME_SPEED) return { speed: 'same', by: '' };
  return { speed: change < 0 ? 'faster' : 'slower', by: percent(Math.abs(change)) };
}

const codeOf = (value: Parameters[string] | undefined): string | null => (typeof value === 'string' ? value : null);
