/**
 * Simulates N ingest workers behind a load balancer as queues. Firehose sends requests; each worker parses them one at a
 * time and stores them in groups; each ClickHouse shard processes inserts one at a time. Workers reject and group requests
 * by the product's own rules (server/http/limits/admission.ts, server/storage/clickhouse/insert/fact-writer.ts); rejected
 * or unanswered requests are retried later. Time is simulated, service times are measured (`npm run bench:scale`).
 */
import type { Random } from '../../ingest/records/random.ts';
import { Admission } from '../../server/http/limits/admission.ts';
import { GROUPING } from '../../server/storage/clickhouse/insert/fact-writer.ts';

export interface SimulatedSystem {
  readonly ingesters: number;
  readonly shards: number;
  /** Mean rate of arriving invocations per second, in requests of `perRequest` invocations. */
  readonly ratePerSecond: number;
  readonly perRequest: number;
  readonly bytesPerInvocation: number;
  /** CPU of a worker per invocation, µs. */
  readonly parseUs: number;
  /** Cost of a ClickHouse insert: fixed, ms, and per invocation, µs. */
  readonly insertMs: number;
  readonly insertUs: number;
  readonly seconds: number;
  /** A worker that fails at `atSecond` for `forSeconds`. Requests it held are never answered. */
  readonly loss?: { readonly atSecond: number; readonly forSeconds: number } | undefined;
}

export interface Outcome {
  readonly requests: number;
  readonly delivered: number;
  /** Requests dropped after the stream's retry duration. */
  readonly lost: number;
  readonly rejections: number;
  /** Utilisation of workers (parsing) and shards (inserting). */
  readonly ingesterBusy: number;
  readonly shardBusy: number;
  /** Latency from the first attempt until acknowledgement, ms. */
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly longestMs: number;
  /** Maximum number of requests in flight, which Firehose buffers. */
  readonly mostUnderWay: number;
}

interface Request {
  readonly arrivedMs: number;
  tries: number;
}

interface Ingester {
  readonly admission: Admission;
  readonly waiting: Request[];
  /** Parsed requests that wait for the next group. */
  readonly parsed: Request[];
  parsing: boolean;
  storing: boolean;
  /** Simulated time until which it waits for more requests, ms; null if it does not wait. */
  gatheringUntilMs: number | null;
  /** Incremented when the worker fails, so that its pending callbacks are ignored. */
  life: number;
  isUp: boolean;
  busyMs: number;
}

/** Initial retry delay of Firehose, doubled on each retry, ms. */
const RETRY_MS = 5000;
const LONGEST_RETRY_MS = 120_000;
/** Retry duration of Firehose, as the templates in deploy/ set it, ms. */
const GIVES_UP_MS = 7_200_000;
/** Firehose treats a request without a response as failed after this, ms. */
const NO_ANSWER_MS = 60_000;

/** Runs until every request was delivered or dropped. */
export function simulate(system: SimulatedSystem, random: Random): Outcome {
  const clock = new Clock();
  const ingesters = Array.from({ length: system.ingesters }, (): Ingester => newIngester(clock));
  const shards = Array.from({ length: system.shards }, () => ({ freeMs: 0, busyMs: 0 }));
  const times: number[] = [];
  const count = { requests: 0, rejections: 0, lost: 0, underWay: 0, mostUnderWay: 0 };
  const bytes = system.perRequest * system.bytesPerInvocation;
  const parseMs = (system.perRequest * system.parseUs) / 1000;
  let turn = 0;

  const again = (request: Request, afterMs: number): void => {
    request.tries += 1;
    const waitMs = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** (request.tries - 1)) * (0.5 + random.next());
    const atMs = clock.nowMs + afterMs + waitMs;
    if (atMs - request.arrivedMs <= GIVES_UP_MS) {
      clock.at(atMs, () => send(request));
    } else {
      count.lost += 1;
      count.underWay -= 1;
    }
  };
  const send = (request: Request): void => {
    // The load balancer knows which workers are up, but not which are busy.
    const up = ingesters.filter((one) => one.isUp);
    const ingester = up[turn % Math.max(1, up.length)];
    turn += 1;
    if (ingester === undefined) again(request, 0);
    else if (ingester.admission.admits()) {
      ingester.admission.enter(bytes);
      ingester.waiting.push(request);
      parse(ingester);
    } else {
      count.rejections += 1;
      again(request, 0);
    }
  };
  const parse = (ingester: Ingester): void => {
    const request = ingester.waiting[0];
    if (ingester.parsing || request === undefined) return;
    ingester.parsing = true;
    const { life } = ingester;
    clock.after(parseMs, () => {
      if (ingester.life !== life) return;
      ingester.busyMs += parseMs;
      ingester.waiting.shift();
      ingester.parsing = false;
      ingester.parsed.push(request);
      store(ingester);
      parse(ingester);
    });
  };
  const isWorthAGroup = ({ parsed }: Ingester): boolean => parsed.length * system.perRequest >= GROUPING.rows;
  const gather = (ingester: Ingester, stored: number): void => {
    if (stored + ingester.parsed.length < 2) return;
    const untilMs = clock.nowMs + GROUPING.ms;
    ingester.gatheringUntilMs = untilMs;
    clock.at(untilMs, () => {
      if (ingester.gatheringUntilMs !== untilMs) return;
      ingester.gatheringUntilMs = null;
      store(ingester);
    });
  };
  const store = (ingester: Ingester): void => {
    if (ingester.storing || ingester.parsed.length === 0) return;
    if (ingester.gatheringUntilMs !== null && !isWorthAGroup(ingester)) return;
    ingester.gatheringUntilMs = null;
    ingester.storing = true;
    const group = ingester.parsed.splice(0);
    const { life } = ingester;
    const eachMs = system.insertMs + (group.length * system.perRequest * system.insertUs) / 1000 / shards.length;
    let doneMs = clock.nowMs;
    // Functions are spread over all shards, so every group inserts into each.
    for (const shard of shards) {
      shard.freeMs = Math.max(shard.freeMs, clock.nowMs) + eachMs;
      shard.busyMs += eachMs;
      doneMs = Math.max(doneMs, shard.freeMs);
    }
    clock.at(doneMs, () => {
      if (ingester.life !== life) {
        for (const request of group) again(request, NO_ANSWER_MS);
        return;
      }
      ingester.storing = false;
      for (const request of group) {
        ingester.admission.leave(bytes);
        times.push(clock.nowMs - request.arrivedMs);
        count.underWay -= 1;
      }
      gather(ingester, group.length);
      store(ingester);
    });
  };
  const arrive = (): void => {
    if (clock.nowMs > system.seconds * 1000) return;
    count.requests += 1;
    count.underWay += 1;
    count.mostUnderWay = Math.max(count.mostUnderWay, count.underWay);
    send({ arrivedMs: clock.nowMs, tries: 0 });
    clock.after(random.exponential((system.perRequest / system.ratePerSecond) * 1000), arrive);
  };

  const { loss } = system;
  const victim = ingesters[0];
  if (loss !== undefined && victim !== undefined) {
    clock.at(loss.atSecond * 1000, () => {
      const held = [...victim.waiting.splice(0), ...victim.parsed.splice(0)];
      Object.assign(victim, {
        isUp: false,
        life: victim.life + 1,
        parsing: false,
        storing: false,
        gatheringUntilMs: null,
      });
      for (const request of held) again(request, NO_ANSWER_MS);
    });
    clock.at((loss.atSecond + loss.forSeconds) * 1000, () =>
      Object.assign(victim, { isUp: true, admission: new Admission(() => clock.nowMs) }),
    );
  }
  arrive();
  clock.run();
  const inOrder = times.toSorted((a, b) => a - b);
  const quantile = (q: number): number => inOrder[Math.min(inOrder.length - 1, Math.ceil(q * inOrder.length) - 1)] ?? 0;
  const spanMs = Math.max(clock.nowMs, 1);
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  return {
    requests: count.requests,
    delivered: times.length,
    lost: count.lost,
    rejections: count.rejections,
    ingesterBusy: mean(ingesters.map((one) => one.busyMs)) / spanMs,
    shardBusy: mean(shards.map((one) => one.busyMs)) / spanMs,
    meanMs: mean(times),
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    longestMs: inOrder.at(-1) ?? 0,
    mostUnderWay: count.mostUnderWay,
  };
}

function newIngester(clock: Clock): Ingester {
  return {
    admission: new Admission(() => clock.nowMs),
    waiting: [],
    parsed: [],
    parsing: false,
    storing: false,
    gatheringUntilMs: null,
    life: 0,
    isUp: true,
    busyMs: 0,
  };
}

/** Simulated clock: a binary heap of callbacks in order of time; equal times run in the order added. */
class Clock {
  nowMs = 0;
  readonly #heap: { readonly ms: number; readonly seq: number; readonly act: () => void }[] = [];
  #seq = 0;

  after(ms: number, act: () => void): void {
    this.at(this.nowMs + ms, act);
  }

  at(ms: number, act: () => void): void {
    this.#seq += 1;
    const heap = this.#heap;
    let at = heap.push({ ms, seq: this.#seq, act }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  run(): void {
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      this.nowMs = next.ms;
      next.act();
    }
  }

  #take() {
    const heap = this.#heap;
    if (heap.length === 0) return undefined;
    this.#swap(0, heap.length - 1);
    const first = heap.pop();
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let least = at;
      if (left < heap.length && this.#isBefore(left, least)) least = left;
      if (right < heap.length && this.#isBefore(right, least)) least = right;
      if (least === at) return first;
      this.#swap(at, least);
      at = least;
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return false;
    return one.ms < other.ms || (one.ms === other.ms && one.seq < other.seq);
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (one === undefined || other === undefined) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
