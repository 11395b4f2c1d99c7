/** Updates of a function's code or configuration. */
import type { Architecture } from './function-facts.ts';

/** A CloudTrail event of Lambda: $LATEST was created or updated. */
export interface DeployEvent {
  readonly kind: 'deploy-event';
  /** When it was made, epoch ms; null if the record has no time. */
  readonly atMs: number | null;
  readonly account: string | null;
  readonly region: string | null;
  readonly functionName: string;
  /** What CloudTrail calls it, without the version of the API. */
  readonly event: 'CreateFunction' | 'UpdateFunctionCode' | 'UpdateFunctionConfiguration';
  /** Hash of the deployment package after the update, as AWS prints it. */
  readonly codeSha256: string | null;
  /** Architecture after the update; null if the record does not state it. */
  readonly architecture: Architecture | null;
}
