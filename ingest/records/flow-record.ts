/** VPC flow logs. */

/** A flow-log record that says something went wrong or nothing went at all. */
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
