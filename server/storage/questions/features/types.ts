/** Which of AWS's special kinds of functions a function's lines show it to be. */

/**
 * `durable`: lines of durable executions. `responses`: time to the first byte and size of responses. `tenant-isolation`: environments
 * serve one tenant each. `managed-instances`: environments run on EC2 instances.
 */
export type FunctionFeature = 'durable' | 'managed-instances' | 'responses' | 'tenant-isolation';

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface FeaturesQuestions {
  /** Returns the features that stored lines of the function show, in the order of their names. */
  features(query: { readonly functionId: number }): Promise<readonly FunctionFeature[]>;
}
