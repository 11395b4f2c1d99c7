/**
 * Sends derived metrics to a receiver of OTLP/HTTP. Sums are cumulative since a start that is kept in the data folder, so that a request
 * that fails costs nothing: the next one has what it had. The start moves on after a week, at a full hour.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as z from 'zod';
import { HOUR_MS, WEEK_MS } from '../../ingest/records/time.ts';
import type { OutboundResponse } from '../alerts/egress/egress-client.ts';
import { jsonText } from '../storage/json-text.ts';
import type { SenderOptions } from './metric-sender.ts';
import { MetricSender } from './metric-sender.ts';

export interface MetricExportTarget {
  readonly url: string;
  /** Sent with each request, such as the credentials of the receiver. */
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: 'protobuf' | 'json';
  readonly intervalMs: number;
}

export interface MetricExportOptions extends Omit<SenderOptions, 'intervalMs' | 'isRetried'> {
  readonly target: MetricExportTarget;
  /** Sums since `startMs`, of what happened up to `endMs`, as requests. */
  readonly read: (period: {
    readonly startMs: number;
    readonly endMs: number;
    readonly atMs: number;
  }) => Promise<{ readonly requests: readonly Uint8Array[]; readonly points: number }>;
  /** The text that was kept last; null if there is none. */
  readonly load: () => Promise<string | null>;
  readonly save: (text: string) => Promise<void>;
}

/** Sums since one start: a longer time costs more to read. What arrives later than that is not exported. */
const LONGEST_MS = WEEK_MS;
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
  readonly #sender: MetricSender;

  constructor(options: MetricExportOptions) {
    this.#options = options;
    const isRetried = (status: number): boolean => RETRIED.has(status);
    this.#sender = new MetricSender({ ...options, intervalMs: options.target.intervalMs, isRetried });
  }

  /** Exports once. Returns what the receiver did not take, in a sentence; null if it took everything. Rejects if the store cannot be read. */
  async run(signal: AbortSignal): Promise<string | null> {
    const { now, read } = this.#options;
    const atMs = now();
    const pause = this.#sender.pauseSentence();
    if (pause !== null) return pause;
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
      if (notice !== null && this.#sender.pauseSentence() !== null) break;
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

  /** Sends one request. Returns why it was not taken, or null. */
  async #send(body: Uint8Array, signal: AbortSignal): Promise<string | null> {
    const { target } = this.#options;
    const headers = {
      ...target.headers,
      'content-type': target.encoding === 'json' ? 'application/json' : 'application/x-protobuf',
      'content-encoding': 'gzip',
    };
    const sent = await this.#sender.send({ url: target.url, body: await compress(body), headers }, signal);
    if (sent.outcome === 'taken') return partialSuccess(sent.response, target.encoding);
    if (sent.outcome === 'refused') return `The receiver of metrics refused them: ${sent.why}.`;
    return `The receiver of metrics does not take them: ${sent.why}. They are sent again with the next export.`;
  }
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
