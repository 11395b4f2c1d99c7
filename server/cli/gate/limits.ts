/** Limits of `thermocline gate`: how much worse a metric may become. */
import { InvalidArgumentError } from 'commander';
import type { CompareAnswer } from '../../http/contract/compare.ts';

export type Metric = CompareAnswer['differences'][number]['metric'];

/** A limit on a metric's change. */
export interface Limit {
  readonly metric: Metric;
  /** Relative (0.2 means 20 % more); of rates absolute (0.01 means a percentage point). */
  readonly most: number;
}

/** Names on the command line. Each metric is worse if it is higher. */
export const METRICS: Readonly<Record<string, Metric>> = {
  p50: 'p50',
  p95: 'p95',
  p99: 'p99',
  init: 'initP50',
  errors: 'errorRate',
  'cold-start': 'coldStartRate',
  cost: 'costPer1k',
};

/** `20%`, `0.5%`, `0%`. @throws InvalidArgumentError */
export function readPercent(text: string): number {
  const digits = /^(\d{1,6}(?:\.\d{1,6})?)\s?%$/.exec(text)?.[1];
  if (digits === undefined) throw new InvalidArgumentError('expected a percentage such as 20%');
  return Number(digits) / 100;
}

/** `p95=20%`, added to the limits before it. @throws InvalidArgumentError */
export function readLimit(text: string, before: readonly Limit[] = []): readonly Limit[] {
  const [name = '', percent = ''] = text.split(/=(.*)/s);
  const metric = Object.hasOwn(METRICS, name) ? METRICS[name] : undefined;
  if (metric === undefined)
    throw new InvalidArgumentError(`expected METRIC=PERCENT with one of ${Object.keys(METRICS).join(', ')}`);
  if (before.some((one) => one.metric === metric)) throw new InvalidArgumentError(`${name} has two limits`);
  return [...before, { metric, most: readPercent(percent) }];
}
