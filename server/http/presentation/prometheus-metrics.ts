/** The metrics of the Prometheus-compatible API. A test compares docs/integrations.md with this list. */

export interface Family {
  readonly name: FamilyName;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** What the question must read for it beside counts: sketches, causes of cold starts, or tags. */
  readonly reads: 'counts' | 'duration' | 'cold' | 'causes' | 'tags';
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
    'thermocline_cold_start_causes_total',
    'Cold starts by cause, once it is determined; as long as their invocations are stored',
    'causes',
  ),
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
  gauge('thermocline_function_tags', '1 for each function, with its tags as labels tag_KEY', 'tags'),
] as const;

export type FamilyName = (typeof FAMILIES)[number]['name'];

function counter<const N extends string>(name: N, help: string, reads: 'counts' | 'causes' = 'counts') {
  return { name, type: 'counter', help, reads } as const;
}

function gauge<const N extends string>(name: N, help: string, reads: 'counts' | 'tags' = 'counts') {
  return { name, type: 'gauge', help, reads } as const;
}

function histogram<const N extends string>(name: N, help: string, reads: 'duration' | 'cold') {
  return { name, type: 'histogram', help, reads } as const;
}

/** Names of the series of a family. */
export function namesOf({ name, type }: Family): readonly string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}
