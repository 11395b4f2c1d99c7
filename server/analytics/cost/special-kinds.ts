/** Prices of durable operations, streamed responses and Managed Instances, at list price (us-east-1, September 2026). */

/** A durable operation: an execution that starts, a step, a wait. */
const DURABLE_OPERATION_USD = 8e-6;
/** Streamed bytes beyond what is free, per GB. */
const STREAMED_GB_USD = 0.008;
/** A request to a function on Managed Instances. */
const MANAGED_REQUEST_USD = 2e-7;
/** What AWS adds to the EC2 on-demand price for managing the instances. */
const MANAGEMENT_FEE = 0.15;

/** Returns the cost of durable operations; the start of an execution is one. */
export function durableOperationsUsd(operations: number): number {
  return operations * DURABLE_OPERATION_USD;
}

/** Returns the cost of `bytes` beyond the free part of streamed responses. */
export function streamedUsd(bytes: number): number {
  return (bytes / 1e9) * STREAMED_GB_USD;
}

export interface ManagedCost {
  readonly ec2Usd: number;
  readonly managementFeeUsd: number;
  readonly requestsUsd: number;
  readonly totalUsd: number;
}

/** Returns what Managed Instances cost: instances for the whole time, AWS's fee, and requests. Duration is not billed. */
export function managedCost(use: {
  readonly instances: number;
  readonly instanceHourUsd: number;
  readonly hours: number;
  readonly requests: number;
}): ManagedCost {
  const ec2Usd = use.instances * use.instanceHourUsd * use.hours;
  const managementFeeUsd = ec2Usd * MANAGEMENT_FEE;
  const requestsUsd = use.requests * MANAGED_REQUEST_USD;
  return { ec2Usd, managementFeeUsd, requestsUsd, totalUsd: ec2Usd + managementFeeUsd + requestsUsd };
}

/** Returns the EC2 on-demand price per hour, of all instances together, up to which they cost no more than `totalUsd`. */
export function breakEvenHourUsd(totalUsd: number, hours: number, requests: number): number {
  return Math.max(0, totalUsd - requests * MANAGED_REQUEST_USD) / hours / (1 + MANAGEMENT_FEE);
}
