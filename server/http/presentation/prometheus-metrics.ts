/** The metrics of the Prometheus-compatible API. A test compares docs/integrations.md with this list. */

export interface Family {
  readonly name: FamilyName;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Sketches that the question must read for it. */
  readonly sketches: 'none' | 'duration' | 'cold';
}

export const FAMILIES = [
  counter('thermocline_invocations_total', 'Invocations'),
  counter('thermocline_errors_total', 'Failed invocations of every type; absent where errors are not known'),
  counter('thermocline_failures_total', 'Failed invocations by type: timeout, error, out-of-memory, exit'),
  counter(
    'thermocline_errors_unknown_total',
    'Invocations of which it is not known whether the runtime reported an error',
  ),
  counter('thermocline_cold_starts_total', 'Cold starts by kind'),
  counter(
    'thermocline_user_felt_cold_starts_total',
    'Cold starts that a caller waited for; absent where log streams are not known',
  ),
  counter(
    'thermocline_user_felt_init_seconds_total',
    'Init time that callers waited for; absent where log streams are not known',
  ),
  counter('thermocline_billed_seconds_total', 'Billed duration'),
  counter(
    'thermocline_cost_usd_total',
    'Cost of requests and duration at the configured prices; absent without a price',
  ),
  histogram('thermocline_duration_seconds', 'Duration of invocations, to 1 %', 'duration'),
  histogram('thermocline_init_duration_seconds', 'Init or restore time of cold starts by kind, to 1 %', 'cold'),
  gauge('thermocline_max_memory_used_bytes', 'Largest memory use of an invocation in the last five minutes'),
  gauge('thermocline_function_info', '1 for each function, with its runtime and package type'),
] as const;

export type FamilyName = (typeof FAMILIES)[number]['name'];

function counter<const N extends string>(name: N, help: string) {
  return { name, type: 'counter', help, sketches: 'none' } as const;
}

function gauge<const N extends string>(name: N, help: string) {
  return { name, type: 'gauge', help, sketches: 'none' } as const;
}

function histogram<const N extends string>(name: N, help: string, sketches: 'duration' | 'cold') {
  return { name, type: 'histogram', help, sketches } as const;
}

/** Names of the series of a family. */
export function namesOf({ name, type }: Family): readonly string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}
