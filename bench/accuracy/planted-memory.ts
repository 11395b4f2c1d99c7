/** Simulates functions that ran at four sizes, switching daily, and checks whether the recommended size is the cheapest. */

import { Random } from '../../ingest/records/random.ts';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import { deliveries, ORDERLY } from '../../ingest/simulator/deliver.ts';
import { playPlans } from '../../ingest/simulator/fleets.ts';
import type { FunctionPlan } from '../../ingest/simulator/plan.ts';
import { planOf } from '../../ingest/simulator/plan.ts';
import type { MemoryAnswer } from '../../server/http/contract/memory.ts';
import { idOf } from './causes.ts';
import type { Subject } from './subject.ts';
import { deliver, getJson } from './subject.ts';
import type { Line } from './table.ts';
import { atLeast } from './table.ts';

const SIZES = [256, 512, 1024, 2048] as const;
const DAYS = 12;
const PRICE = { perGbSecond: 1.66667e-5, perRequest: 2e-7 };

/**
 * Cost of a million invocations in dollars, including half a millisecond that rounding up adds on average, and average
 * billed init.
 */
function trueCost({ work }: FunctionPlan, memoryMb: number, initMs: number): number {
  const ms = work.fixedMs + work.cpuMs / Math.min(memoryMb / 1769, 1) + 0.5 + initMs;
  return 1e6 * ((memoryMb / 1024) * (ms / 1000) * PRICE.perGbSecond + PRICE.perRequest);
}

export class MemoryTally {
  #recommended = 0;
  #good = 0;
  #shown = 0;
  #covered = 0;
  #confounded = 0;
  #foundConfounded = 0;
  #leaks = 0;
  #leaksFound = 0;
  #falseLeaks = 0;
  #tight = 0;

  async play(subject: Subject, seed: number, toMs: number): Promise<void> {
    const random = new Random(seed * 7919);
    const fromMs = toMs - DAYS * DAY_MS;
    const clean = Array.from({ length: 3 }, (_, at) => sizedPlan(`sized-${at}`, random, fromMs, false));
    const confounded = [sizedPlan('version-a-size', random, fromMs, true)];
    const leaking = planOf({
      name: 'leaking',
      arrivals: { kind: 'steady', meanGapMs: 240_000, burst: 1 },
      usedMb: 100,
      leakMb: 0.4,
      memoryMb: 1024,
      keepAlive: { ms: HOUR_MS, spread: 0.1 },
      recycleMeanMs: 8 * HOUR_MS,
    });
    const plans = [...clean, ...confounded, leaking];
    const played = playPlans(plans, seed, fromMs, toMs);
    await deliver(
      subject,
      deliveries(
        played.flatMap((one) => one.streams),
        ORDERLY,
        random,
      ),
    );
    const of = (name: string): Promise<MemoryAnswer> =>
      getJson(subject, `/api/v1/functions/${idOf(name)}/memory?from=${fromMs}&to=${toMs}&maxSlower=10`);
    await subject.derive();
    for (const [at, plan] of clean.entries()) {
      const truth = played[at]?.truth;
      const cold = (truth?.coldStarts.length ?? 0) / (truth?.invocations ?? 1);
      // Inits are log-normal around their median, with a sigma of 0.2.
      this.#compare(plan, await of(plan.name), cold * plan.initMs * Math.exp(0.02));
    }
    for (const plan of confounded) {
      this.#confounded += 1;
      const answer = await of(plan.name);
      if (answer.recommendation === null && answer.reasons.some((reason) => reason.startsWith('Confounded')))
        this.#foundConfounded += 1;
    }
    this.#leaks += 1;
    if ((await of('leaking')).leak?.leaking === true) this.#leaksFound += 1;
  }

  #compare(plan: FunctionPlan, answer: MemoryAnswer, initMs: number): void {
    this.#tight += 1;
    if (answer.leak?.leaking === true) this.#falseLeaks += 1;
    const shown = answer.candidates.filter((one) => one.basis !== 'bound');
    for (const one of shown) {
      const cost = trueCost(plan, one.memoryMb, initMs);
      this.#shown += 1;
      if (one.interval !== null && one.interval.low <= cost && cost <= one.interval.high) this.#covered += 1;
    }
    if (answer.recommendation === null) return;
    this.#recommended += 1;
    const best = Math.min(...shown.map((one) => trueCost(plan, one.memoryMb, initMs)));
    if (trueCost(plan, answer.recommendation.memoryMb, initMs) <= 1.05 * best) this.#good += 1;
  }

  lines(): readonly Line[] {
    return [
      atLeast(
        'recommended size costs at most 5 % more than the best',
        `${this.#recommended} recommendations`,
        this.#good / this.#recommended,
        this.#recommended,
        0.9,
      ),
      atLeast(
        '90 % interval of a candidate contains its cost',
        `${this.#shown} candidates`,
        this.#covered / this.#shown,
        this.#shown,
        0.9,
      ),
      atLeast(
        'a size that came with a version is refused as confounded',
        `${this.#confounded} planted`,
        this.#foundConfounded / this.#confounded,
        this.#confounded,
        1,
      ),
      atLeast('a leak is found', `${this.#leaks} planted`, this.#leaksFound / this.#leaks, this.#leaks, 0.95),
      atLeast(
        'no leak is reported where there is none',
        `${this.#tight} functions`,
        1 - this.#falseLeaks / this.#tight,
        this.#tight,
        0.95,
      ),
    ];
  }
}

/** The size changes daily, so that every size runs at every hour of the day. With `versions`, each size has its own version. */
function sizedPlan(name: string, random: Random, fromMs: number, versions: boolean): FunctionPlan {
  const deploys = Array.from({ length: DAYS }, (_, day) => ({
    atMs: fromMs + day * DAY_MS,
    memoryMb: SIZES[day % SIZES.length] ?? 256,
    ...(versions ? { version: String(1 + (day % SIZES.length)) } : {}),
  }));
  return planOf({
    name,
    arrivals: { kind: 'steady', meanGapMs: 240_000, burst: 1 },
    memoryMb: SIZES[0],
    work: { fixedMs: random.exponential(120), cpuMs: random.exponential(60), sigma: 0.3 },
    usedMb: 80,
    keepAlive: { ms: 900_000, spread: 0.2 },
    recycleMeanMs: 2 * HOUR_MS,
    firstConnectionMs: 40,
    ...(versions ? { version: '1' } : {}),
    deploys,
  });
}
