/** Responses of a function: time to the first byte, duration, size. */
import type { TimeRange } from '../shared-types.ts';

/** Exact quantiles (the smallest value that this share does not exceed) of those responses whose line has the value. */
export interface ExactQuantiles {
  readonly n: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly max: number | null;
}

export interface ResponsesAnswer {
  /** From START to the first byte, ms. */
  readonly firstByteMs: ExactQuantiles;
  /** From the first byte to the last, ms. */
  readonly responseMs: ExactQuantiles;
  readonly bytes: ExactQuantiles & { readonly sum: number };
  /** Sum of what each response has beyond the first 6 MB, bytes: streaming is billed for it. */
  readonly beyondFreeBytes: number;
}

/** Bytes of each streamed response that AWS does not bill. */
export const FREE_BYTES = 6 * 1_048_576;

/** Part of the telemetry port; TelemetryReader says how every question answers and fails. */
export interface ResponsesQuestions {
  /** Returns the responses of a function in the range. JSON logs only; nothing is known of text logs. */
  responses(query: TimeRange & { readonly functionId: number }): Promise<ResponsesAnswer>;
}
