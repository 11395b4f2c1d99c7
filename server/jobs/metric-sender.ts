/** Sends requests to a receiver of metrics, again where its answer or the connection says that it may take them later. */
import { SECOND_MS } from '../../ingest/records/time.ts';
import type { OutboundRequest, OutboundResponse } from '../alerts/egress/egress-client.ts';
import { OutboundError } from '../alerts/egress/egress-client.ts';

export interface SenderOptions {
  readonly post: (request: OutboundRequest) => Promise<OutboundResponse>;
  /** Between the exports, ms: attempts do not reach into the next one. */
  readonly intervalMs: number;
  /** Whether a request is sent again after the status. */
  readonly isRetried: (status: number) => boolean;
  /** Epoch ms. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export type Sent =
  | { readonly outcome: 'taken'; readonly response: OutboundResponse }
  /** `response`: null where the outbound policy forbids the address. */
  | { readonly outcome: 'refused'; readonly why: string; readonly response: OutboundResponse | null }
  | { readonly outcome: 'not-taken'; readonly why: string };

/** Attempts of one request within an interval. */
const MOST_ATTEMPTS = 4;
const FIRST_PAUSE_MS = SECOND_MS;

export class MetricSender {
  readonly #options: SenderOptions;
  /** Until then, the receiver wants no request, epoch ms. */
  #notBeforeMs = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** A sentence while the receiver wants no request; null otherwise. */
  pauseSentence(): string | null {
    if (this.#options.now() >= this.#notBeforeMs) return null;
    return `The receiver of metrics asked for a pause until ${new Date(this.#notBeforeMs).toISOString()}.`;
  }

  /** Sends one request until it is taken or refused, or the interval is over. */
  async send(request: OutboundRequest, signal: AbortSignal): Promise<Sent> {
    const { post, intervalMs, isRetried, random, sleep, now } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const answer = await post(request).catch((error: unknown) => {
        if (error instanceof OutboundError) return error;
        throw error;
      });
      const response = answer instanceof OutboundError ? null : answer;
      if (response !== null && response.status >= 200 && response.status < 300) return { outcome: 'taken', response };
      const again = answer instanceof OutboundError ? !answer.blocked : isRetried(answer.status);
      const why = answer instanceof OutboundError ? answer.message : `status ${answer.status}`;
      if (!again) return { outcome: 'refused', why, response };
      const asked = response === null ? null : retryAfterMs(response.headers['retry-after'], now());
      const pauseMs = asked ?? FIRST_PAUSE_MS * 2 ** (attempt - 1) * (1 + random() / 2);
      if (asked !== null) this.#notBeforeMs = now() + asked;
      if (attempt >= MOST_ATTEMPTS || pauseMs >= intervalMs || signal.aborted) return { outcome: 'not-taken', why };
      await sleep(pauseMs, signal);
      this.#notBeforeMs = 0;
    }
  }
}

/** A pause as a number of seconds or as a date (RFC 9110, 10.2.3), ms; null for anything else. */
function retryAfterMs(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  if (/^\d{1,9}$/.test(text)) return Number(text) * SECOND_MS;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
