/** Collects the newest matching lines, whatever the order in which stores read them. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Level } from '../../../../ingest/lines/level.ts';
import { lineIds } from '../../../../ingest/lines/line-ids.ts';
import { isPlatformLine } from '../../../../ingest/lines/platform-line.ts';
import { levelOfLine, statedStatus } from '../../../../ingest/lines/platform-status.ts';
import type { Condition } from '../../../analytics/lines/condition.ts';
import { matches } from '../../../analytics/lines/match.ts';
import { parseLogQuery } from '../../../analytics/lines/query.ts';
import { expressionFault, expressionsOnce } from '../../lines/expressions.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { keyOf, NO_SEQUENCE } from '../../lines/kept-line.ts';
import type { FoundLine, LineLoss, LogPage, LogQuery } from './types.ts';

/** Text that is read for one page. What is left is on the next pages. */
export const MOST_READ_BYTES = 512 * 1_048_576;

/** How often the lines that fill a page are trimmed: each time costs a sort, and less often means that older parts are read in vain. */
const TRIMS_PER_PAGE = 8;

/** Where a line comes from. */
export interface Origin extends Pick<FoundLine, 'function' | 'logGroup' | 'logStream'> {
  /** Orders lines of one time by their stream. */
  readonly order: string;
}

export function originOf(from: Omit<Origin, 'order'>): Origin {
  const { account, region } = from.function;
  const names = [account, region, from.logGroup, from.logStream];
  return { ...from, order: createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 12) };
}

/** Facts that the store knows already; otherwise they are read from the message. */
export interface KnownFacts {
  readonly level: Level | null;
  readonly isPlatform: boolean;
}

interface Place {
  readonly ms: number;
  readonly order: string;
}

interface Found extends Place {
  readonly line: FoundLine;
}

const cursorParts = z.tuple([z.int(), z.string().max(80)]);

/** @throws RangeError for a text that is not in the language */
export function parseCondition(text: string): Condition {
  const parsed = parseLogQuery(text, expressionFault);
  if (!parsed.ok) throw new RangeError(`q: ${parsed.message} (at character ${parsed.position})`);
  return parsed.condition;
}

interface TestedLine extends KnownFacts {
  readonly isMatch: boolean;
  ids(): ReturnType<typeof lineIds>;
}

/** Tests lines, with what their text says of them. */
export class LineTest {
  readonly #condition: Condition;
  readonly #expressions = expressionsOnce();

  constructor(condition: Condition) {
    this.#condition = condition;
  }

  of(message: string, { function: owner, logGroup, logStream }: Origin, known?: KnownFacts): TestedLine {
    const isPlatform = known?.isPlatform ?? isPlatformLine(message);
    const level = known === undefined ? levelOfLine(message, isPlatform) : known.level;
    const ids = (): ReturnType<typeof lineIds> => lineIds(message, isPlatform);
    const line = {
      message,
      level,
      isPlatform,
      functionName: owner.name,
      logGroup,
      logStream,
      requestId: () => ids().requestId,
      traceId: () => ids().traceId,
      status: () => (isPlatform ? statedStatus(message) : null),
    };
    return { isMatch: matches(this.#condition, line, this.#expressions), level, isPlatform, ids };
  }
}

export class LineSearch {
  readonly condition: Condition;
  readonly fromMs: number;
  /** Time of the newest line that may be on the page. */
  readonly upToMs: number;
  readonly #limit: number;
  readonly #mostChars: number;
  readonly #after: Place | null;
  readonly #test: LineTest;
  /** As after the last trim, newest first, and then as offered: runs in order, which are sorted in little time. */
  #found = new Map<string, Found>();
  #sinceTrim = 0;
  #oldestMs = Number.NEGATIVE_INFINITY;
  #foundChars = 0;
  #readBytes = 0;
  #endedAtMs: number | null = null;
  damaged = 0;
  rebuilding = 0;

  /** @throws RangeError for a text that is not in the language, or a foreign cursor */
  constructor({ text, fromMs, toMs, limit, mostChars, cursor }: LogQuery) {
    this.condition = parseCondition(text);
    this.#test = new LineTest(this.condition);
    this.fromMs = fromMs;
    this.#limit = limit;
    this.#mostChars = mostChars ?? Number.POSITIVE_INFINITY;
    this.#after = cursor === undefined ? null : readCursor(cursor);
    this.upToMs = Math.min(Math.ceil(toMs) - 1, this.#after?.ms ?? Number.POSITIVE_INFINITY);
  }

  /**
   * Returns true if lines up to this time need not be read: the page is full of newer ones, or the search has read too much. Stores offer
   * their parts by the time of their last line, newest first.
   */
  endsBefore(lastMs: number): boolean {
    const isFull = this.#found.size > this.#limit || this.#foundChars > this.#mostChars;
    if (isFull && this.#sinceTrim > this.#limit / TRIMS_PER_PAGE) this.#trim();
    if (lastMs < this.#oldestMs) return true;
    if (this.#readBytes < MOST_READ_BYTES || lastMs >= this.upToMs) return false;
    this.#endedAtMs = lastMs;
    return true;
  }

  get readBytes(): number {
    return this.#readBytes;
  }

  reads(bytes: number): void {
    this.#readBytes += bytes;
  }

  /** May a line of this time still be on the page? */
  wants(ms: number): boolean {
    return ms >= this.fromMs && ms <= this.upToMs && ms >= this.#oldestMs;
  }

  /** Adds the line if it matches. `kept`: called for what identifies it, which may take time to read. */
  offer(message: string, origin: Origin, kept: () => Omit<KeptLine, 'message'>, known?: KnownFacts): void {
    const tested = this.#test.of(message, origin, known);
    if (!tested.isMatch) return;
    const { level, isPlatform, ids } = tested;
    const line = { ...kept(), message };
    const place = { ms: line.timestampMs, order: orderOf(origin, line) };
    if (this.#after !== null && compare(place, this.#after) >= 0) return;
    const { function: owner, logGroup, logStream } = origin;
    const found = {
      timestampMs: line.timestampMs,
      message,
      level,
      isPlatform,
      function: owner,
      logGroup,
      logStream,
      ...ids(),
    };
    const key = keyOf(line);
    this.#foundChars += message.length - (this.#found.get(key)?.line.message.length ?? 0);
    this.#found.set(key, { ...place, line: found });
    this.#sinceTrim += 1;
    if (this.#found.size > 4 * this.#limit || this.#foundChars > 4 * this.#mostChars) this.#trim();
  }

  page(gone: readonly LineLoss[]): LogPage {
    this.#trim();
    const sorted = this.#sorted();
    // Where the search ended early, lines before that time are not known.
    const endedAtMs = this.#endedAtMs;
    const known = endedAtMs === null ? sorted : sorted.filter(({ ms }) => ms > endedAtMs);
    const shown = known.slice(0, this.#lengthOfPage(known));
    const last = shown.at(-1);
    const next =
      known.length > shown.length && last !== undefined
        ? last
        : endedAtMs === null
          ? null
          : { ms: endedAtMs, order: FIRST };
    return {
      lines: shown.map(({ line }) => line),
      rows: shown.length,
      nextCursor: next === null ? null : writeCursor(next),
      readBytes: this.#readBytes,
      endedAtMs: known.length > shown.length ? null : endedAtMs,
      gone,
      damaged: this.damaged,
      rebuilding: this.rebuilding,
    };
  }

  /** Forgets what cannot be on the page: one more than its lines tells whether there are others. */
  #trim(): void {
    const sorted = [...this.#found].toSorted(([, a], [, b]) => compare(b, a));
    const length = this.#lengthOfPage(sorted.map(([, found]) => found));
    for (const [, { line }] of sorted.slice(length + 1)) this.#foundChars -= line.message.length;
    this.#found = new Map(sorted.slice(0, length + 1));
    this.#sinceTrim = 0;
    const last = sorted[length];
    if (last !== undefined) this.#oldestMs = last[1].ms;
  }

  /** How many of the lines, newest first, are on the page: at least one, however long it is. */
  #lengthOfPage(sorted: readonly Found[]): number {
    let chars = 0;
    const end = sorted.findIndex(({ line }, at) => {
      chars += line.message.length;
      return at === this.#limit || (at > 0 && chars > this.#mostChars);
    });
    return end === -1 ? sorted.length : end;
  }

  #sorted(): readonly Found[] {
    return [...this.#found.values()].toSorted((a, b) => compare(b, a));
  }
}

/** Before all lines of a time, in the order of pages. */
const FIRST = '\uffff';

function compare(a: Place, b: Place): number {
  return a.ms - b.ms || (a.order === b.order ? 0 : a.order < b.order ? -1 : 1);
}

const DIGITS = 9;

/**
 * Orders lines of one time the same way in every store and on every page: by stream, then by event. Without event ids by the text:
 * the place in a delivery differs between deliveries of one line.
 */
function orderOf(origin: Origin, { sequence, occurrence, message }: KeptLine): string {
  const digits = (n: number): string => n.toString(36).padStart(DIGITS, '0');
  if (sequence !== NO_SEQUENCE) return `${origin.order}${digits(sequence + 1)}`;
  const text = createHash('sha256').update(message).digest('hex').slice(0, 16);
  return `${origin.order}${digits(0)}${text}${digits(occurrence)}`;
}

function writeCursor({ ms, order }: Place): string {
  return Buffer.from(JSON.stringify([ms, order])).toString('base64url');
}

/** @throws RangeError for a cursor this server did not write. */
function readCursor(text: string): Place {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    const parsed = cursorParts.safeParse(value);
    if (parsed.success) return { ms: parsed.data[0], order: parsed.data[1] };
  } catch {
    // Falls through to the RangeError below.
  }
  throw new RangeError('cursor: not a cursor of this version of the server; start again with the first page');
}
