/** How many network interfaces and connections a function needs, and what there is of them. */

import { theilSen } from '../statistics/trend.ts';

/** Connections of one shared interface. */
export const CONNECTIONS_PER_ENI = 65_000;
/** GB of memory that one interface served, while each environment had its own (until 2019). */
const GB_PER_ENI = 3;

export interface CapacityQuestion {
  readonly era: 'per-environment' | 'shared' | null;
  readonly subnets: number;
  readonly peakConcurrency: number;
  readonly memoryMb: number | null;
  /** Declared; null where nobody says. */
  readonly connectionsPerEnvironment: number | null;
  readonly maxConnections: number | null;
  /** Peak of each day, in order. */
  readonly dailyPeaks: readonly number[];
}

export interface Capacity {
  /** Interfaces needed: one a subnet and set of security groups, or concurrency × GB / 3. Null where it cannot be reckoned. */
  readonly interfaces: number | null;
  /** Share of the connections that the shared interfaces carry. */
  readonly interfaceUse: number | null;
  readonly database: {
    readonly needed: number;
    readonly max: number;
    readonly share: number;
    readonly verdict: 'fits' | 'near-limit' | 'exceeded';
    /** At the trend of the daily peaks; null where they do not rise, or over fewer than a week of days. */
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

/** Theil and Sen's slope of the daily peaks. */
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
