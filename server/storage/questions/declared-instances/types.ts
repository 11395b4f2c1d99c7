/** Functions on Managed Instances whose inventory declares what the instances cost. */

export interface DeclaredInstances {
  readonly functionId: number;
  readonly instances: number;
  /** EC2 price of one instance per hour, in USD. */
  readonly instanceHourUsd: number;
}

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface DeclaredInstancesQuestions {
  /** Returns the functions whose environments run on Managed Instances and whose newest facts declare number and price, by id. */
  declaredInstances(query: Record<string, never>): Promise<readonly DeclaredInstances[]>;
}
