/** VPC flow logs. */

/** A flow log record of rejected traffic, or of a time without data. */
export interface FlowRecord {
  readonly kind: 'flow';
  readonly account: string;
  readonly eniId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly outcome: 'rejected' | 'no-data' | 'skipped';
  readonly sourceAddress: string | null;
  readonly targetAddress: string | null;
  readonly targetPort: number | null;
  readonly protocol: number | null;
  readonly packets: number | null;
}
