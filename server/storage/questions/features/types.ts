/** Which of AWS's special kinds of functions a function's lines show it to be. */

/** `tenant-isolation`: environments serve one tenant each. `managed-instances`: environments run on EC2 instances. */
export type FunctionFeature = 'tenant-isolation' | 'managed-instances';

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface FeaturesQuestions {
  /** Returns the features that stored lines of the function show, in the order of their names. */
  features(query: { readonly functionId: number }): Promise<readonly FunctionFeature[]>;
}
