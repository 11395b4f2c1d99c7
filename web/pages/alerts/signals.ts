/** What a rule can watch, in plain words: the choices of the rule form, and how any rule is described. */
import { durationMs, HOUR_MS } from '../../../ingest/records/time.ts';
import { duration, quantity } from '../../../ingest/text/quantities.ts';
import type { RulesAnswer } from '../../../server/http/contract/alert-rules.ts';
import type { RequestOf } from '../../api/request.ts';

export type RuleDocument = RequestOf<'previewAlertRule'>['body']['rule'];
export type Rule = RulesAnswer['items'][number];
type Signal = RuleDocument['signal'];

export interface SignalChoice {
  readonly key: string;
  readonly group: 'Cold starts' | 'Failures' | 'Duration and memory' | 'Traffic and cost' | 'Network' | 'Data';
  readonly label: string;
  readonly help: string;
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
    group: 'Cold starts',
    label: 'Cold-start time, p95',
    help: 'Init and first run together: 19 of 20 cold starts take at most this long.',
    unit: 'ms',
    signal: metric('coldStartMs', 'p95'),
    start: { threshold: 1000, window: '15m', minSamples: 5 },
  },
  {
    key: 'init-p95',
    group: 'Cold starts',
    label: 'Init time, p95',
    help: 'The init phase alone, as Lambda reports it.',
    unit: 'ms',
    signal: metric('initMs', 'p95'),
    start: { threshold: 800, window: '15m', minSamples: 5 },
  },
  {
    key: 'user-felt',
    group: 'Cold starts',
    label: 'User-felt cold starts',
    help: 'Share of invocations whose caller waited for an init.',
    unit: 'ratio',
    signal: metric('userFeltColdStartRate', 'value'),
    start: { threshold: 0.01, window: '1h', minSamples: 100, bound: 'certain' },
  },
  {
    key: 'error-rate',
    group: 'Failures',
    label: 'Error rate',
    help: 'Share of invocations that failed, timeouts and crashes included.',
    unit: 'ratio',
    signal: metric('errorRate', 'value'),
    start: { threshold: 0.01, window: '15m', minSamples: 50, bound: 'certain' },
  },
  {
    key: 'errors',
    group: 'Failures',
    label: 'Failed invocations',
    help: 'How many failed, timeouts and crashes included.',
    unit: 'count',
    signal: metric('errors', 'sum'),
    start: { threshold: 10, window: '15m' },
  },
  {
    key: 'timeouts',
    group: 'Failures',
    label: 'Timeouts',
    help: 'Invocations that Lambda ended at the configured timeout.',
    unit: 'count',
    signal: metric('timeouts', 'sum'),
    start: { threshold: 0, window: '15m' },
  },
  {
    key: 'out-of-memory',
    group: 'Failures',
    label: 'Out of memory',
    help: 'Invocations that were killed at the memory limit.',
    unit: 'count',
    signal: metric('outOfMemory', 'sum'),
    start: { threshold: 0, window: '15m' },
  },
  {
    key: 'new-errors',
    group: 'Failures',
    label: 'New errors',
    help: 'Failures of a kind that was never seen before.',
    unit: 'count',
    signal: { kind: 'newErrors' },
    start: { threshold: 0, window: '1h', evaluationInterval: '5m' },
  },
  {
    key: 'throttles',
    group: 'Failures',
    label: 'Throttled invocations',
    help: 'From CloudWatch metrics, which need a metric stream or pulled metrics.',
    unit: 'count',
    signal: metric('throttles', 'sum'),
    start: { threshold: 0, window: '15m', settle: '5m' },
  },
  {
    key: 'duration-p95',
    group: 'Duration and memory',
    label: 'Duration, p95',
    help: 'Without init: 19 of 20 invocations take at most this long.',
    unit: 'ms',
    signal: metric('durationMs', 'p95'),
    start: { threshold: 3000, window: '15m', minSamples: 20 },
  },
  {
    key: 'duration-p99',
    group: 'Duration and memory',
    label: 'Duration, p99',
    help: 'Without init: 99 of 100 invocations take at most this long.',
    unit: 'ms',
    signal: metric('durationMs', 'p99'),
    start: { threshold: 5000, window: '15m', minSamples: 100 },
  },
  {
    key: 'timeout-use',
    group: 'Duration and memory',
    label: 'Duration p99 of the timeout',
    help: 'The slowest invocations as a share of the configured timeout.',
    unit: 'ratio',
    signal: { kind: 'timeoutUse' },
    start: { threshold: 0.9, window: '15m', minSamples: 50 },
  },
  {
    key: 'memory-use',
    group: 'Duration and memory',
    label: 'Memory used of the memory size',
    help: 'The largest share that an invocation used.',
    unit: 'ratio',
    signal: { kind: 'memoryUse' },
    start: { threshold: 0.95, window: '15m' },
  },
  {
    key: 'invocations',
    group: 'Traffic and cost',
    label: 'Invocations',
    help: 'How many there were. Use “below” to notice traffic that stops.',
    unit: 'count',
    signal: metric('invocations', 'sum'),
    start: { threshold: 1000, window: '15m' },
  },
  {
    key: 'cost',
    group: 'Traffic and cost',
    label: 'Cost',
    help: 'Of the window: choose 1 day for a daily limit.',
    unit: 'USD',
    signal: metric('costUsd', 'sum'),
    start: { threshold: 10, window: '1d', evaluationInterval: '1h' },
  },
  {
    key: 'concurrency',
    group: 'Traffic and cost',
    label: 'Concurrent executions',
    help: 'From CloudWatch metrics, which need a metric stream or pulled metrics.',
    unit: 'count',
    signal: metric('concurrentExecutions', 'max'),
    start: { threshold: 800, window: '15m', settle: '5m' },
  },
  {
    key: 'platform-latency',
    group: 'Network',
    label: 'Platform latency in a VPC, p95',
    help: 'From the end of init to the start of the handler.',
    unit: 'ms',
    signal: { kind: 'platformLatency' },
    start: { threshold: 1000, window: '1h', settle: '5m', evaluationInterval: '5m', minSamples: 20 },
  },
  {
    key: 'network-errors',
    group: 'Network',
    label: 'Network failures',
    help: 'Failed interface operations, and connections that the network refused.',
    unit: 'count',
    signal: { kind: 'networkErrors' },
    start: { threshold: 0, window: '15m' },
    isGlobal: true,
  },
  {
    key: 'ingest-silence',
    group: 'Data',
    label: 'Time without log lines',
    help: 'Since the last line of any stream that goes on delivering.',
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

const WORDS = { '>': 'above', '>=': 'at least', '<': 'below', '<=': 'at most' } as const;

/** The condition of a rule as a sentence: `Error rate above 7.14 % over 15 min, for 10 min`. */
export function conditionOf(rule: RuleDocument): string {
  const { signal, threshold, window = '5m', bound } = rule;
  const { label, unit } = wordsOf(signal);
  const words = WORDS[rule.comparison ?? '>'];
  const limit = unit === null ? String(threshold) : limitText(threshold, unit);
  const sure = bound === 'certain' ? ' with 95 % confidence' : '';
  const hold = durationMs(rule.for ?? '0s') === 0 ? '' : `, for ${spanText(rule.for ?? '0s')}`;
  return `${label} ${words} ${limit}${sure} over ${spanText(window)}${hold}`;
}

type Words = { readonly label: string; readonly unit: SignalChoice['unit'] | null };

/** Signals that the form does not offer. */
const OTHERS: Readonly<Record<string, Words>> = {
  connectionUse: { label: 'Database connections in use', unit: 'ratio' },
  doomLoop: { label: 'Inits one after another', unit: 'count' },
  regressedErrors: { label: 'Errors that came back', unit: 'count' },
  unparsed: { label: 'Lines that cannot be read', unit: 'ratio' },
  burnRate: { label: 'Burn rate of the error budget', unit: null },
};

function wordsOf(signal: Signal): Words {
  const choice = choiceOf(signal);
  if (choice !== null) return choice;
  if (!('metric' in signal)) return OTHERS[signal.kind] ?? { label: signal.kind, unit: null };
  const { metric: name, aggregation, custom } = signal;
  const of = custom?.name ?? choiceOf({ kind: 'metric', metric: name, aggregation })?.label ?? `${name} ${aggregation}`;
  if (signal.kind === 'change') return { label: `Change of: ${of}`, unit: 'ratio' };
  return { label: signal.kind === 'anomaly' ? `Deviation from usual of: ${of}` : of, unit: null };
}

export function limitText(value: number, unit: SignalChoice['unit']): string {
  return unit === 's' ? duration(value * 1000) : quantity(value, unit);
}

const SPANS = [
  ['w', 'week'],
  ['d', 'day'],
  ['h', 'hour'],
] as const;

/** `15 min`, `1 hour`, `2 days`; other durations as they are written. */
export function spanText(text: string): string {
  const ms = durationMs(text);
  if (ms > 0 && ms < HOUR_MS && /^\d+m$/.test(text)) return `${text.slice(0, -1)} min`;
  for (const [letter, word] of SPANS) {
    if (!new RegExp(`^\\d+${letter}$`).test(text)) continue;
    const n = Number(text.slice(0, -1));
    return n === 1 ? `1 ${word}` : `${n} ${word}s`;
  }
  return text;
}
