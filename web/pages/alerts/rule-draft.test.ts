/** The fields of the rule form, and how rules are described. Expected values follow from their descriptions. */
import { expect, test } from 'vitest';
import type { Kind } from './rule-draft.ts';
import {
  idFor,
  KINDS,
  kindOf,
  namesIn,
  newDraft,
  shownThreshold,
  suggestedName,
  takesKinds,
  thresholdOf,
  withKind,
  withSignal,
} from './rule-draft.ts';
import type { RuleDocument } from './signals.ts';
import { choiceOf, conditionOf, SIGNALS, spanText } from './signals.ts';

const choice = (key: string) => {
  const found = SIGNALS.find((one) => one.key === key);
  if (found === undefined) throw new Error(`no signal ${key}`);
  return found;
};

test('every signal of the form is told from every other', () => {
  expect(SIGNALS.map(({ signal }) => choiceOf(signal)?.key)).toEqual(SIGNALS.map(({ key }) => key));
  expect(choiceOf({ kind: 'doomLoop' })).toBeNull();
  expect(choiceOf({ kind: 'metric', metric: 'errorRate', aggregation: 'value', filters: [] })?.key).toBe('error-rate');
});

test('another signal keeps name, functions, receivers and severity, and begins with its own threshold and times', () => {
  const named: RuleDocument = {
    ...newDraft(choice('cold-start-p95'), ['prod-*']),
    name: 'N',
    severity: 'critical',
    receivers: ['chat'],
    for: '1h',
  };
  expect(named).toMatchObject({ threshold: 1000, window: '15m', groupBy: ['function'], functions: ['prod-*'] });
  const errors = withSignal(named, choice('error-rate'));
  expect(errors).toEqual({
    id: '',
    name: 'N',
    severity: 'critical',
    receivers: ['chat'],
    functions: ['prod-*'],
    groupBy: ['function'],
    signal: { kind: 'metric', metric: 'errorRate', aggregation: 'value' },
    threshold: 0.01,
    window: '15m',
    minSamples: 50,
    bound: 'certain',
  });
  // The installation as a whole has no functions.
  const silence = withSignal(named, choice('ingest-silence'));
  expect([silence.functions, silence.groupBy]).toEqual([undefined, undefined]);
});

test.each([
  ['error-rate', 0.0714, 7.14],
  ['error-rate', 0.07, 7],
  ['cold-start-p95', 1000, 1000],
])('the threshold of %s: %s is shown as %s', (key, threshold, shown) => {
  const draft = { ...newDraft(choice(key)), threshold };
  expect(shownThreshold(draft)).toBe(shown);
  expect(thresholdOf(draft, shown)).toBe(threshold);
});

test.each(KINDS.map(([kind]) => kind))('the kind %j comes back from its filters', (kind: Kind) => {
  expect(kindOf(withKind(newDraft(choice('error-rate')), kind))).toBe(kind);
});

test('filters that the form does not offer are kept, and signals without filters have no kind', () => {
  const filters = [{ field: 'region' as const, value: 'eu-west-1' }];
  const signal = { kind: 'metric' as const, metric: 'errorRate' as const, aggregation: 'value', filters };
  expect(kindOf({ ...newDraft(choice('error-rate')), signal })).toBeNull();
  const memory = newDraft(choice('memory-use'));
  expect([withKind(memory, 'vpc'), takesKinds(memory)]).toEqual([memory, false]);
  expect(['error-rate', 'throttles'].map((key) => takesKinds(newDraft(choice(key))))).toEqual([true, false]);
});

test('names and patterns are separated by commas and spaces', () => {
  expect(namesIn(' prod-*, checkout\nsearch,')).toEqual(['prod-*', 'checkout', 'search']);
  expect(namesIn(' ')).toEqual([]);
});

test.each([
  ['Cold starts of prod-*', [], 'cold-starts-of-prod'],
  ['Cold starts of prod-*', ['cold-starts-of-prod', 'cold-starts-of-prod-2'], 'cold-starts-of-prod-3'],
  ['Überlast', [], 'u-berlast'],
  ['コールド', [], 'rule'],
  ['コールド', ['rule'], 'rule-2'],
])('the id of %s beside %j is %s', (name, taken, id) => {
  expect(idFor(name, taken, 'rule')).toBe(id);
});

test.each([
  [{}, 'Cold-start time, p95 above 1,000 ms over 15 min'],
  [{ for: '1h', window: '1d' }, 'Cold-start time, p95 above 1,000 ms over 1 day, for 1 hour'],
  [{ comparison: '<=', for: '90s' }, 'Cold-start time, p95 at most 1,000 ms over 15 min, for 90s'],
  [{ signal: { kind: 'doomLoop' }, threshold: 3, comparison: '>=' }, 'Repeated inits at least 3 over 15 min'],
  [
    { signal: { kind: 'errorGroups', measure: 'count', functions: [] }, threshold: 3 },
    'Failures of a group above 3 over 15 min',
  ],
  [
    { signal: { kind: 'errorGroups', measure: 'rate', functions: [] }, threshold: 0.02 },
    'Failures of a group above 2 % over 15 min',
  ],
  [{ signal: { kind: 'unparsed' }, threshold: 0.001 }, 'Lines that cannot be read above 0.1 % over 15 min'],
  [
    { signal: { kind: 'change', metric: 'initMs', aggregation: 'p95' }, threshold: 0.2, window: '6h' },
    'Change of: Init time, p95 above 20 % over 6 hours',
  ],
  [
    { signal: { kind: 'metric', metric: 'custom', aggregation: 'sum', custom: { namespace: 'a', name: 'Orders' } } },
    'Orders above 1000 over 15 min',
  ],
] as const)('%j reads: %s', (change, text) => {
  expect(conditionOf({ ...newDraft(choice('cold-start-p95')), ...change } as RuleDocument)).toBe(text);
});

test('a suggested name says what and where', () => {
  const draft = newDraft(choice('cold-start-p95'), ['prod-*', 'checkout']);
  expect(suggestedName(draft)).toBe('Cold-start time, p95 above 1,000 ms on prod-*, checkout');
  const silence = newDraft(choice('ingest-silence'));
  expect(suggestedName(silence)).toBe('Time without log lines above 15.0 min');
});

test('spans in words', () => {
  expect(['5m', '1h', '6h', '1d', '2d', '1w', '90s', '1h30m'].map(spanText)).toEqual([
    '5 min',
    '1 hour',
    '6 hours',
    '1 day',
    '2 days',
    '1 week',
    '90s',
    '1h30m',
  ]);
});
