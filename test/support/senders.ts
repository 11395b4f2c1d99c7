/** Firehose senders that record which requests were acknowledged, independently of the system under test. */

import { join } from 'node:path';
import Database from 'better-sqlite3';
import { invocation, message, record, requestId } from './firehose.ts';
import { ADMIN } from './product.ts';

export interface Sending {
  readonly id: string;
  readonly first: number;
}

/** Sends until the server is unreachable; resends unacknowledged requests, as Firehose does. */
export class Senders {
  readonly acked: Sending[] = [];
  readonly #retry: Sending[] = [];
  readonly #perRequest: number;
  readonly #fromMs: number;
  readonly #perEnvironment: number;
  readonly #key: string;
  #count = 0;

  /** `fromMs`: time of the first invocation. Each environment has the same number of runs. */
  constructor(perRequest: number, { fromMs = Date.UTC(2026, 10, 20), perEnvironment = 100, key = ADMIN } = {}) {
    this.#key = key;
    this.#perRequest = perRequest;
    this.#fromMs = fromMs;
    this.#perEnvironment = perEnvironment;
  }

  next(): Sending {
    this.#count += 1;
    return this.#retry.pop() ?? { id: `r${this.#count}`, first: this.#count * this.#perRequest };
  }

  body(sending: Sending): string {
    const numbers = Array.from({ length: this.#perRequest }, (_, at) => sending.first + at);
    return JSON.stringify({
      requestId: sending.id,
      timestamp: 1,
      records: numbers.map((n) =>
        record(
          message(invocation(n, this.#fromMs + n * 60), {
            logStream: `2026/11/20/[$LATEST]${String(Math.floor(n / this.#perEnvironment)).padStart(32, '0')}`,
          }),
        ),
      ),
    });
  }

  /** Sends one request. Returns its status, or null if the connection failed. */
  async send(url: string, sending = this.next()): Promise<number | null> {
    try {
      const response = await fetch(`${url}/ingest/firehose`, {
        method: 'POST',
        headers: { 'x-amz-firehose-access-key': this.#key, 'x-amz-firehose-request-id': sending.id },
        body: this.body(sending),
      });
      await response.arrayBuffer();
      if (response.status === 200) this.acked.push(sending);
      else this.#retry.push(sending);
      return response.status;
    } catch {
      this.#retry.push(sending);
      return null;
    }
  }

  /** Request id of invocation `n`. */
  requestIdOf(n: number): string {
    return requestId(n);
  }

  /** Runs `n` concurrent senders until the server stops responding or `isOver` returns true. */
  async run(url: string, n: number, isOver: () => boolean = () => false): Promise<void> {
    const one = async (): Promise<void> => {
      while (!isOver()) if ((await this.send(url)) === null) return;
    };
    await Promise.all(Array.from({ length: n }, one));
  }

  /** Compares a data folder with the acknowledged requests: lost events, repeated events, file integrity. */
  check(folder: string, acked: readonly Sending[] = this.acked): Verdict {
    const db = new Database(join(folder, 'telemetry.db'), { readonly: true });
    try {
      const integrity = String(db.pragma('integrity_check', { simple: true }));
      const ids = db.prepare('SELECT hex(request_id) FROM invocation').pluck().all() as string[];
      const unique = new Set(ids);
      const rolled = (db.prepare('SELECT sum(n) FROM rollup_1d').pluck().get() as number | null) ?? 0;
      const lost = acked
        .flatMap((sending) => Array.from({ length: this.#perRequest }, (_, at) => sending.first + at))
        .filter((n) => !unique.has(requestId(n).replaceAll('-', '').toUpperCase()));
      return {
        integrity,
        acknowledged: acked.length * this.#perRequest,
        lost: lost.length,
        repeated: ids.length - unique.size,
        rolledUp: rolled === ids.length,
      };
    } finally {
      db.close();
    }
  }
}

export interface Verdict {
  readonly integrity: string;
  readonly acknowledged: number;
  readonly lost: number;
  readonly repeated: number;
  /** Whether the rollups count exactly the rows. */
  readonly rolledUp: boolean;
}

export const WHOLE = { integrity: 'ok', lost: 0, repeated: 0, rolledUp: true } as const;
