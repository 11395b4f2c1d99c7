/** Invocations by tenant, of functions with tenant isolation. */
import type { RateBlocks, TimeRange } from '../shared-types.ts';

/** One tenant of a function over a range. Quantiles are exact: the smallest duration that this share does not exceed. */
export interface TenantTotals {
  readonly tenant: string;
  readonly invocations: number;
  readonly errors: number;
  readonly coldStarts: number;
  readonly userFelt: number;
  /** Environments that served it in the range. */
  readonly environments: number;
  readonly durationMs: { readonly p50: number; readonly p95: number };
  /** Null if no REPORT line states it. */
  readonly billedMs: number | null;
  readonly lastMs: number;
  /** By the time of the end. Log streams do not matter: every invocation counts as placed. */
  readonly blocks: RateBlocks;
}

export interface TenantsAnswer {
  /** Most invocations first. */
  readonly items: readonly TenantTotals[];
  /** Tenants in the range, including those beyond the limit. */
  readonly total: number;
  /** Invocations in the range whose lines name no tenant. */
  readonly withoutTenant: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface TenantsQuestions {
  /** Returns totals of each tenant, from single invocations: the range is limited to detail retention. */
  tenants(query: TimeRange & { readonly functionId: number; readonly limit: number }): Promise<TenantsAnswer>;
}
