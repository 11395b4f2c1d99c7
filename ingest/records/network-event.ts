/** Changes of network interfaces. */

/** A CloudTrail event: EC2 changed a network interface on behalf of Lambda. */
export interface NetworkEvent {
  readonly kind: 'network-event';
  /** CloudTrail's event id, or "". */
  readonly id: string;
  /** null if the record has no time. */
  readonly atMs: number | null;
  readonly account: string | null;
  readonly region: string | null;
  readonly name: string;
  /** null if the call succeeded. */
  readonly errorCode: string | null;
  readonly subnetId: string | null;
  readonly securityGroupIds: readonly string[];
  readonly eniId: string | null;
  readonly addresses: number | null;
  /** From the interface's description, or null. */
  readonly functionName: string | null;
}
