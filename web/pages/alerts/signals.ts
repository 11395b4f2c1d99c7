/** What a rule can watch, in plain words: the choices of the rule form, and how any rule is described. */
import { durationMs, HOUR_MS } from '../../../ingest/records/time.ts';
import { duration, quantity } from '../../../ingest/text/quantities.ts';
import type { RulesAnswer } from '../../../server/http/contract/alert-rules.ts';
import type { RequestOf } from '../../api/request.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated, withUnits } from '../../i18n/translate.ts';

export type RuleDocument = RequestOf<'previewAlertRule'>['body']['rule'];
export type Rule = RulesAnswer['items'][number];
type Signal = RuleDocument['signal'];

export interface SignalChoice {
  readonly key: string;
  readonly group: Message;
  readonly label: Message;
  readonly help: Message;
  /** As the server states it: `ratio` is shown in percent. */
  readonly unit: 'ratio' | 'ms' | 's' | 'count' | 'USD';
  readonly signal: Signal;
  /** What the form begins with. */
  readonly start: Partial<Omit<RuleDocument, 'id' | 'name' | 'signal'>> & { readonly threshold: number };
  /** Measured for the installation: no functions to choose. */
  readonly isGlobal?: true;
}

const metric = (name: Extract<Signal, { kind: 'metric' }>['metric'], aggregation: string): Signal => ({
  kind: 'metric',
  metric: name,
  aggregation,
});

export const SIGNALS: readonly [SignalChoice, ...SignalChoice[]] = [
  {
    key: 'cold-start-p95',
    group: message('Cold starts'),
    label: message('Cold-start time, p95'),
    help: message('Init and first run together: 19 of 20 cold starts take at most this long.'),
    unit: 'ms',
    signal: metric('coldStartMs', 'p95'),
    start: { threshold: 1000, window: '15m', minSamples: 5 },
  },
  {
    key: 'init-p95',
    group: message('Cold starts'),
    label: message('Init time, p95'),
    help: message('The init phase alone, as Lambda reports it.'),
    unit: 'ms',
    signal: metric('initMs', 'p95'),
    start: { threshold: 800, window: '15m', minSamples: 5 },
  },
  {
    key: 'user-felt',
    group: message('Cold starts'),
    label: message('User-felt cold starts'),
    help: message('Share of invocations whose caller waited for an init.'),
    unit: 'ratio',
    signal: metric('userFeltColdStartRate', 'value'),
    start: { threshold: 0.01, window: '1h', minSamples: 100, bound: 'certain' },
  },
  {
    key: 'error-rate',
    group: message('Failures'),
    label: message('Error rate'),
    help: message('Share of invocations that failed, timeouts and crashes included.'),
    unit: 'ratio',
    signal: metric('errorRate', 'value'),
    start: { threshold: 0.01, window: '15m', minSamples: 50, bound: 'certain' },
  },
  {
    key: 'errors',
    group: message('Failures'),
    label: message('Failed invocations'),
    help: message('How many failed, timeouts and crashes included.'),
    unit: 'count',
    signal: metric('errors', 'sum'),
    start: { threshold: 10, window: '15m' },
  },
  {
    key: 'timeouts',
    group: message('Failures'),
    label: message('Timeouts'),
    help: message('Invocations that Lambda ended at the configured timeout.'),
    unit: 'count',
    signal: metric('timeouts', 'sum'),
    start: { threshold: 0, window: '15m' },
  },
  {
    key: 'out-of-memory',
    group: message('Failures'),
    label: message('Out of memory'),
    help: message('Invocations that were killed at the memory limit.'),
    unit: 'count',
    signal: metric('outOfMemory', 'sum'),
    start: { threshold: 0, window: '15m' },
  },
  {
    key: 'new-errors',
    group: message('Failures'),
    label: message('New errors'),
    help: message('Failures of a kind that was never seen before.'),
    unit: 'count',
    signal: { kind: 'newErrors' },
    start: { threshold: 0, window: '1h', evaluationInterval: '5m' },
  },
  {
    key: 'throttles',
    group: message('Failures'),
    label: message('Throttled invocations'),
    help: message('From CloudWatch metrics, which need a metric stream or pulled metrics.'),
    unit: 'count',
    signal: metric('throttles', 'sum'),
    start: { threshold: 0, window: '15m', settle: '5m' },
  },
  {
    key: 'duration-p95',
    group: message('Duration and memory'),
    label: message('Duration, p95'),
    help: message('Without init: 19 of 20 invocations take at most this long.'),
    unit: 'ms',
    signal: metric('durationMs', 'p95'),
    start: { threshold: 3000, window: '15m', minSamples: 20 },
  },
  {
    key: 'duration-p99',
    group: message('Duration and memory'),
    label: message('Duration, p99'),
    help: message('Without init: 99 of 100 invocations take at most this long.'),
    unit: 'ms',
    signal: metric('durationMs', 'p99'),
    start: { threshold: 5000, window: '15m', minSamples: 100 },
  },
  {
    key: 'timeout-use',
    group: message('Duration and memory'),
    label: message('Duration p99 of the timeout'),
    help: message('The slowest invocations as a share of the configured timeout.'),
    unit: 'ratio',
    signal: { kind: 'timeoutUse' },
    start: { threshold: 0.9, window: '15m', minSamples: 50 },
  },
  {
    key: 'memory-use',
    group: message('Duration and memory'),
    label: message('Memory used of the memory size'),
    help: message('The largest share that an invocation used.'),
    unit: 'ratio',
    signal: { kind: 'memoryUse' },
    start: { threshold: 0.95, window: '15m' },
  },
  {
    key: 'invocations',
    group: message('Traffic and cost'),
    label: message('Invocations'),
    help: message('How many there were. Use “below” to notice traffic that stops.'),
    unit: 'count',
    signal: metric('invocations', 'sum'),
    start: { threshold: 1000, window: '15m' },
  },
  {
    key: 'cost',
    group: message('Traffic and cost'),
    label: message('Cost'),
    help: message('Of the window: choose 1 day for a daily limit.'),
    unit: 'USD',
    signal: metric('costUsd', 'sum'),
    start: { threshold: 10, window: '1d', evaluationInterval: '1h' },
  },
  {
    key: 'concurrency',
    group: message('Traffic and cost'),
    label: message('Concurrent executions'),
    help: message('From CloudWatch metrics, which need a metric stream or pulled metrics.'),
    unit: 'count',
    signal: metric('concurrentExecutions', 'max'),
    start: { threshold: 800, window: '15m', settle: '5m' },
  },
  {
    key: 'platform-latency',
    group: message('Network'),
    label: message('Platform latency in a VPC, p95'),
    help: message('From the end of init to the start of the handler.'),
    unit: 'ms',
    signal: { kind: 'platformLatency' },
    start: { threshold: 1000, window: '1h', settle: '5m', evaluationInterval: '5m', minSamples: 20 },
  },
  {
    key: 'network-errors',
    group: message('Network'),
    label: message('Network failures'),
    help: message('Failed interface operations, and connections that the network refused.'),
    unit: 'count',
    signal: { kind: 'networkErrors' },
    start: { threshold: 0, window: '15m' },
    isGlobal: true,
  },
  {
    key: 'ingest-silence',
    group: message('Data'),
    label: message('Time without log lines'),
    help: message('Since the last line of any stream that goes on delivering.'),
    unit: 's',
    signal: { kind: 'ingestSilence' },
    start: { threshold: 900, settle: '0s', minSamples: 0, noData: 'ignore' },
    isGlobal: true,
  },
];

/** The choice that a signal is, whatever its filters are; null for one that only JSON can express. */
export function choiceOf(signal: Signal): SignalChoice | null {
  return SIGNALS.find((choice) => keyOf(choice.signal) === keyOf(signal)) ?? null;
}

function keyOf(signal: Signal): string {
  return 'metric' in signal ? `${signal.kind} ${signal.metric} ${signal.aggregation}` : signal.kind;
}

const WORDS = { '>': 'above', '>=': 'least', '<': 'below', '<=': 'most' } as const;

/** The condition of a rule as a sentence: `Error rate above 7.14 % over 15 min, for 10 min`. */
export function conditionOf(rule: RuleDocument): string {
  const hold = rule.for ?? '0s';
  return t('{condition} over {window}{hold, select, none {} other {, for {hold}}}', {
    condition: limitOf(rule),
    window: spanText(rule.window ?? '5m'),
    hold: durationMs(hold) === 0 ? 'none' : spanText(hold),
  });
}

/** Without its times: `Error rate above 7.14 %`. */
export function limitOf(rule: RuleDocument): string {
  const { signal, threshold, bound = 'value', comparison = '>' } = rule;
  const { label, unit } = wordsOf(signal);
  return t(
    '{label} {comparison, select, above {above} least {at least} below {below} other {at most}} {limit}{bound, select, certain { with 95 % confidence} other {}}',
    {
      label,
      comparison: WORDS[comparison],
      limit: unit === null ? String(threshold) : limitText(threshold, unit),
      bound,
    },
  );
}

/** The same in English, in whatever language the page is. */
export function englishLimit(rule: RuleDocument): string {
  const { signal, threshold, bound, comparison = '>' } = rule;
  const { label, unit } = choiceOf(signal) ?? OTHERS[signal.kind] ?? { label: '', unit: null };
  if (label === '') return limitOf(rule);
  const limit = unit === null ? String(threshold) : englishLimitText(threshold, unit);
  const word = WORDS[comparison].replace(/^(?=least|most)/, 'at ');
  return `${label} ${word} ${limit}${bound === 'certain' ? ' with 95 % confidence' : ''}`;
}

/** What the rule watches. */
export function labelOf({ signal }: RuleDocument): string {
  return wordsOf(signal).label;
}

type Words = { readonly label: string; readonly unit: SignalChoice['unit'] | null };

/** Signals that the form does not offer. */
const OTHERS: Readonly<Record<string, Pick<SignalChoice, 'label'> & Pick<Words, 'unit'>>> = {
  connectionUse: { label: message('Database connections in use'), unit: 'ratio' },
  doomLoop: { label: message('Repeated inits'), unit: 'count' },
  regressedErrors: { label: message('Regressed errors'), unit: 'count' },
  unparsed: { label: message('Lines that cannot be read'), unit: 'ratio' },
  burnRate: { label: message('Burn rate of the error budget'), unit: null },
};

function wordsOf(signal: Signal): Words {
  const choice = choiceOf(signal) ?? OTHERS[signal.kind];
  if (choice !== undefined) return { label: translated(choice.label), unit: choice.unit };
  if (signal.kind === 'errorGroups')
    return { label: t('Failures of a group'), unit: signal.measure === 'rate' ? 'ratio' : 'count' };
  if (!('metric' in signal)) return { label: signal.kind, unit: null };
  const { metric: name, aggregation, custom } = signal;
  const known = choiceOf({ kind: 'metric', metric: name, aggregation });
  const of = custom?.name ?? (known === null ? `${name} ${aggregation}` : translated(known.label));
  if (signal.kind === 'change') return { label: t('Change of: {of}', { of }), unit: 'ratio' };
  return { label: signal.kind === 'anomaly' ? t('Deviation from usual of: {of}', { of }) : of, unit: null };
}

function limitText(value: number, unit: SignalChoice['unit']): string {
  return withUnits(englishLimitText(value, unit));
}

function englishLimitText(value: number, unit: SignalChoice['unit']): string {
  return unit === 's' ? duration(value * 1000) : quantity(value, unit);
}

const SPANS = [
  ['w', message('{n, plural, one {# week} other {# weeks}}')],
  ['d', message('{n, plural, one {# day} other {# days}}')],
  ['h', message('{n, plural, one {# hour} other {# hours}}')],
] as const;

/** `15 min`, `1 hour`, `2 days`; other durations as they are written. */
export function spanText(text: string): string {
  const ms = durationMs(text);
  if (ms > 0 && ms < HOUR_MS && /^\d+m$/.test(text)) return t('{n} min', { n: Number(text.slice(0, -1)) });
  for (const [letter, words] of SPANS)
    if (new RegExp(`^\\d+${letter}$`).test(text)) return translated(words, { n: Number(text.slice(0, -1)) });
  return text;
}
