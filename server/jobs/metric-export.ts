/**
 * Sends derived metrics to a receiver of OTLP/HTTP. Sums are cumulative since a start that is kept in the data folder, so that a request
 * that fails costs nothing: the next one has what it had. The start moves on after a week, at a full hour.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as z from 'zod';
import { HOUR_MS, SECOND_MS, WEEK_MS } from '../../ingest/records/time.ts';
import type { OutboundResponse } from '../alerts/egress/egress-client.ts';
import { OutboundError } from '../alerts/egress/egress-client.ts';
import { jsonText } from '../storage/json-text.ts';

export interface MetricExportTarget {
  readonly url: string;
  /** Sent with each request, such as the credentials of the receiver. */
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: 'protobuf' | 'json';
  readonly intervalMs: number;
}

export interface MetricExportOptions {
  readonly target: MetricExportTarget;
  /** Sums since `startMs`, of what happened up to `endMs`, as requests. */
  readonly read: (period: {
    readonly startMs: number;
    readonly endMs: number;
    readonly atMs: number;
  }) => Promise<{ readonly requests: readonly Uint8Array[]; readonly points: number }>;
  readonly post: (request: {
    readonly url: string;
    readonly body: Uint8Array;
    readonly headers: Readonly<Record<string, string>>;
  }) => Promise<OutboundResponse>;
  /** The text that was kept last; null if there is none. */
  readonly load: () => Promise<string | null>;
  readonly save: (text: string) => Promise<void>;
  /** Epoch ms. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Sums since one start: a longer time costs more to read. What arrives later than that is not exported. */
const LONGEST_MS = WEEK_MS;
/** Attempts of one request within an interval. */
const MOST_ATTEMPTS = 4;
const FIRST_PAUSE_MS = SECOND_MS;
/** Statuses after which OTLP/HTTP tells senders to try again. */
const RETRIED: ReadonlySet<number> = new Set([429, 502, 503, 504]);

const position = z.object({
  startMs: z.number(),
  /** The start from the next export on. */
  nextMs: z.number().nullable(),
  /** Time of the last export. */
  sentMs: z.number(),
});
type Position = z.infer<typeof position>;

const compress = promisify(gzip);
const hourOf = (ms: number): number => Math.floor(ms / HOUR_MS) * HOUR_MS;

export class MetricExport {
  readonly #options: MetricExportOptions;
  #position: Position | null = null;
  /** Until then, the receiver wants no request, epoch ms. */
  #notBeforeMs = 0;

  constructor(options: MetricExportOptions) {
    this.#options = options;
  }

  /** Exports once. Returns what the receiver did not take, in a sentence; null if it took everything. Rejects if the store cannot be read. */
  async run(signal: AbortSignal): Promise<string | null> {
    const { now, read } = this.#options;
    const atMs = now();
    if (atMs < this.#notBeforeMs)
      return `The receiver of metrics asked for a pause until ${new Date(this.#notBeforeMs).toISOString()}.`;
    this.#position ??= await this.#load();
    const { startMs, nextMs, sentMs } = this.#position ?? { startMs: hourOf(atMs), nextMs: null, sentMs: atMs };
    const from = nextMs ?? startMs;
    const hourMs = hourOf(atMs);
    // The last export of a start ends at a full hour, at which the next start begins: nothing is counted twice or left out.
    const isLast = atMs - from > LONGEST_MS && sentMs < hourMs;
    const { requests } = await read({ startMs: from, endMs: isLast ? hourMs : atMs, atMs });
    let notice: string | null = null;
    for (const body of requests) {
      notice = (await this.#send(body, signal)) ?? notice;
      if (notice !== null && this.#notBeforeMs > now()) break;
    }
    if (notice === null) {
      this.#position = { startMs: from, nextMs: isLast ? hourMs : null, sentMs: atMs };
      await this.#options.save(JSON.stringify(this.#position));
    }
    return notice;
  }

  async #load(): Promise<Position | null> {
    const text = await this.#options.load();
    if (text === null) return null;
    const parsed = jsonText(position).safeParse(text);
    // Of a later time than now: the clock was ahead, or the folder is of another machine.
    return parsed.success && parsed.data.sentMs <= this.#options.now() ? parsed.data : null;
  }

  /** Sends one request until it is taken or refused. Returns why it was not taken, or null. */
  async #send(body: Uint8Array, signal: AbortSignal): Promise<string | null> {
    const { target, post, random, sleep, now } = this.#options;
    const headers = {
      ...target.headers,
      'content-type': target.encoding === 'json' ? 'application/json' : 'application/x-protobuf',
      'content-encoding': 'gzip',
    };
    const compressed = await compress(body);
    for (let attempt = 1; ; attempt += 1) {
      const answer = await post({ url: target.url, body: compressed, headers }).catch((error: unknown) => {
        if (error instanceof OutboundError) return error;
        throw error;
      });
      if (!(answer instanceof OutboundError) && answer.status >= 200 && answer.status < 300)
        return partialSuccess(answer, target.encoding);
      const isRetried = answer instanceof OutboundError ? !answer.blocked : RETRIED.has(answer.status);
      const why = answer instanceof OutboundError ? answer.message : `status ${answer.status}`;
      if (!isRetried) return `The receiver of metrics refused them: ${why}.`;
      const asked = answer instanceof OutboundError ? null : retryAfterMs(answer.headers['retry-after'], now());
      const pauseMs = asked ?? FIRST_PAUSE_MS * 2 ** (attempt - 1) * (1 + random() / 2);
      if (asked !== null) this.#notBeforeMs = now() + asked;
      if (attempt >= MOST_ATTEMPTS || pauseMs >= target.intervalMs || signal.aborted)
        return `The receiver of metrics does not take them: ${why}. They are sent again with the next export.`;
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

const jsonAnswer = z.object({
  partialSuccess: z
    .object({ rejectedDataPoints: z.union([z.string(), z.number()]).optional(), errorMessage: z.string().optional() })
    .nullish(),
});

/** What the receiver did not store of a request that it took; null if it says nothing. */
function partialSuccess({ body }: OutboundResponse, encoding: 'protobuf' | 'json'): string | null {
  // An empty message is a success; one with a field says what was rejected.
  if (encoding === 'protobuf') return body === '' ? null : 'The receiver of metrics did not store all of them.';
  const parsed = z
    .string()
    .transform((text) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        return null;
      }
    })
    .pipe(jsonAnswer)
    .safeParse(body);
  const { rejectedDataPoints = 0, errorMessage = '' } = (parsed.success ? parsed.data.partialSuccess : null) ?? {};
  if (Number(rejectedDataPoints) === 0 && errorMessage === '') return null;
  return `The receiver of metrics did not store all of them: ${errorMessage.slice(0, 200)}`;
}
