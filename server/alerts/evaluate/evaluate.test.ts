/** One evaluation of one rule: its window, and what an alert says. Worked out by hand. */
import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import { ruleDocument } from '../../http/contract/alert-rules.ts';
import { documentOf, ruleOf } from '../rules/documents.ts';
import { fingerprint } from '../rules/fingerprint.ts';
import type { Measured } from '../rules/rule.ts';
import { tickOf } from '../rules/rule.ts';
import type { Instance } from './alert.ts';
import { endAll, evaluate, windowOf } from './evaluate.ts';

const TICK_MS = Date.UTC(2026, 10, 21, 12);
const document = ruleDocument.parse({
  id: 'r',
  name: 'Errors',
  severity: 'critical',
  threshold: 0.03,
  signal: { kind: 'metric', metric: 'errorRate', aggregation: 'value' },
  window: '10m',
  settle: '2m',
  allowedLateness: '15m',
  evaluationInterval: '30s',
  for: '5m',
  keepFiringFor: '1h',
  labels: { team: 'shop' },
});
const rule = ruleOf(document);

const measured = (value: number | null, name = 'checkout'): Measured => ({
  labels: { function: name },
  value,
  n: 2310,
  interval: value === null ? null : { low: 0.059, high: 0.085 },
  coverage: 0.994,
});

function run(tickMs: number, values: readonly Measured[] | null, known: ReadonlyMap<string, Instance> = new Map()) {
  let ids = 0;
  const newId = (): string => {
    ids += 1;
    return `id${ids}`;
  };
  return evaluate({ rule, unit: 'ratio', measured: values, known, tickMs, newId });
}

test('each time of a rule is its own, and comes back unchanged', () => {
  expect(rule).toMatchObject({
    windowMs: 10 * MINUTE_MS,
    settleMs: 2 * MINUTE_MS,
    allowedLatenessMs: 15 * MINUTE_MS,
    evaluationIntervalMs: 30_000,
    forMs: 5 * MINUTE_MS,
    keepFiringForMs: HOUR_MS,
  });
  expect(documentOf(rule)).toEqual(document);
});

test('the window ends before the evaluation, by settle', () => {
  expect(windowOf(rule, TICK_MS)).toEqual({ fromMs: TICK_MS - 12 * MINUTE_MS, toMs: TICK_MS - 2 * MINUTE_MS });
  expect(windowOf({ ...rule, settleMs: 0 }, TICK_MS)).toEqual({ fromMs: TICK_MS - 10 * MINUTE_MS, toMs: TICK_MS });
});

test('ticks are multiples of the interval', () => {
  expect([0, 29_999, 30_000].map((ms) => tickOf(rule, TICK_MS + ms) - TICK_MS)).toEqual([0, 0, 30_000]);
});

test('an alert fires after its time, with what was measured then', () => {
  const pending = run(TICK_MS, [measured(0.071)]);
  expect(pending.transitions).toEqual([]);
  const early = run(TICK_MS + 5 * MINUTE_MS - 1, [measured(0.071)], pending.instances);
  expect(early.transitions).toEqual([]);
  const { transitions } = run(TICK_MS + 5 * MINUTE_MS, [measured(0.08)], early.instances);
  expect(transitions).toHaveLength(1);
  expect(transitions[0]?.status).toBe('firing');
  expect(transitions[0]?.alert).toEqual({
    id: 'id1',
    sequence: 1,
    ruleId: 'r',
    ruleName: 'Errors',
    signal: 'metric',
    severity: 'critical',
    runbookUrl: null,
    labels: { team: 'shop', function: 'checkout', alertname: 'Errors', severity: 'critical' },
    annotations: {},
    summary: 'checkout: Errors: 8 % (95 % CI 5.9 %–8.5 %, n = 2,310), threshold > 3 %',
    summaryCode: {
      code: 'alert-summary',
      parameters: {
        ...{ isAll: false, subject: 'checkout', rule: 'Errors', hasTitle: false, title: null, unit: 'ratio' },
        ...{ hasValue: true, isLowerBound: false, valueQuantity: 0.08, hasEvidence: true, n: 2310 },
        ...{ hasInterval: true, lowQuantity: 0.059, highQuantity: 0.085, comparison: '>', thresholdQuantity: 0.03 },
      },
    },
    value: 0.08,
    threshold: 0.03,
    unit: 'ratio',
    n: 2310,
    interval: [0.059, 0.085],
    coverage: 0.994,
    window: { from: '2026-11-21T11:53:00.000Z', to: '2026-11-21T12:03:00.000Z' },
    startsAt: '2026-11-21T12:05:00.000Z',
    endsAt: null,
    reason: null,
    evidence: [],
  });
});

/** A firing alert of checkout, at 12:05. */
function fired() {
  return run(TICK_MS + 5 * MINUTE_MS, [measured(0.071)], run(TICK_MS, [measured(0.071)]).instances).instances;
}

test('a firing alert resolves once the condition was false for keepFiringFor', () => {
  const falls = run(TICK_MS + 6 * MINUTE_MS, [measured(0.01)], fired());
  expect(falls.transitions).toEqual([]);
  const before = run(TICK_MS + 66 * MINUTE_MS - 1, [measured(0.01)], falls.instances);
  expect(before.transitions).toEqual([]);
  const { transitions, removed } = run(TICK_MS + 66 * MINUTE_MS, [measured(0.01)], before.instances);
  expect(transitions).toMatchObject([
    { status: 'resolved', alert: { sequence: 2, value: 0.01, endsAt: '2026-11-21T13:06:00.000Z', reason: null } },
  ]);
  expect(removed).toEqual([fingerprint({ function: 'checkout' })]);
});

test('a failed query keeps alerts; two evaluations without data resolve them', () => {
  const failed = run(TICK_MS + 6 * MINUTE_MS, null, fired());
  expect([...failed.instances.values()]).toMatchObject([{ state: { phase: 'firing', failing: true } }]);
  const once = run(TICK_MS + 7 * MINUTE_MS, [], failed.instances);
  expect(once.transitions).toEqual([]);
  const twice = run(TICK_MS + 8 * MINUTE_MS, [], once.instances);
  expect(twice.transitions).toMatchObject([{ status: 'resolved', alert: { reason: 'missing-data' } }]);
});

test('a deleted rule resolves what fires, and drops what waits', () => {
  expect(endAll(run(TICK_MS, [measured(0.071)]).instances, TICK_MS, 'rule-deleted')).toEqual([]);
  expect(endAll(fired(), TICK_MS + HOUR_MS, 'rule-deleted')).toMatchObject([
    { status: 'resolved', alert: { endsAt: '2026-11-21T13:00:00.000Z', reason: 'rule-deleted' } },
  ]);
});
