/** What a draft rule would do, with a store of fixed answers. Expected values were worked out by hand. */
import { expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../ingest/records/time.ts';
import type { RuleDocument } from '../../http/contract/alert-rules.ts';
import { ruleDocument } from '../../http/contract/alert-rules.ts';
import { ruleOf } from '../rules/documents.ts';
import { previewRule } from './preview.ts';

const TO_MS = Date.UTC(2026, 10, 28);
const RANGE = { fromMs: TO_MS - 7 * DAY_MS, toMs: TO_MS };
const TERMS = { plans: [], tier: 1, logTier: 1 } as const;

/** Function a uses 0.5 of its memory, b 0.4, and b 0.97 in the hours before 12:00 and 18:00 of the last day. */
function store(firstEventMs: number | null) {
  const asked: unknown[] = [];
  const peaks = new Set([TO_MS - 12 * HOUR_MS, TO_MS - 6 * HOUR_MS]);
  const functionOf = (name: string, share: number) => ({
    identity: { functionId: 1, account: '1', region: 'r', name, firstSeenMs: 0 },
    memoryUse: { share, usedMb: 1, sizeMb: 2 },
    counts: { n: 9 },
  });
  const read = {
    ingestStatus: async () => ({ firstEventMs }),
    aggregate: async (query: unknown) => {
      asked.push(query);
      return { groups: [{ group: ['1:r:b'] }, { group: ['1:r:a'] }] };
    },
    functions: async ({ toMs }: { readonly toMs: number }) => ({
      items: [functionOf('a', 0.5), functionOf('b', peaks.has(toMs) ? 0.97 : 0.4)],
      omitted: 0,
    }),
  };
  return { asked, read: read as unknown as Parameters<typeof previewRule>[1] };
}

const rule = (change: Partial<RuleDocument> = {}) =>
  ruleOf(
    ruleDocument.parse({
      id: 'r',
      name: 'R',
      signal: { kind: 'memoryUse' },
      threshold: 0.95,
      groupBy: ['function'],
      window: '1h',
      settle: '0s',
      evaluationInterval: '1h',
      ...change,
    }),
  );

test('the functions it evaluates, the highest value of each evaluation, and when it would have fired', async () => {
  const { read, asked } = store(0);
  const found = await previewRule(rule({ enabled: false }), read, TERMS, RANGE);
  expect(found.functions).toEqual(['1:r:a', '1:r:b']);
  expect(asked).toEqual([{ ...RANGE, filters: [], groupBy: ['function'], widthMs: null, sketch: null, quantiles: [] }]);
  expect([found.unit, found.stepMs, found.evaluations, found.points.length]).toEqual(['ratio', HOUR_MS, 169, 169]);
  const at = (ms: number) => found.points.find(({ atMs }) => atMs === ms);
  expect(at(TO_MS - 12 * HOUR_MS)).toMatchObject({ value: 0.97, labels: { function: 'b' }, n: 9 });
  expect(at(TO_MS - 11 * HOUR_MS)).toMatchObject({ value: 0.5, labels: { function: 'a' } });
  expect(found.fired.map(({ labels, fromMs }) => [labels['function'], fromMs])).toEqual([
    ['b', TO_MS - 12 * HOUR_MS],
    ['b', TO_MS - 6 * HOUR_MS],
  ]);
  expect(found.notices).toEqual([]);
});

test('of a lower limit, the lowest value', async () => {
  const found = await previewRule(
    rule({ comparison: '<', threshold: 0.45, window: '59m' }),
    store(0).read,
    TERMS,
    RANGE,
  );
  expect(found.points.at(-2)).toMatchObject({ value: 0.4, labels: { function: 'b' } });
});

test('functions are those that the rule names, and its filters', async () => {
  const { read, asked } = store(0);
  const named = rule({ functions: ['b*'] });
  const found = await previewRule(named, read, TERMS, RANGE);
  const pattern = { field: 'function', values: ['b*'], not: false, isGlob: true };
  expect(asked).toMatchObject([{ filters: [pattern] }]);
  expect(found.points.at(-2)).toMatchObject({ value: 0.4, labels: { function: 'b' } });
  const latency = { ...rule({ signal: { kind: 'platformLatency' } }), functions: [] };
  const vpc = store(0);
  const withLatency = { ...vpc.read, platformLatency: async () => [] };
  await previewRule(latency, withLatency as never, TERMS, RANGE);
  expect(vpc.asked).toMatchObject([{ filters: [{ field: 'vpc', values: [true] }] }]);
});

test.each([
  [0, []],
  [RANGE.fromMs, []],
  [TO_MS - 30 * HOUR_MS, ['Data covers 1 day of 7 days: the count is that of the covered part.']],
  [TO_MS - 20 * HOUR_MS, ['Data covers 20 hours of 7 days: the count is that of the covered part.']],
  [null, ['No data is stored yet: 7 days are empty.']],
])('data since %s: %j', async (firstEventMs, texts) => {
  const { notices } = await previewRule(rule(), store(firstEventMs).read, TERMS, RANGE);
  expect(notices.map(({ text }) => text)).toEqual(texts);
});

test('evaluations that are further apart than their window say so', async () => {
  const short = rule({ window: '5m', evaluationInterval: '1m' });
  const { notices, stepMs } = await previewRule(short, store(0).read, TERMS, RANGE);
  // 7 days in at most 1,000 evaluations, each at a whole minute.
  expect(stepMs).toBe(660_000);
  expect(notices).toEqual([
    {
      code: 'coarse-steps',
      parameters: { step: '11m', window: '5m' },
      text: 'Evaluated every 11m with a window of 5m: shorter episodes in between are not counted.',
    },
  ]);
});

test('signals of the installation have no functions, and those of ingest no past', async () => {
  const found = await previewRule(rule({ signal: { kind: 'ingestSilence' } }), store(0).read, TERMS, RANGE);
  expect(found).toMatchObject({ functions: null, points: [], fired: [] });
  expect(found.notices.map(({ code }) => code)).toEqual(['no-history']);
});

test('a pattern that no function has', async () => {
  const read = { ...store(0).read, aggregate: async () => ({ groups: [] }) };
  const { notices } = await previewRule(rule({ functions: ['x*'] }), read as never, TERMS, RANGE);
  expect(notices.map(({ code }) => code)).toEqual(['no-function']);
});
