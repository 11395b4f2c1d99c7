/** Plan of a simulated function: its configurations, its requests, and how Lambda runs it. */
import type { Factors } from './arrivals.ts';
import type { KeepAlive } from './keep-alive.ts';

/** Work of the handler. CPU grows with memory up to one vCPU per thread at 1,769 MB (Lambda developer guide, "Memory"). */
export interface Work {
  /** CPU time on one full vCPU. */
  readonly cpuMs: number;
  /** Time spent waiting for other services, independent of the memory size. */
  readonly waitMs: number;
  readonly threads: number;
  /** Standard deviation of the logarithm of each request's factor. */
  readonly sigma: number;
  /** Some requests take a Pareto multiple; null for none. */
  readonly tail: { readonly probability: number; readonly alpha: number } | null;
  /** Factor of the work for each multiple of 1,024 payload bytes, on top of 1. */
  readonly perKilobyte: number;
}

/** Memory that `Max Memory Used` reports. */
export interface MemoryUse {
  readonly baseMb: number;
  readonly perKilobyteMb: number;
  /** Growth with each invocation of an environment; 0 for none. */
  readonly leakMb: number;
  /** A managed heap grows towards this share of the size, independent of the load; null for none. */
  readonly heapShare: number | null;
}

export interface Faults {
  readonly timeout: number;
  readonly exit: number;
  readonly outOfMemory: number;
  /** The handler threw: the environment survives. */
  readonly handled: number;
}

/** One configuration of a function: a version, or a state of $LATEST. */
export interface Configuration {
  readonly id: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly memoryMb: number;
  readonly architecture: 'x86_64' | 'arm64';
  readonly packageType: 'Zip' | 'Image';
  readonly runtime: string;
  /** As INIT_START prints it, for example `nodejs:22.v48`. */
  readonly runtimeVersion: string;
  readonly codeSha256: string;
  readonly codeBytes: number;
  readonly timeoutMs: number;
  readonly vpc: boolean;
  readonly snapStart: boolean;
  readonly initMs: number;
  readonly initSigma: number;
  readonly work: Work;
  readonly memory: MemoryUse;
  readonly faults: Faults;
}

/** From `fromMs` on, requests go to these configurations. Several weights are a weighted alias. */
export interface Routing {
  readonly fromMs: number;
  readonly weights: readonly { readonly configuration: string; readonly weight: number }[];
  /** A new runtime version is Lambda's own change; the others are the user's. */
  readonly why: 'deploy' | 'runtime-patch';
}

export interface Request {
  readonly atMs: number;
  readonly payloadBytes: number;
  /** Set for functions with tenant isolation. */
  readonly tenant?: string;
}

/** Time between the request and INIT_START, by its parts. */
export interface Placement {
  /** Factor of all parts that depends on the hour: capacity and networks have slow hours. */
  readonly slowness: Factors;
  readonly medianMs: number;
  readonly sigma: number;
  /** Reading the code or image: mean per megabyte, for the share of environments that find no cached copy. */
  readonly pullMsPerMb: number;
  readonly pullShare: number;
  /** Attaching a network interface, for functions in a VPC. */
  readonly networkMs: number;
  readonly networkSigma: number;
  /** Share of environments that wait for the network interface. */
  readonly networkShare: number;
}

export interface Provisioned {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
  readonly configuration: string;
}

export interface FunctionPlan {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly format: 'text' | 'json';
  readonly configurations: readonly Configuration[];
  readonly routing: readonly Routing[];
  /** In order of time. */
  readonly requests: readonly Request[];
  /** Factor of the handler's time: what depends on the hour and not on the function. */
  readonly slowness: Factors;
  readonly placement: Placement;
  readonly keepAlive: KeepAlive;
  /** Which idle environment serves the next request. AWS does not document it. */
  readonly reuse: 'most-recent' | 'any';
  /** Lambda ends environments every few hours, even busy ones (Lambda developer guide). */
  readonly lifetimeMs: { readonly from: number; readonly to: number } | null;
  /** Times at which all idle environments end at once. */
  readonly evictionsMs: readonly number[];
  readonly provisioned: Provisioned | null;
  /** Environments per hour that Lambda initialises before a request needs them. */
  readonly proactivePerHour: number;
  /** Share of requests with a sampled trace. */
  readonly tracedShare: number;
  readonly seed: string;
}
