/** The plan of a simulated function: every property that its lines will show. Durations in ms. */

export type ArrivalKind = 'steady' | 'diurnal' | 'bursty' | 'rare';

/** A call to another service. Its time is part of the invocation and does not depend on memory. */
export interface PlannedCall {
  readonly name: string;
  /** X-Ray's namespace: an AWS service, or any other. */
  readonly namespace: 'aws' | 'remote';
  readonly ms: number;
}

/** A new version, memory size or duration of the code from a time on. */
export interface PlannedDeploy {
  readonly atMs: number;
  readonly version?: string;
  readonly memoryMb?: number;
  /** Duration relative to the plan's. */
  readonly workFactor?: number;
}

/** An error that the handler throws. */
export interface PlannedError {
  readonly errorType: string;
  readonly message: string;
  /** Its frame in the function's own code. */
  readonly frame: { readonly name: string; readonly file: string; readonly line: number };
  /** Share of the requests. */
  readonly share: number;
  /** Versions that throw it; null for all. */
  readonly versions: readonly string[] | null;
}

export interface FunctionPlan {
  readonly name: string;
  readonly runtime: string;
  readonly format: 'text' | 'json';
  /** Mean time between requests; in bursts, `size` requests at once. */
  readonly arrivals: { readonly kind: ArrivalKind; readonly meanGapMs: number; readonly burst: number };
  readonly version: string;
  readonly memoryMb: number;
  /** d(m) = fixed + cpu / min(m / 1769, 1), with log-normal noise around that mean. */
  readonly work: { readonly fixedMs: number; readonly cpuMs: number; readonly sigma: number };
  readonly usedMb: number;
  /** Memory leak per invocation, in MB. */
  readonly leakMb: number;
  readonly initMs: number;
  /** Additional duration of the first invocation of an environment. */
  readonly firstConnectionMs: number;
  /** From the request to INIT_START: placement and code download. */
  readonly placementMs: number;
  /** Additional time for a network interface; 0 outside a VPC. */
  readonly networkMs: number;
  /** Share of cold starts that wait for their own network interface, as before 2019, and for how long. */
  readonly ownInterface: { readonly share: number; readonly ms: number };
  readonly vpc: boolean;
  /** How long an idle environment is kept, and the relative spread. */
  readonly keepAlive: { readonly ms: number; readonly spread: number };
  /** Mean time until Lambda reclaims an environment at random. */
  readonly recycleMeanMs: number | null;
  readonly failures: {
    readonly timeoutShare: number;
    readonly outOfMemoryShare: number;
    readonly exitShare: number;
    readonly timeoutMs: number;
    /** Probability that the next invocation of the environment fails too. */
    readonly againShare: number;
    /** Probability that a failure ends the environment. */
    readonly fatalShare: number;
  };
  /** Failed requests are retried twice, as asynchronous invocations are. */
  readonly retries: boolean;
  readonly snapStart: boolean;
  /** Provisioned environments; they never expire. */
  readonly provisioned: number;
  /** Share of new environments with a proactive init. */
  readonly proactiveShare: number;
  readonly extension: string | null;
  /** Deploys: a new version or memory size from a time on. Older environments are not used again. */
  readonly deploys: readonly PlannedDeploy[];
  /** Runtime updates. Older environments are not used again. */
  readonly patches: readonly { readonly atMs: number }[];
  /** Share of requests that X-Ray samples. */
  readonly tracedShare: number;
  /** Other services in its traces: the caller, and calls during an invocation. */
  readonly caller: string | null;
  readonly calls: readonly PlannedCall[];
  /** Number of environments that are created and never used, per used one. */
  readonly unusedShare: number;
  /** Invocations that succeed print metrics in the embedded metric format. */
  readonly printsMetrics: boolean;
  readonly errors: readonly PlannedError[];
  /** Lines of the application, and the share of requests that print them. */
  readonly appLines: { readonly share: number; readonly texts: readonly string[] };
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
  printsMetrics: false,
  errors: [],
  appLines: { share: 0, texts: [] },
};

/** A plan with the defaults of a plain function and the given differences. */
export function planOf(given: Partial<FunctionPlan> & Pick<FunctionPlan, 'name'>): FunctionPlan {
  return { ...PLAIN, ...given };
}
