import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Confusion } from '../../bench/accuracy/causes.ts';
import { confuse, idOf, scores } from '../../bench/accuracy/causes.ts';
import { deliver, getItems } from '../../bench/accuracy/subject.ts';
import { Random } from '../../ingest/records/random.ts';
import { deliveries, UNRULY } from '../../ingest/simulator/deliver.ts';
import { mixedPlans, playPlans } from '../../ingest/simulator/fleets.ts';
import type { SimulatedFunction } from '../../ingest/simulator/simulate.ts';
import { CAUSES } from '../../server/analytics/cold-starts/cause.ts';
import type { FailuresAnswer } from '../../server/http/contract/failures.ts';
import type {
  ColdStartsAnswer,
  EnvironmentsAnswer,
  FunctionAnswer,
  FunctionsAnswer,
} from '../../server/http/contract/functions.ts';
import type { Invocation, InvocationsAnswer } from '../../server/http/contract/invocations.ts';
import type { OverviewAnswer } from '../../server/http/contract/overview.ts';
import { subjectOf } from '../support/attribution.ts';
import { dayPlans } from '../support/day-fleet.ts';
import type { TestProduct } from '../support/product.ts';
import { removeFolder, startProduct } from '../support/product.ts';

const HOUR = 3_600_000;
const TO = Date.UTC(2026, 10, 20);

describe('a fleet with known causes', () => {
  let product: TestProduct;
  let played: readonly SimulatedFunction[];
  /** Cold starts of `checkout` before attribution. */
  let before: ColdStartsAnswer;
  const range = { fromMs: TO - 26 * HOUR, toMs: TO + HOUR };

  beforeAll(async () => {
    product = await startProduct({ now: () => TO + HOUR });
    const fromMs = TO - 24 * HOUR;
    const plans = [...mixedPlans(24, 1, fromMs, TO), ...dayPlans(TO)];
    played = playPlans(plans, 1, fromMs, TO);
    await deliver(
      subjectOf(product),
      deliveries(
        played.flatMap((one) => one.streams),
        UNRULY,
        new Random(1),
      ),
    );
    before = await coldStarts('checkout');
    await product.derive();
  });
  afterAll(async () => {
    await product.close();
    removeFolder(product.folder);
  });
  const coldStarts = (name: string): Promise<ColdStartsAnswer> =>
    product.json(`/api/v1/functions/${idOf(name)}/cold-starts?from=${range.fromMs}&to=${range.toMs}`);

  test('reports no causes before attribution', () => {
    expect(before).toMatchObject({ byCause: [], judged: 0, idleWindow: null });
    expect(before.examples[0]?.coldStart).toMatchObject({ cause: null, evidence: null });
  });

  test('precision and recall of every cause', async () => {
    const confusion: Confusion = new Map();
    await confuse(subjectOf(product), played, range, confusion);
    const found = scores(confusion);
    // The fleet has neither tenants nor inits that time out; every other cause occurs in it.
    const absent = new Set(['unknown', 'new-tenant', 'init-timeout']);
    expect(found.map((score) => score.cause)).toEqual(CAUSES.filter((cause) => !absent.has(cause)));
    for (const { cause, planted, precision, recall } of found) {
      // With few simulated cases, one or two may be ambiguous.
      const least = cause === 'recycle' || planted < 40 ? 0.85 : 0.95;
      expect({ cause, precision: precision >= least, recall: recall >= least, planted }).toEqual({
        cause,
        precision: true,
        recall: true,
        planted,
      });
    }
  });

  test('counts and shares add up, and every cold start has evidence', async () => {
    const answer = await coldStarts('search');
    expect(answer.judged).toBe(answer.byKind.reduce((sum, kind) => sum + kind.n, 0));
    expect(answer.byCause.reduce((sum, cause) => sum + cause.n, 0)).toBe(answer.judged);
    expect(answer.byCause.reduce((sum, cause) => sum + cause.share, 0)).toBeCloseTo(1);
    for (const { coldStart } of answer.examples) expect(coldStart?.evidence).toMatch(/\w{3}/);
    const { cause } = answer.byCause[0] ?? { cause: 'unknown' };
    const listed = await product.json<InvocationsAnswer>(
      `/api/v1/invocations?function=${idOf('search')}&cause=${cause}&from=${range.fromMs}&to=${range.toMs}&limit=500`,
    );
    expect(listed.items.length).toBe(answer.byCause[0]?.n);
    for (const item of listed.items) expect(item.coldStart?.cause).toBe(cause);
    const refused = await product.fetch('/api/v1/invocations?cause=weather');
    expect(refused.status).toBe(400);
    expect(await refused.text()).toMatch(/cause.*scale-out/);
  });

  test('estimates the keep-alive of idle environments and the cost of cold starts', async () => {
    const answer = await coldStarts('checkout');
    const truth = played.find((one) => one.truth.name === 'checkout')?.truth;
    expect(Math.abs((answer.idleWindow?.ms ?? 0) / (truth?.keepAliveMs ?? 1) - 1)).toBeLessThan(0.15);
    expect(answer.firstConnectionMs.excess).toBeGreaterThan(35);
    expect(answer.firstConnectionMs.excess).toBeLessThan(95);
    expect(answer.platformMs.p50).toBeGreaterThan(2);
    expect(answer.platformMs.p50).toBeLessThan(8);
    expect(answer.taxUsd).toBeGreaterThan(0);
    expect(answer.taxMsPerDay).toBeGreaterThan(answer.byKind[0]?.n ?? 0);
  });

  test('detects repeated init failures as doom loops', async () => {
    const answer = await coldStarts('webhook-fanout');
    expect(answer.doomLoops.length).toBeGreaterThan(0);
    for (const loop of answer.doomLoops) expect(loop.inits).toBeGreaterThanOrEqual(3);
  });

  test('failures are counted once, with their retries and cost at list price', async () => {
    const answer = await product.json<FailuresAnswer>(
      `/api/v1/functions/${idOf('webhook-fanout')}/failures?from=${range.fromMs}&to=${range.toMs}`,
    );
    const truth = played.find((one) => one.truth.name === 'webhook-fanout')?.truth;
    expect(answer.invocations).toBe(truth?.invocations);
    expect(answer.failures).toBe(truth?.failures);
    expect(answer.byStatus.reduce((sum, status) => sum + status.n, 0)).toBe(answer.failures);
    expect(answer.errorTypes.reduce((sum, type) => sum + type.n, 0)).toBe(answer.failures);
    expect(answer.series.reduce((sum, at) => sum + at.timeouts + at.outOfMemory + at.errors + at.exits, 0)).toBe(
      answer.failures,
    );
    expect(answer.retries.retried).toBeGreaterThan(0.9 * answer.retries.requests);
    expect(answer.retries.recovered + answer.retries.poison.length).toBe(answer.retries.retried);
    // Billed time of the failed attempts, calculated from the rows.
    const failed = await getItems<Invocation>(
      subjectOf(product),
      `/api/v1/invocations?function=${idOf('webhook-fanout')}&from=${range.fromMs}&to=${range.toMs}&limit=500`,
    );
    const rows = failed.filter((row) => row.status !== 'success');
    const billedMs = rows.reduce((sum, row) => sum + (row.billedDurationMs ?? 0), 0);
    expect(answer.cost.failedMinutes).toBeCloseTo(billedMs / 60_000);
    expect(answer.cost.failedUsd).toBeCloseTo(
      rows.reduce((sum, row) => sum + (row.costUsd ?? 0), 0),
      9,
    );
    expect(answer.timeout).toMatchObject({ timeoutMs: 3000, source: 'inferred' });
    const list = await product.json<FunctionsAnswer>(`/api/v1/functions?from=${range.fromMs}&to=${range.toMs}`);
    const row = list.items.find((item) => item.name === 'webhook-fanout');
    expect(row?.wastedUsd).toBeCloseTo(answer.cost.failedUsd ?? 0, 9);
    const overview = await product.json<OverviewAnswer>(`/api/v1/overview?from=${range.fromMs}&to=${range.toMs}`);
    expect(overview.wastedUsd).toBeCloseTo(
      list.items.reduce((sum, item) => sum + (item.wastedUsd ?? 0), 0),
      9,
    );
  });

  test('the parts of the cost add up to the total', async () => {
    const declared = {
      id: idOf('checkout'),
      ephemeralStorageMb: 1536,
      provisionedConcurrency: 2,
      architecture: 'arm64',
    };
    const put = await product.fetch('/api/v1/inventory', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ functions: [declared] }),
    });
    expect(put.status).toBe(200);
    const answer = await product.json<FunctionAnswer>(
      `/api/v1/functions/${idOf('checkout')}?from=${range.fromMs}&to=${range.toMs}`,
    );
    const { money } = answer;
    expect((money.computeUsd ?? 0) + (money.requestsUsd ?? 0)).toBeCloseTo(answer.costUsd ?? 0, 12);
    expect(money.requestsUsd).toBeCloseTo(answer.invocations * 2e-7, 12);
    expect(money.initUsd).toBeGreaterThan(0);
    expect(money.initUsd).toBeLessThan(money.computeUsd ?? 0);
    // 1 GB beyond the free 512 MB for the billed time, in eu-west-1.
    const billedSeconds = (money.computeUsd ?? 0) / 1.33334e-5;
    expect(money.ephemeralStorageUsd).toBeCloseTo(billedSeconds * 3.4e-8, 9);
    // Two provisioned environments of 1 GB each, for 27 hours.
    expect(money.provisionedUsd).toBeCloseTo(2 * 27 * 3600 * 3.3334e-6, 6);
  });

  test('compares init times with other functions of the runtime, and by extensions', async () => {
    const list = await product.json<FunctionsAnswer>(`/api/v1/functions?from=${range.fromMs}&to=${range.toMs}`);
    const compared = list.items.filter((item) => item.initAgainstRuntime !== null);
    expect(compared.length).toBeGreaterThan(5);
    for (const runtime of new Set(compared.map((item) => item.initAgainstRuntime?.runtime))) {
      const ratios = compared
        .filter((item) => item.initAgainstRuntime?.runtime === runtime)
        .map((item) => item.initAgainstRuntime?.ratio ?? 0);
      expect(ratios.length).toBe(
        compared.find((item) => item.initAgainstRuntime?.runtime === runtime)?.initAgainstRuntime?.functions,
      );
      expect(Math.min(...ratios)).toBeLessThanOrEqual(1);
      expect(Math.max(...ratios)).toBeGreaterThanOrEqual(1);
    }
    const answer = await coldStarts('checkout');
    expect(answer.byExtensions).toMatchObject([{ extensions: ['datadog-agent'] }]);
    expect(Math.abs((answer.byExtensions[0]?.initMedianMs ?? 0) / 410 - 1)).toBeLessThan(0.1);
  });

  test('counts unused inits', async () => {
    const answer = await product.json<FailuresAnswer>(
      `/api/v1/functions/${idOf('pricing')}/failures?from=${range.fromMs}&to=${range.toMs - 3 * HOUR}`,
    );
    const unused = played.find((one) => one.truth.name === 'pricing')?.truth.unusedInits ?? 0;
    expect(answer.cost.unusedInits.n).toBeGreaterThan(0.6 * unused);
    expect(answer.cost.unusedInits.n).toBeLessThanOrEqual(unused);
    expect(answer.cost.unusedInits).toMatchObject({ initMs: null, usd: null });
  });

  test('environments report how they ended', async () => {
    const ends = new Set<string>();
    for (const { truth } of played.filter((one) => one.truth.failures > 0)) {
      const answer = await product.json<EnvironmentsAnswer>(
        `/api/v1/functions/${idOf(truth.name)}/environments?from=${range.fromMs}&to=${range.toMs}&limit=5000`,
      );
      expect(answer.concurrency.peak).toBe(truth.peakConcurrency);
      for (const item of answer.items) {
        ends.add(item.end);
        expect(item.lifetimeMs).toBeGreaterThanOrEqual(0);
        expect(item.concurrent).toBe(false);
      }
    }
    expect(ends).toEqual(new Set(['in-use', 'failure', 'last-seen']));
  });
});
