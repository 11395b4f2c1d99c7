/** The response of an invocation. */

/** From `platform.runtimeDone`, or from `platform.report` on Managed Instances. null: the line does not contain it. */
export interface ResponseTiming {
  readonly kind: 'response';
  readonly account: string;
  readonly region: string;
  readonly functionName: string;
  readonly requestId: string;
  /** Time of the line, epoch ms. */
  readonly atMs: number;
  /** From START to the first byte (`responseLatency`), ms. */
  readonly firstByteMs: number | null;
  /** From the first byte to the last (`responseDuration`), ms. */
  readonly responseMs: number | null;
  /** Size of the response (`producedBytes`). */
  readonly bytes: number | null;
}
