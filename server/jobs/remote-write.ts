/**
 * Sends samples of the buckets that have ended by Prometheus remote write. Requests are kept in a file of the data folder before the first
 * is sent, and sent again as they are after a failure or a restart: receivers take equal samples once. What a receiver refuses is left
 * out, and said: counters are cumulative, so that only times are lost, not counts.
 */
import * as z from 'zod';
import { HOUR_MS } from '../../ingest/records/time.ts';
import { jsonText } from '../storage/json-text.ts';
import { LEVELS } from '../storage/rollup/bucket.ts';
import type { SenderOptions } from './metric-sender.ts';
import { MetricSender } from './metric-sender.ts';

export interface RemoteWriteTarget {
  readonly url: string;
  /** Sent with each request, such as the credentials of the receiver. */
  readonly headers: Readonly<Record<string, string>>;
  /** Labels of every series. */
  readonly labels: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  /** How long after its end a bucket is sent: what arrives later is in the sample after it. */
  readonly delayMs: number;
}

interface Counters {
  readonly baseMs: number;
  readonly ledger: string | null;
}

export interface RemoteWritePeriod {
  /** End of the last bucket that was sent, epoch ms. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Null before the first. */
  readonly counters: Counters | null;
}

export interface RemoteWriteBatch {
  readonly requests: readonly { readonly body: Uint8Array; readonly samples: number }[];
  readonly counters: Counters;
}

export interface RemoteWriteOptions extends Omit<SenderOptions, 'intervalMs' | 'isRetried'> {
  readonly target: RemoteWriteTarget;
  readonly read: (period: RemoteWritePeriod) => Promise<RemoteWriteBatch>;
  /** The text that was kept last; null if there is none. */
  readonly load: () => Promise<string | null>;
  readonly save: (text: string) => Promise<void>;
  /** Counts the samples of a request that the receiver took or refused. */
  readonly count: (outcome: 'sent' | 'refused', samples: number) => void;
}

const [{ widthMs: WIDTH_MS }] = LEVELS;
/** Time of one batch: its requests are in memory and in the file. */
const BATCH_MS = HOUR_MS;
/** Buckets that ended earlier are not sent one by one: counters have what happened in them all the same. */
const MOST_BEHIND_MS = 12 * HOUR_MS;
const MOST_SHOWN = 200;

const keptState = z.object({
  sentMs: z.number(),
  counters: z.object({ baseMs: z.number(), ledger: z.string().nullable() }),
  /** Requests that are to be sent before anything else; `body` in base64. */
  pending: z.array(z.object({ body: z.string(), samples: z.number() })),
});
type State = z.infer<typeof keptState>;

/** Compressed requests of version 1.0 of the protocol. */
const HEADERS = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
} as const;

export class RemoteWrite {
  readonly #options: RemoteWriteOptions;
  readonly #sender: MetricSender;
  #state: State | null = null;

  constructor(options: RemoteWriteOptions) {
    this.#options = options;
    this.#sender = new MetricSender({
      ...options,
      intervalMs: options.target.intervalMs,
      isRetried: (status) => status === 429 || status >= 500,
    });
  }

  /** Sends what is due. Returns what the receiver did not take, in a sentence; null if it took everything. Rejects if the store cannot be read. */
  async run(signal: AbortSignal): Promise<string | null> {
    const pause = this.#sender.pauseSentence();
    if (pause !== null) return pause;
    this.#state ??= await this.#load();
    const refused = new Refusals();
    for (;;) {
      const failure = await this.#sendPending(refused, signal);
      if (failure !== null) return [refused.sentence(), failure].filter((one) => one !== null).join(' ');
      if (signal.aborted || !(await this.#prepare())) return refused.sentence();
    }
  }

  async #load(): Promise<State | null> {
    const text = await this.#options.load();
    const parsed = text === null ? null : jsonText(keptState).safeParse(text);
    return parsed?.success === true ? parsed.data : null;
  }

  /** Keeps the requests of the next buckets. Returns whether there are any. */
  async #prepare(): Promise<boolean> {
    const { target, read, now } = this.#options;
    const dueMs = Math.floor((now() - target.delayMs) / WIDTH_MS) * WIDTH_MS;
    const fromMs = Math.max(this.#state?.sentMs ?? dueMs - WIDTH_MS, dueMs - MOST_BEHIND_MS);
    if (fromMs >= dueMs) return false;
    const toMs = Math.min(dueMs, fromMs + BATCH_MS);
    const { requests, counters } = await read({ fromMs, toMs, counters: this.#state?.counters ?? null });
    const pending = requests.map(({ body, samples }) => ({ body: Buffer.from(body).toString('base64'), samples }));
    await this.#keep({ sentMs: toMs, counters, pending });
    return true;
  }

  /** Returns why a request has to wait; null if none does. */
  async #sendPending(refused: Refusals, signal: AbortSignal): Promise<string | null> {
    const { target, count } = this.#options;
    const state = this.#state;
    if (state === null || state.pending.length === 0) return null;
    const left = [...state.pending];
    let failure: string | null = null;
    for (let next = left[0]; next !== undefined && failure === null; next = left[0]) {
      const request = {
        url: target.url,
        body: Buffer.from(next.body, 'base64'),
        headers: { ...target.headers, ...HEADERS },
      };
      const sent = await this.#sender.send(request, signal);
      if (sent.outcome === 'not-taken' || (sent.outcome === 'refused' && sent.response === null)) {
        failure = `The receiver of remote write does not take them: ${sent.why}. They are sent again.`;
        break;
      }
      count(sent.outcome === 'refused' ? 'refused' : 'sent', next.samples);
      if (sent.outcome === 'refused') refused.add(next.samples, `${sent.why}${shown(sent.response?.body ?? '')}`);
      left.shift();
    }
    await this.#keep({ ...state, pending: left });
    return failure;
  }

  async #keep(state: State): Promise<void> {
    await this.#options.save(JSON.stringify(state));
    this.#state = state;
  }
}

/** What a receiver refused in one run. */
class Refusals {
  #samples = 0;
  #why = '';

  add(samples: number, why: string): void {
    this.#samples += samples;
    this.#why = why;
  }

  sentence(): string | null {
    if (this.#samples === 0) return null;
    return `The receiver of remote write refused ${this.#samples} samples, which are not sent again: ${this.#why}.`;
  }
}

/** The text of a receiver, which may hold anything, on one line. */
function shown(text: string): string {
  const line = text
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  return line === '' ? '' : ` (${line.slice(0, MOST_SHOWN)})`;
}
