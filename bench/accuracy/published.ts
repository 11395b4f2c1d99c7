/** What others measured and published, played through our estimators. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Random } from '../../ingest/random.ts';
import { billedMs, computeUsd } from '../../server/analytics/cost.ts';
import type { IdlePeriod } from '../../server/analytics/keep-alive/survival.ts';
import { survivalOf } from '../../server/analytics/keep-alive/survival.ts';
import type { SizePoint } from '../../server/analytics/memory/duration-model.ts';
import { fitDuration, innerErrors } from '../../server/analytics/memory/duration-model.ts';
import type { Strategy } from '../../server/analytics/memory/power-tuning.ts';
import { preferred } from '../../server/analytics/memory/power-tuning.ts';
import { fittedInterval } from '../../server/analytics/memory/right-size.ts';
import type { Subject } from './subject.ts';
import { ask } from './subject.ts';
import type { Line } from './table.ts';
import { atLeast, atMost, exactly, percent, quantileOfErrors } from './table.ts';

const MINUTE = 60_000;

export class Published {
  readonly #folder: string;

  /** The folder of the published data sets. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  #text(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  #json<T>(name: string): T {
    return JSON.parse(this.#text(name)) as T;
  }

  keepAlive(): readonly Line[] {
    const sets = [
      ['aws-lambda-10-minutes_old_scatter', 'early 2019', 37, 46],
      ['aws-lambda-10-minutes_new_scatter', 'August 2019', 10, 11],
      ['coldstart_aws_scatter', 'January 2021', 5, 7],
    ] as const;
    return sets.map(([name, when, low, high]) => {
      const { points } = this.#json<{ points: [number, number, string][] }>(`keep-alive/${name}.json`);
      const periods = points.map(
        ([minutes, , colour]): IdlePeriod =>
          colour.includes('blue')
            ? { afterMs: 0, untilMs: minutes * MINUTE }
            : { afterMs: minutes * MINUTE, untilMs: Number.POSITIVE_INFINITY },
      );
      const random = new Random(1);
      const minutes = (survivalOf(periods, () => random.next())?.medianMs ?? Number.NaN) / MINUTE;
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
    const curves =
      this.#json<readonly { stats: readonly { power: number; duration: number }[] }[]>('power_tuning_curves.json');
    const pointsOf = (curve: (typeof curves)[number]): SizePoint[] =>
      curve.stats.map((stat) => ({ memoryMb: stat.power, durationMs: stat.duration }));
    const errors = curves.filter((curve) => curve.stats.length >= 5).flatMap((curve) => innerErrors(pointsOf(curve)));
    let [covered, shown] = [0, 0];
    for (const points of curves.map(pointsOf).filter((one) => one.length >= 6)) {
      for (const held of points.slice(1, -1)) {
        const model = fitDuration(points.filter((point) => point !== held));
        if (model === null || (model.looError ?? 1) > 0.2) continue;
        const { low, high } = fittedInterval(model, held.memoryMb, points.at(-1)?.memoryMb ?? 0);
        shown += 1;
        if (low <= held.durationMs && held.durationMs <= high) covered += 1;
      }
    }
    const table = [
      [128, 11_722.965, 0.024628],
      [256, 6678.945, 0.028035],
      [512, 3194.954, 0.02683],
      [1024, 1465.984, 0.024638],
    ] as const;
    const costs = table.map(([memoryMb, ms, usd]) => {
      const ours = 1000 * computeUsd(memoryMb, billedMs(ms, Date.UTC(2017, 0, 1)), 0.00001667);
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
      atLeast('90 % interval holds the size left out', `${shown} sizes`, covered / shown, shown, 0.9),
      ...costs.map((line) => ({ ...line, bound: '≤ 1.5 %' })),
      this.#replay(),
    ];
  }

  /** Primes of December 2025 on two architectures, Fibonacci numbers of 2018. */
  #cpuBound(): Line {
    const sizes = [128, 256, 512, 1024, 1769, 2048];
    const published = [
      { sizes, durations: [21390, 10760, 5472, 2716, 1584, 1359] },
      { sizes, durations: [5409, 2661, 1341, 628, 386, 377] },
      {
        sizes: [128, 192, 256, 512, 768, 1024, 1536, 2048, 2560, 3008],
        durations: [376.05, 250.24, 198.56, 98.36, 65.48, 45.31, 30.53, 25.21, 25.36, 25.15],
      },
    ];
    const errors = published.flatMap((curve) =>
      innerErrors(curve.durations.map((durationMs, at): SizePoint => ({ memoryMb: curve.sizes[at] ?? 0, durationMs }))),
    );
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
    const { analyzer } = this.#json<{ analyzer: readonly Case[] }>('power_tuning_replay.json');
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

  /** The cold starts that were traced in March 2019, as X-Ray documents, through ingest. */
  async xray(subject: Subject): Promise<readonly Line[]> {
    const starts = gunzipSync(readFileSync(join(this.#folder, 'xray_coldstart_vpc_2019-03.csv.gz')))
      .toString('utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .filter(([name]) => name?.includes('ruby25'));
    const random = new Random(8);
    const documents = starts.flatMap(([name = '', at = '', , setup, init, run]) =>
      tracedColdStart(random, name, Date.parse(at), Number(setup), Number(init), Number(run)),
    );
    for (let at = 0; at < documents.length; at += 2000) {
      await subject.request('/ingest/logs', { method: 'POST', body: documents.slice(at, at + 2000).join('\n') });
    }
    const names = [...new Set(starts.map(([name = '']) => name))];
    await subject.request('/api/v1/inventory', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        functions: names.map((name) => ({
          id: `${ACCOUNT}:${REGION}:${name}`,
          memoryMb: Number(/memory-(\d+)$/.exec(name)?.[1]),
          runtime: 'ruby2.5',
          subnetIds: name.includes('vpc') ? ['subnet-1'] : [],
        })),
      }),
    });
    const of = (name: string) =>
      ask<{ over2s: { value: number; n: number } | null; era: string | null }>(
        subject,
        `/api/v1/functions/${name}/network?from=2019-03-01&to=2019-04-01`,
      );
    const inside = await Promise.all(
      (
        [
          [128, '44/620'],
          [256, '81/619'],
          [512, '268/619'],
          [1024, '400/620'],
          [2048, '501/619'],
          [3008, '607/620'],
        ] as const
      ).map(async ([memoryMb, truth]) => {
        const { over2s, era } = await of(`aws-coldstart-ruby25vpc-dev-memory-${memoryMb}`);
        const answer = `${Math.round((over2s?.value ?? 0) * (over2s?.n ?? 0))}/${over2s?.n}`;
        return exactly(`X-Ray 2019, VPC, ${memoryMb} MB: above 2 s`, `${truth}, per-environment`, `${answer}, ${era}`);
      }),
    );
    let [over, n] = [0, 0];
    for (const memoryMb of [128, 256, 512, 1024, 2048, 3008]) {
      const { over2s } = await of(`aws-coldstart-ruby25-dev-memory-${memoryMb}`);
      over += Math.round((over2s?.value ?? 0) * (over2s?.n ?? 0));
      n += over2s?.n ?? 0;
    }
    return [...inside, exactly('X-Ray 2019, outside of a VPC: above 2 s', '0/3712', `${over}/${n}`)];
  }

  /** The runs of the VPC article, from their printed summaries. */
  async loadTests(subject: Subject): Promise<readonly Line[]> {
    for (const name of ['2019-05-29-vpc-c50-n500', '2019-10-20-vpc-c50-n500', '2019-10-20-vpc-sleep2s-c500-n10000']) {
      await subject.request('/ingest/load-test?tool=hey&function=vpc', {
        method: 'POST',
        body: this.#text(`hey/${name}.txt`),
      });
    }
    const { items } = await ask<{ items: readonly { id: string; slowestMs: number }[] }>(
      subject,
      '/api/v1/load-tests?function=vpc',
    );
    const idOf = (ms: number): string => items.find((item) => item.slowestMs === ms)?.id ?? 'missing';
    const compared = await ask<{
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

const ACCOUNT = '123456789012';
const REGION = 'eu-west-1';

/** The service's segment and the function's, the init before it, as X-Ray wrote them. */
function tracedColdStart(
  random: Random,
  name: string,
  atMs: number,
  setupMs: number,
  initMs: number,
  runMs: number,
): string[] {
  const trace_id = `1-${Math.floor(atMs / 1000).toString(16)}-${random.hex(24)}`;
  const aws = { request_id: random.uuid() };
  const resource_arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
  const at = (ms: number): number => (atMs + ms) / 1000;
  const id = random.hex(16);
  const end_time = at(setupMs + initMs + runMs);
  const init = { id: random.hex(16), name: 'Initialization', start_time: at(setupMs), end_time: at(setupMs + initMs) };
  return [
    { trace_id, id, name, origin: 'AWS::Lambda', start_time: at(0), end_time, resource_arn, aws },
    {
      trace_id,
      id: random.hex(16),
      parent_id: id,
      name,
      origin: 'AWS::Lambda::Function',
      start_time: at(setupMs + initMs),
      end_time,
      resource_arn,
      aws,
      subsegments: [init],
    },
  ].map((document) => JSON.stringify(document));
}
