/** Durable executions: several invocations that form one execution. */
import type { TimeRange } from '../shared-types.ts';

export type ExecutionsQuery = TimeRange & {
  readonly functionId: number;
  readonly limit: number;
  readonly execution?: string | undefined;
};

export interface DurableInvocation {
  readonly requestId: string;
  /** First line of the execution in this invocation, epoch ms. */
  readonly firstMs: number;
  /** True for every invocation after the first: it replays what is done, and continues. */
  readonly replay: boolean;
  /** Operations that its lines name. */
  readonly operations: number;
}

export interface DurableExecution {
  readonly name: string;
  readonly executionId: string;
  readonly firstMs: number;
  readonly lastMs: number;
  /** In order of time. */
  readonly invocations: readonly DurableInvocation[];
  /** Different operations that its lines name: at least so many were performed. */
  readonly operations: number;
}

/** An execution as seen from one of its invocations. */
export interface InvocationExecution {
  readonly name: string;
  readonly executionId: string;
  /** Place among the invocations of the execution that have lines, from 1. All but the first are replays. */
  readonly position: number;
  /** Invocations of the execution that have lines. */
  readonly invocations: number;
  /** Operations that the lines of this invocation name. */
  readonly operations: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface DurableQuestions {
  /**
   * Returns executions of a function that have lines in the range, newest first; only one if `execution` (`name/id`) is given.
   * `total` counts those beyond the limit too.
   */
  durableExecutions(
    query: ExecutionsQuery,
  ): Promise<{ readonly items: readonly DurableExecution[]; readonly total: number }>;

  /** Returns the execution that lines of this request in the range name, or null. */
  durableInvocation(
    query: TimeRange & { readonly functionId: number; readonly requestId: string },
  ): Promise<InvocationExecution | null>;
}
