/** One attempt to deliver a notification. */
import type { AttemptOutcome } from './retry.ts';

/** Request and response of one attempt, with secrets redacted. */
export interface Exchange {
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly status: number | null;
  readonly error: string | null;
  readonly answer: string | null;
  readonly tookMs: number;
}

/** What became of one attempt. */
export interface Attempt {
  readonly outcome: AttemptOutcome;
  readonly exchange: Exchange;
  /** What is left to send, in place of the stored body; absent if that stays as it is. */
  readonly rest?: string;
}
