/** What a simulated function is like: everything that its lines will show, said beforehand. Durations in ms. */

export type ArrivalKind = 'steady' | 'diurnal' | 'bursty' | 'rare';

/** A call to another service; its time is within the run, whatever the memory. */
export interface PlannedCall {
  readonly name: string;
  /** As X-Ray names them: an AWS service, or any other. */
  readonly namespace: 'aws' | 'remote';
  readonly ms: number;
}

export interface FunctionPlan {
  readonly name: string;
  readonly runtime: string;
  readonly format: 'text' | 'json';
  /** Requests arrive so far apart on average; in bursts, as many come together. */
  readonly arrivals: { readonly kind: ArrivalKind; readonly meanGapMs: number; readonly burst: number };
  readonly version: string;
  readonly memoryMb: number;
  /** d(m) = fixed + cpu / min(m / 1769, 1), with log-normal noise around that mean. */
  readonly work: { readonly fixedMs: number; readonly cpuMs: number; readonly sigma: number };
  readonly usedMb: number;
  /** MB that an environment grows by with each run. */
  readonly leakMb: number;
  readonly initMs: number;
  /** What the first run of an environment takes longer. */
  readonly firstConnectionMs: number;
  /** From the request to INIT_START: finding a place, fetching the code. */
  readonly placementMs: number;
  /** What a network interface adds to that; 0 outside of a VPC. */
  readonly networkMs: number;
  /** Share of its cold starts that wait for a network interface of their own, as before 2019, and for how long. */
  readonly ownInterface: { readonly share: number; readonly ms: number };
  readonly vpc: boolean;
  /** An idle environment is kept for so long, give or take a share. */
  readonly keepAlive: { readonly ms: number; readonly spread: number };
  /** Environments are taken away at random, after so long on average. */
  readonly recycleMeanMs: number | null;
  readonly failures: {
    readonly timeoutShare: number;
    readonly outOfMemoryShare: number;
    readonly exitShare: number;
    readonly timeoutMs: number;
    /** After a failure the next run of the environment fails too, as often as this. */
    readonly againShare: number;
    /** The environment does not outlive the failure, as often as this. */
    readonly fatalShare: number;
  };
  /** Failed requests come again, twice, as asynchronous ones do. */
  readonly retries: boolean;
  readonly snapStart: boolean;
  /** Environments kept ready; they never expire. */
  readonly provisioned: number;
  /** Share of new environments that were made ready before anybody asked. */
  readonly proactiveShare: number;
  readonly extension: string | null;
  /** New version or memory size from a time on: older environments are not used again. */
  readonly deploys: readonly { readonly atMs: number; readonly version?: string; readonly memoryMb?: number }[];
  /** New runtime versions; older environments are not used again. */
  readonly patches: readonly { readonly atMs: number }[];
  /** Share of requests that X-Ray samples. */
  readonly tracedShare: number;
  /** What its traces show of others: who calls it, and whom it calls during a run. */
  readonly caller: string | null;
  readonly calls: readonly PlannedCall[];
  /** Environments that are made and never used, to one that is. */
  readonly unusedShare: number;
}

const PLAIN: Omit<FunctionPlan, 'name'> = {
  runtime: 'nodejs:22.v31',
  format: 'text',
  arrivals: { kind: 'steady', meanGapMs: 10_000, burst: 1 },
  version: '$LATEST',
  memoryMb: 1024,
  work: { fixedMs: 40, cpuMs: 40, sigma: 0.4 },
  usedMb: 120,
  leakMb: 0,
  initMs: 300,
  firstConnectionMs: 60,
  placementMs: 90,
  networkMs: 0,
  ownInterface: { share: 0, ms: 0 },
  vpc: false,
  keepAlive: { ms: 400_000, spread: 0.1 },
  recycleMeanMs: null,
  failures: { timeoutShare: 0, outOfMemoryShare: 0, exitShare: 0, timeoutMs: 3000, againShare: 0, fatalShare: 0 },
  retries: false,
  snapStart: false,
  provisioned: 0,
  proactiveShare: 0,
  extension: null,
  deploys: [],
  patches: [],
  tracedShare: 0,
  caller: null,
  calls: [],
  unusedShare: 0,
};

/** A plan that differs from a plain function in what is given. */
export function planOf(given: Partial<FunctionPlan> & Pick<FunctionPlan, 'name'>): FunctionPlan {
  return { ...PLAIN, ...given };
}
