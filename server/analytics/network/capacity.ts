/** Network interfaces and connections that a function needs, compared with the available ones. */

import { theilSen } from '../statistics/trend.ts';

/** Maximum connections of one shared interface. */
export const CONNECTIONS_PER_ENI = 65_000;
/** GB of memory served by one interface while each environment had its own (until 2019). */
const GB_PER_ENI = 3;

export interface CapacityQuestion {
  readonly era: 'per-environment' | 'shared' | null;
  readonly subnets: number;
  readonly peakConcurrency: number;
  readonly memoryMb: number | null;
  /** As declared; null if undeclared. */
  readonly connectionsPerEnvironment: number | null;
  readonly maxConnections: number | null;
  /** Peak of each day, ascending by day. */
  readonly dailyPeaks: readonly number[];
}

export interface Capacity {
  /** Interfaces needed: one per subnet and set of security groups, or concurrency × GB / 3. Null if unknown. */
  readonly interfaces: number | null;
  /** Used share of the connections that the shared interfaces support. */
  readonly interfaceUse: number | null;
  readonly database: {
    readonly needed: number;
    readonly max: number;
    readonly share: number;
    readonly verdict: 'fits' | 'near-limit' | 'exceeded';
    /** Days until the limit at the trend of the daily peaks; null if they do not rise, or with less than a week of data. */
    readonly daysLeft: number | null;
  } | null;
}

const NEAR_LIMIT = 0.8;
const FEWEST_DAYS = 7;

export function capacityOf(question: CapacityQuestion): Capacity {
  const { era, subnets, peakConcurrency, memoryMb, connectionsPerEnvironment, maxConnections, dailyPeaks } = question;
  const own = memoryMb === null ? null : Math.ceil((peakConcurrency * memoryMb) / 1024 / GB_PER_ENI);
  const needed = peakConcurrency * (connectionsPerEnvironment ?? 1);
  return {
    interfaces: era === 'per-environment' ? own : subnets === 0 ? null : subnets,
    interfaceUse: era === 'per-environment' || subnets === 0 ? null : needed / (subnets * CONNECTIONS_PER_ENI),
    database:
      maxConnections === null ? null : databaseOf(needed, maxConnections, dailyPeaks, connectionsPerEnvironment ?? 1),
  };
}

/** Uses the Theil-Sen slope of the daily peaks. */
function databaseOf(
  needed: number,
  max: number,
  dailyPeaks: readonly number[],
  perEnvironment: number,
): NonNullable<Capacity['database']> {
  const share = needed / max;
  const verdict = share > 1 ? 'exceeded' : share >= NEAR_LIMIT ? 'near-limit' : 'fits';
  const slope = dailyPeaks.length < FEWEST_DAYS ? null : theilSen(dailyPeaks.map((y, x) => ({ x, y })));
  const perDay = (slope ?? 0) * perEnvironment;
  const daysLeft = perDay > 0 && needed < max ? (max - needed) / perDay : null;
  return { needed, max, share, verdict, daysLeft };
}
