/** What caused the cold starts of a range. */
import type { Cause } from '../../../analytics/cold-starts/cause.ts';
import type { Quantiles } from '../shared-types.ts';

/** The longest row of inits inside invocations, and how many there were. */
export interface FunctionInitLoop {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly longest: number;
  readonly n: number;
}

export interface PlatformLatency {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly p95Ms: number;
  readonly n: number;
}

/** What is derived of the cold starts of a range. */
export interface ColdStartCauses {
  readonly byCause: readonly { readonly cause: Cause; readonly n: number }[];
  /** Inits that the lines bill, by what they are priced by; ms. */
  readonly billedInits: readonly {
    readonly memoryMb: number | null;
    readonly architecture: string | null;
    readonly ms: number;
  }[];
  /** First invocations of environments that somebody waited for, and succeeded: their typical duration. */
  readonly firstDurationMs: { readonly n: number; readonly median: number | null };
  readonly platformMs: Quantiles;
  /** On-demand inits by the names of the extensions in the environment. */
  readonly byExtensions: readonly {
    readonly extensions: readonly string[];
    readonly n: number;
    readonly initMedianMs: number | null;
    /** Duration less the runtime's own; JSON logs only. */
    readonly afterRuntimeMs: { readonly n: number; readonly median: number | null };
  }[];
  /** Environments initialised three times in a row or more, each time inside an invocation. */
  readonly doomLoops: readonly {
    readonly environmentId: number;
    readonly logStream: string;
    readonly inits: number;
    readonly lastMs: number;
  }[];
  readonly window: { readonly ms: number | null; readonly estimated: boolean; readonly source: 'own' | 'fleet' } | null;
}
