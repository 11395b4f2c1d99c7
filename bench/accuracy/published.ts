/** Compares our estimators with published measurements. */

import { Random } from '../../ingest/records/random.ts';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import { survivalOf } from '../../server/analytics/keep-alive/survival.ts';
import type { Strategy } from '../../server/analytics/memory/power-tuning.ts';
import { preferred } from '../../server/analytics/memory/power-tuning.ts';
import type { PublishedData } from './published-data.ts';
import {
  ABOVE_TWO_SECONDS,
  cpuBoundErrors,
  curveErrors,
  intervalCoverage,
  KEEP_ALIVE_SETS,
  PRIMES,
  primesUsd,
  tracedInventory,
  VPC_LOAD_TESTS,
  xrayDocuments,
} from './published-data.ts';
import type { Subject } from './subject.ts';
import { getJson } from './subject.ts';
import type { Line } from './table.ts';
import { atLeast, atMost, exactly, percent, quantileOfErrors } from './table.ts';

/** Runs the estimators on the published data sets. */
export class Published {
  readonly #data: PublishedData;

  constructor(data: PublishedData) {
    this.#data = data;
  }

  keepAlive(): readonly Line[] {
    return KEEP_ALIVE_SETS.map(([name, when, low, high]) => {
      const random = new Random(1);
      const survival = survivalOf(this.#data.idlePeriods(name), () => random.next());
      const minutes = (survival?.medianMs ?? Number.NaN) / MINUTE_MS;
      return {
        what: `keep-alive median, ${when}`,
        truth: `${low} to ${high} min`,
        answer: `${minutes.toFixed(1)} min`,
        error: minutes >= low && minutes <= high ? '0' : 'outside',
        bound: 'within',
        pass: minutes >= low && minutes <= high,
      };
    });
  }

  memory(): readonly Line[] {
    const curves = this.#data.curves();
    const errors = curveErrors(curves);
    const { covered, shown } = intervalCoverage(curves);
    const costs = PRIMES.map(([memoryMb, ms, usd]) => {
      const ours = primesUsd(memoryMb, ms);
      return atMost(
        `AWS's table of primes, ${memoryMb} MB`,
        `$${usd}`,
        `$${ours.toFixed(6)}`,
        Math.abs(ours / usd - 1),
        0.015,
      );
    });
    return [
      atMost(
        'Power Tuning curves: size left out (median)',
        `${errors.length} sizes`,
        percent(quantileOfErrors(errors, 0.5)),
        quantileOfErrors(errors, 0.5),
        0.08,
      ),
      this.#cpuBound(),
      atLeast('90 % interval contains the size left out', `${shown} sizes`, covered / shown, shown, 0.9),
      ...costs.map((line) => ({ ...line, bound: '≤ 1.5 %' })),
      this.#replay(),
    ];
  }

  /** Primes of December 2025 on two architectures, and Fibonacci numbers of 2018. */
  #cpuBound(): Line {
    const errors = cpuBoundErrors();
    const middle = quantileOfErrors(errors, 0.5);
    return atMost('CPU-bound curves: size left out (median)', `${errors.length} sizes`, percent(middle), middle, 0.03);
  }

  #replay(): Line {
    interface Case {
      readonly strategy: Strategy | null;
      readonly balancedWeight?: number;
      readonly stats: readonly { value: number; averagePrice: number; averageDuration: number }[];
      readonly expect: { readonly power: number };
    }
    const { analyzer } = this.#data.json<{ analyzer: readonly Case[] }>('power_tuning_replay.json');
    const right = analyzer.filter((one) => {
      const sizes = one.stats.map(({ value, averagePrice, averageDuration }) => ({
        memoryMb: value,
        averagePrice,
        averageDurationMs: averageDuration,
      }));
      return preferred(sizes, one.strategy ?? 'cost', one.balancedWeight)?.memoryMb === one.expect.power;
    });
    return exactly("Power Tuning's own cases", `${analyzer.length} cases`, `${right.length} cases`);
  }

  /** Sends the traced cold starts of March 2019 through ingest as X-Ray documents. */
  async xray(subject: Subject): Promise<readonly Line[]> {
    const starts = this.#data.tracedColdStarts();
    const random = new Random(8);
    const documents = starts.flatMap((start) => xrayDocuments(random, start));
    for (let at = 0; at < documents.length; at += 2000) {
      await subject.request('/ingest/logs', { method: 'POST', body: documents.slice(at, at + 2000).join('\n') });
    }
    await subject.request('/api/v1/inventory', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ functions: tracedInventory(starts) }),
    });
    const of = (name: string) =>
      getJson<{ over2s: { value: number; n: number } | null; era: string | null }>(
        subject,
        `/api/v1/functions/${name}/network?from=2019-03-01&to=2019-04-01`,
      );
    const inside = await Promise.all(
      ABOVE_TWO_SECONDS.map(async ([memoryMb, above, all]) => {
        const { over2s, era } = await of(`aws-coldstart-ruby25vpc-dev-memory-${memoryMb}`);
        const answer = `${Math.round((over2s?.value ?? 0) * (over2s?.n ?? 0))}/${over2s?.n}, ${era}`;
        return exactly(`X-Ray 2019, VPC, ${memoryMb} MB: above 2 s`, `${above}/${all}, per-environment`, answer);
      }),
    );
    let [over, n] = [0, 0];
    for (const [memoryMb] of ABOVE_TWO_SECONDS) {
      const { over2s } = await of(`aws-coldstart-ruby25-dev-memory-${memoryMb}`);
      over += Math.round((over2s?.value ?? 0) * (over2s?.n ?? 0));
      n += over2s?.n ?? 0;
    }
    return [...inside, exactly('X-Ray 2019, outside of a VPC: above 2 s', '0/3712', `${over}/${n}`)];
  }

  /** Sends the load test results of the VPC article, from their printed summaries. */
  async loadTests(subject: Subject): Promise<readonly Line[]> {
    for (const file of VPC_LOAD_TESTS) {
      await subject.request('/ingest/load-test?tool=hey&function=vpc', {
        method: 'POST',
        body: this.#data.text(file),
      });
    }
    const { items } = await getJson<{ items: readonly { id: string; slowestMs: number }[] }>(
      subject,
      '/api/v1/load-tests?function=vpc',
    );
    const idOf = (ms: number): string => items.find((item) => item.slowestMs === ms)?.id ?? 'missing';
    const compared = await getJson<{
      verdict: string;
      tails: readonly { thresholdMs: number; before: { value: number }; after: { value: number } }[];
    }>(subject, `/api/v1/load-tests/compare?before=${idOf(13_046)}&after=${idOf(547)}`);
    const tail = compared.tails.find((one) => one.thresholdMs === 1322);
    return [
      exactly(
        'hey, slowest of three runs',
        '13046, 547, 3404.2 ms',
        `${[13_046, 547, 3404.2].filter((ms) => idOf(ms) !== 'missing').join(', ')} ms`,
      ),
      exactly(
        'hey, May against October 2019: above 1.322 s',
        '10.2 % → 0.0 %, improved',
        `${percent(tail?.before.value ?? Number.NaN)} → ${percent(tail?.after.value ?? Number.NaN)}, ${compared.verdict}`,
      ),
    ];
  }
}
