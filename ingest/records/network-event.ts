/** Changes of network interfaces. */

/** What CloudTrail says EC2 did to a network interface on Lambda's behalf. */
export interface NetworkEvent {
  readonly kind: 'network-event';
  /** CloudTrail's event id, or "" where the record has none. */
  readonly id: string;
  /** null where the record carries no time of its own. */
  readonly atMs: number | null;
  readonly account: string | null;
  readonly region: string | null;
  readonly name: string;
  /** null when it succeeded. */
  readonly errorCode: string | null;
  readonly subnetId: string | null;
  readonly securityGroupIds: readonly string[];
  readonly eniId: string | null;
  readonly addresses: number | null;
  /** Read from the interface's description; null where that names none. */
  readonly functionName: string | null;
}
