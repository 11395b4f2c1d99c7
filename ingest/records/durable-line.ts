/** Log lines of durable executions. */

/** A line that the durable execution SDK's logger wrote. Lambda itself does not log executions. */
export interface DurableLine {
  readonly kind: 'durable-line';
  readonly account: string;
  readonly region: string;
  readonly functionName: string;
  /** Name and id, as they end the execution's ARN: `order-17/5f2c…`. */
  readonly execution: string;
  readonly requestId: string;
  /** Id of the operation, or its name; "" if the line belongs to none. */
  readonly operation: string;
}
