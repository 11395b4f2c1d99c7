/**
 * Logs requests that the store did not answer: the first of each kind at once, the others as one line a minute with their number. A
 * flood of requests writes no flood of lines.
 */

import { MINUTE_MS } from '../../../ingest/records/time.ts';
import type { StoreError, StoreErrorCode } from '../../storage/ports.ts';

/** What a line says of requests with this code. */
const TEXTS: Readonly<Partial<Record<StoreErrorCode, string>>> = {
  busy: 'requests were answered 503: too many queries wait',
  deadline: 'queries took too long',
};
const OTHERS = 'requests were answered 503: the store did not answer';

/** The part of a logger that this needs. */
interface Lines {
  error(facts: object, text: string): void;
}

interface Kind {
  /** Failed requests since the last line. */
  n: number;
  path: string;
  message: string;
  readonly timer: NodeJS.Timeout;
}

export class StoreErrorLog {
  readonly #log: Lines;
  readonly #kinds = new Map<StoreErrorCode, Kind>();

  constructor(log: Lines) {
    this.#log = log;
  }

  /** Notes that a request for `path` failed with this error. */
  note(error: StoreError, path: string): void {
    const { code, message } = error;
    const known = this.#kinds.get(code);
    if (known !== undefined) {
      Object.assign(known, { n: known.n + 1, path, message });
      return;
    }
    this.#log.error({ err: error, path }, TEXTS[code] ?? OTHERS);
    const timer = setInterval(() => this.#summarise(code), MINUTE_MS);
    timer.unref();
    this.#kinds.set(code, { n: 0, path, message, timer });
  }

  #summarise(code: StoreErrorCode): void {
    const kind = this.#kinds.get(code);
    if (kind === undefined) return;
    if (kind.n === 0) {
      clearInterval(kind.timer);
      this.#kinds.delete(code);
      return;
    }
    const { n: requests, path: lastPath, message: lastMessage } = kind;
    kind.n = 0;
    this.#log.error({ requests, seconds: MINUTE_MS / 1000, lastPath, lastMessage }, TEXTS[code] ?? OTHERS);
  }
}
