/**
 * Sends mixed fleets, one per seed, through the real ingest path with late, duplicate and reordered deliveries, and
 * compares every answer with the planted truth.
 */

import { Random } from '../../ingest/records/random.ts';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import { deliveries, UNRULY } from '../../ingest/simulator/deliver.ts';
import { mixedPlans, playPlans } from '../../ingest/simulator/fleets.ts';
import { planOf } from '../../ingest/simulator/plan.ts';
import type { SimulatedFunction } from '../../ingest/simulator/simulate.ts';
import type { ColdStartsAnswer, EnvironmentsAnswer, FunctionsAnswer } from '../../server/http/contract/functions.ts';
import type { Confusion } from './causes.ts';
import { confuse, idOf, scores } from './causes.ts';
import type { Subject } from './subject.ts';
import { deliver, getJson, send } from './subject.ts';
import type { Line } from './table.ts';
import { atLeast, atMost, exactly, percent, quantileOfErrors } from './table.ts';

const FUNCTIONS = 16;
/** Maximum half-width of an interval that counts as sharp, as a share of the median. */
const SHARP = 0.15;

export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Accumulates results over all seeds. */
export class FleetTally {
  readonly #confusion: Confusion = new Map();
  readonly #felt: number[] = [];
  readonly #keepAlive: number[] = [];
  readonly #sharpKeepAlive: number[] = [];
  readonly #quantiles: number[] = [];
  readonly #eni: number[] = [];
  #invocations = 0;
  #stored = 0;
  #peaks = 0;
  #peaksRight = 0;
  deriveSeconds = 0;

  get invocations(): number {
    return this.#invocations;
  }

  /** Sends one seed's fleet to the subject, which must be empty. */
  async play(subject: Subject, seed: number, toMs: number): Promise<void> {
    const range = { fromMs: toMs - DAY_MS, toMs };
    const plans = [...mixedPlans(FUNCTIONS, seed, range.fromMs, toMs), ...networkPlans(seed)];
    const played = playPlans(plans, seed, range.fromMs, toMs);
    const peers = networkPeers(seed);
    await deliver(
      subject,
      deliveries(
        played.flatMap((one) => one.streams),
        UNRULY,
        new Random(seed),
      ),
    );
    // Peers have traces and a configuration only: the other rows do not count them.
    await sendTraces(subject, [...played, ...playPlans(peers, seed + PEERS, range.fromMs, toMs)]);
    await declare(subject, [...plans, ...peers]);
    const began = performance.now();
    await subject.derive();
    this.deriveSeconds += (performance.now() - began) / 1000;
    const wide = { fromMs: range.fromMs - 2 * HOUR_MS, toMs: toMs + HOUR_MS };
    await confuse(subject, played, wide, this.#confusion);
    await this.#rates(subject, played, wide);
    await this.#keepAlives(subject, played, wide);
    await this.#network(subject, plans, wide);
    await this.#exactQuantiles(subject, played.slice(0, 4), wide);
  }

  async #rates(subject: Subject, played: readonly SimulatedFunction[], range: Range): Promise<void> {
    const list = await getJson<FunctionsAnswer>(subject, `/api/v1/functions?${query(range)}`);
    for (const { truth } of played) {
      const row = list.items.find((item) => item.id === idOf(truth.name));
      this.#invocations += truth.invocations;
      this.#stored += row?.invocations ?? 0;
      const found = await getJson<ColdStartsAnswer>(
        subject,
        `/api/v1/functions/${idOf(truth.name)}/cold-starts?${query(range)}`,
      );
      const felt = truth.coldStarts.filter((one) => one.userFelt).length / truth.invocations;
      this.#felt.push(Math.abs((found.userFeltRate.value ?? 0) - felt));
      const environments = await getJson<EnvironmentsAnswer>(
        subject,
        `/api/v1/functions/${idOf(truth.name)}/environments?${query(range)}&limit=5000`,
      );
      if (environments.truncated) continue;
      this.#peaks += 1;
      if (environments.concurrency.peak === truth.peakConcurrency) this.#peaksRight += 1;
    }
  }

  async #keepAlives(subject: Subject, played: readonly SimulatedFunction[], range: Range): Promise<void> {
    for (const { truth } of played) {
      const found = await getJson<{ medianMs: number | null; medianInterval: { low: number; high: number } | null }>(
        subject,
        `/api/v1/functions/${idOf(truth.name)}/keep-alive?${query(range)}`,
      );
      const { medianMs, medianInterval } = found;
      if (medianMs === null) continue;
      const error = Math.abs(medianMs / truth.keepAliveMs - 1);
      this.#keepAlive.push(error);
      const { low, high } = medianInterval ?? { low: 0, high: Number.POSITIVE_INFINITY };
      if ((high - low) / 2 <= SHARP * medianMs) this.#sharpKeepAlive.push(error);
    }
  }

  async #network(subject: Subject, plans: ReturnType<typeof networkPlans>, range: Range): Promise<void> {
    for (const plan of plans.filter((one) => one.networkMs > 0)) {
      const found = await getJson<{ eniLatencyMs: { value: number } | null }>(
        subject,
        `/api/v1/functions/${idOf(plan.name)}/network?${query(range)}`,
      );
      const error =
        found.eniLatencyMs === null ? Number.POSITIVE_INFINITY : found.eniLatencyMs.value / plan.networkMs - 1;
      this.#eni.push(Math.abs(error));
    }
  }

  async #exactQuantiles(subject: Subject, played: readonly SimulatedFunction[], range: Range): Promise<void> {
    const list = await getJson<FunctionsAnswer>(subject, `/api/v1/functions?${query(range)}`);
    for (const { truth } of played) {
      const response = await subject.request(
        `/api/v1/export/invocations?${query(range)}&function=${idOf(truth.name)}&format=ndjson`,
      );
      const durations = (await response.text())
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { durationMs: number }).durationMs);
      const reported = list.items.find((item) => item.id === idOf(truth.name))?.durationMs;
      for (const [name, q] of [
        ['p50', 0.5],
        ['p95', 0.95],
        ['p99', 0.99],
      ] as const) {
        this.#quantiles.push(Math.abs((reported?.[name] ?? 0) / quantileOfErrors(durations, q) - 1));
      }
    }
  }

  lines(): readonly Line[] {
    const bounds = { recycle: 0.85 } as Partial<Record<string, number>>;
    const causes = scores(this.#confusion).flatMap(({ cause, planted, precision, recall }) => {
      const bound = bounds[cause] ?? 0.95;
      return [
        atLeast(`cause ${cause}: recall`, `${planted} planted`, recall, planted, bound),
        atLeast(`cause ${cause}: precision`, `${planted} planted`, precision, planted, bound),
      ];
    });
    const worstFelt = quantileOfErrors(this.#felt, 1);
    return [
      exactly('invocations counted once', String(this.#invocations), String(this.#stored)),
      ...causes,
      {
        what: 'user-felt cold-start rate, worst function',
        truth: `${this.#felt.length} functions`,
        answer: `${(worstFelt * 100).toFixed(2)} points off`,
        error: `${(worstFelt * 100).toFixed(2)} points`,
        bound: '≤ 0.5 points',
        pass: worstFelt <= 0.005,
      },
      exactly('peak concurrency', `${this.#peaks} functions`, `${this.#peaksRight} functions`),
      errorLine('quantiles of Duration against the rows', this.#quantiles, 1, 0.0101),
      errorLine('keep-alive median, median error of all answers', this.#keepAlive, 0.5, 0.1),
      errorLine(
        'keep-alive median, 90th percentile of errors where the interval is within 15 %',
        this.#sharpKeepAlive,
        0.9,
        0.1,
      ),
      errorLine('planted ENI latency, 90th percentile of errors', this.#eni, 0.9, 0.1),
    ];
  }
}

function errorLine(what: string, errors: readonly number[], q: number, bound: number): Line {
  return atMost(
    what,
    `${errors.length} planted`,
    `median ${percent(quantileOfErrors(errors, 0.5))} off`,
    quantileOfErrors(errors, q),
    bound,
  );
}

function query({ fromMs, toMs }: Range): string {
  return `from=${fromMs}&to=${toMs}`;
}

/** Two functions that differ only in the VPC; traced, and invoked rarely enough that most requests are cold. */
function networkPlans(seed: number) {
  return [
    planOf({ ...ALIKE, name: 'inside-vpc', vpc: true, networkMs: networkMsOf(seed) }),
    planOf({ ...ALIKE, name: 'outside-vpc' }),
    planOf({ ...ALIKE, name: 'outside-vpc-too' }),
  ];
}

/** Functions like those, so that the spread between functions is known. */
function networkPeers(seed: number) {
  return [
    ...[1, 2, 3].map((at) => planOf({ ...ALIKE, name: `inside-vpc-${at}`, vpc: true, networkMs: networkMsOf(seed) })),
    ...[1, 2].map((at) => planOf({ ...ALIKE, name: `outside-vpc-${at}` })),
  ];
}

/** Peers use other seeds than the fleet. */
const PEERS = 1000;

function networkMsOf(seed: number): number {
  return 60 + ((seed * 37) % 150);
}

const ALIKE = {
  arrivals: { kind: 'rare', meanGapMs: 420_000, burst: 1 },
  memoryMb: 832,
  keepAlive: { ms: 120_000, spread: 0.1 },
  tracedShare: 1,
} as const;

const DEPLOYED = {
  runtime: 'nodejs22.x',
  memoryMb: 832,
  packageType: 'Zip',
  architecture: 'x86_64',
  codeSizeBytes: 3_000_000,
} as const;

async function sendTraces(subject: Subject, played: readonly SimulatedFunction[]): Promise<void> {
  const documents = played.flatMap((one) => one.documents.map(({ text }) => text));
  for (let at = 0; at < documents.length; at += 2000) {
    const body = documents.slice(at, at + 2000).join('\n');
    await send(subject, '/ingest/logs', { method: 'POST', body });
  }
}

async function declare(
  subject: Subject,
  plans: readonly { readonly name: string; readonly vpc: boolean }[],
): Promise<void> {
  const functions = plans.map((plan) => ({
    id: idOf(plan.name),
    ...(plan.name.includes('vpc') ? DEPLOYED : {}),
    subnetIds: plan.vpc ? ['subnet-1'] : [],
  }));
  const response = await subject.request('/api/v1/inventory', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ functions }),
  });
  if (response.status !== 200) throw new Error(`inventory rejected with ${response.status}: ${await response.text()}`);
}
