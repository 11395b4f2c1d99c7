/** How many network interfaces and connections a function needs, and what there is of them. */

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
  } | null;
}

const NEAR_LIMIT = 0.8;

export function capacityOf(question: CapacityQuestion): Capacity {
  const { era, subnets, peakConcurrency, memoryMb, connectionsPerEnvironment, maxConnections } = question;
  const own = memoryMb === null ? null : Math.ceil((peakConcurrency * memoryMb) / 1024 / GB_PER_ENI);
  const needed = peakConcurrency * (connectionsPerEnvironment ?? 1);
  return {
    interfaces: era === 'per-environment' ? own : subnets === 0 ? null : subnets,
    interfaceUse: era === 'per-environment' || subnets === 0 ? null : needed / (subnets * CONNECTIONS_PER_ENI),
    database: maxConnections === null ? null : databaseOf(needed, maxConnections),
  };
}

function databaseOf(needed: number, max: number): NonNullable<Capacity['database']> {
  const share = needed / max;
  const verdict = share > 1 ? 'exceeded' : share >= NEAR_LIMIT ? 'near-limit' : 'fits';
  return { needed, max, share, verdict };
}
