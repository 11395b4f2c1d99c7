/** Collects what could not be read of one body, within limits: of what is too much, the number and an example are kept. */
import { limits } from '../formats/limits.ts';
import type { DeadLetter } from '../records/dead-letter.ts';
import { integer } from '../text/quantities.ts';
import type { StoredTexts } from './stored-texts.ts';
import { AS_SENT } from './stored-texts.ts';

/** A record that could not be read. Its payload and detail are only made if it is kept. */
export interface UnreadableRecord {
  readonly reason: string;
  readonly detail: string | (() => string);
  readonly logGroup: string | null;
  readonly payload: string | Uint8Array | (() => string);
  /** Records that it stands for; 1 by default. */
  readonly n?: number;
}

interface Kept extends DeadLetter {
  n: number;
}

/** Equal payloads up to this size are kept once and counted. */
const COMPARED_CHARS = 1024;

export class DeadLetterCollector {
  readonly #letters: Kept[] = [];
  readonly #known = new Map<string, Kept>();
  /** By reason: the first record that was not kept, for all of them. */
  readonly #more = new Map<string, Kept>();
  readonly #texts: StoredTexts;
  #bytes = 0;

  constructor(texts: StoredTexts = AS_SENT) {
    this.#texts = texts;
  }

  add(record: UnreadableRecord): void {
    const { reason, n = 1 } = record;
    if (n > 1 || this.#letters.length >= limits.requestDeadLetters) {
      const more = this.#more.get(reason);
      if (more === undefined) this.#more.set(reason, letterOf(record, limits.deadLetterHeadBytes, this.#texts));
      else more.n += n;
      return;
    }
    const key = keyOf(record);
    const known = key === null ? undefined : this.#known.get(key);
    if (known !== undefined) {
      known.n += 1;
      return;
    }
    const room = this.#bytes < limits.requestDeadLetterBytes ? limits.deadLetterBytes : limits.deadLetterHeadBytes;
    const letter = letterOf(record, room, this.#texts);
    this.#bytes += letter.payload.length;
    this.#letters.push(letter);
    if (key !== null) this.#known.set(key, letter);
  }

  /** The dead letters of the body. Those that stand for what was not kept say so. */
  finish(): readonly DeadLetter[] {
    const more = [...this.#more.values()].map((letter) => ({
      ...letter,
      isExample: true as const,
      detail: `${integer(letter.n)} more of one request, of which only this one is kept: at most ${integer(limits.requestDeadLetters)} are. A replay reads this one alone; to read the others, send the body again. ${letter.detail}`,
    }));
    return [...this.#letters, ...more];
  }
}

/** Read beyond what is kept: what must not be stored may be cut at its end. */
const SLACK_CHARS = 4096;

function letterOf(
  { reason, detail: stated, logGroup, payload: given, n = 1 }: UnreadableRecord,
  room: number,
  texts: StoredTexts,
): Kept {
  const detail = texts.detail(typeof stated === 'function' ? stated() : stated);
  const sent = typeof given === 'function' ? given() : given;
  const payload = texts.payload(sent.slice(0, room + SLACK_CHARS));
  // A character takes at least a byte, so no more of them are encoded than fit.
  const bytes = typeof payload === 'string' ? Buffer.from(payload.slice(0, room)) : payload;
  return { reason, detail, logGroup, payload: Uint8Array.prototype.slice.call(bytes, 0, room), n };
}

function keyOf({ reason, payload }: UnreadableRecord): string | null {
  if (typeof payload === 'function' || payload.length > COMPARED_CHARS) return null;
  return `${reason}\n${typeof payload === 'string' ? payload : Buffer.from(payload).toString('latin1')}`;
}
