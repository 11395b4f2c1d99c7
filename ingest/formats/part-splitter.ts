/**
 * Divides the text of a file into parts that can be read one by one: between events, never within one. Each part of a
 * table has the table's header; a JSON document that is too large for a part is divided between the items of its array.
 */

import { MAX_JSON_DEPTH, nestedTooDeep } from '../text/json-limits.ts';
import { integer } from '../text/quantities.ts';
import { CsvScanner, delimiterOf } from './csv.ts';
import { isCsvHeader, isTableHeader, withoutSeparatorLine } from './event-table.ts';
import { TIME_ALONE } from './expanded-rows.ts';
import { beginsWithEpoch } from './line-form.ts';
import { readPrefixedLine } from './text-line.ts';

/** Size of a part, characters. A single event may be larger. */
const PART = 4_000_000;
/** Largest text without a place to divide it: what one request can carry. */
const MAX_UNDIVIDED = 88_000_000;
/** The text from which the form is recognised. */
const HEAD = 65_536;

/** An event or document that does not fit in a request. */
export class UndividedError extends Error {
  override readonly name = 'UndividedError';
}

/** Where text can be divided. */
interface Form {
  /** Reads the text from `from` on, which was not read before. */
  scan(text: string, from: number): void;
  /** The offset after the last complete event, and what later parts begin with; null if there is none. */
  cut(text: string): { readonly end: number; readonly resume: number; readonly close: string } | null;
  /** Notes that the text before `offset` was dropped. */
  shift(offset: number): void;
  /** What every part but the first begins with. */
  readonly prefix: string;
}

export class PartSplitter {
  readonly #part: number;
  #form: Form | null = null;
  #text = '';
  #scanned = 0;
  #prefix = '';
  #nextTry: number;

  readonly #maxUndivided: number;

  constructor(part = PART, maxUndivided = MAX_UNDIVIDED) {
    this.#part = part;
    this.#maxUndivided = maxUndivided;
    this.#nextTry = part;
  }

  /** Takes the next text, and returns the parts that are complete. @throws UndividedError */
  push(text: string): readonly string[] {
    this.#text += text;
    // Scanned in steps that grow with the text: each copies all of it into one piece.
    if (this.#text.length < Math.max(this.#part, 1.25 * this.#scanned)) return [];
    this.#form ??= formOf(this.#text);
    try {
      this.#form.scan(this.#text, this.#scanned);
    } catch (error) {
      if (!(error instanceof UndividedError) || !this.#text.includes('\n')) throw error;
      // Lines with brackets that are no document.
      this.#form = new LineForm(beginsEvent, '');
    }
    this.#scanned = this.#text.length;
    if (this.#text.length < this.#nextTry) return [];
    const cut = this.#form.cut(this.#text);
    if (cut === null) {
      const most = this.#maxUndivided;
      if (this.#text.length > most)
        throw new UndividedError(
          `a document of more than ${integer(this.#text.length)} characters; at most ${integer(most)} are read. Export it in smaller pieces`,
        );
      this.#nextTry = this.#text.length * 1.25;
      return [];
    }
    const part = this.#prefix + this.#text.slice(0, cut.end) + cut.close;
    this.#text = this.#text.slice(cut.resume);
    this.#scanned -= cut.resume;
    this.#form.shift(cut.resume);
    this.#prefix = this.#form.prefix;
    this.#nextTry = this.#part;
    return [part];
  }

  /** The last part, if any. */
  finish(): readonly string[] {
    const rest = this.#text;
    this.#text = '';
    return rest.trim() === '' ? [] : [this.#prefix + rest];
  }
}

function formOf(text: string): Form {
  const trimmed = text.slice(0, HEAD).trimStart();
  if (/^(?:\{|\[\s*[[{"\]])/.test(trimmed) && !isLineOfJson(trimmed)) return new JsonForm();
  const rows = withoutSeparatorLine(trimmed);
  const firstLine = rows.slice(0, rows.indexOf('\n') + 1);
  if (isCsvHeader(firstLine)) return new CsvForm(firstLine);
  if (/^EVENTS\t/m.test(trimmed)) return new LineForm((line) => line.startsWith('EVENTS\t'), '');
  if (/^events:\s*\n\s*- \w/.test(trimmed)) return new LineForm((line) => line.startsWith('- '), 'events:\n');
  const yaml = YAML_LIST.exec(trimmed)?.[1];
  if (yaml !== undefined) return new LineForm((line) => line.startsWith(yaml), '');
  const header = tableHeader(trimmed);
  if (header !== null) return new LineForm((line) => /^\s*\|/.test(line), header);
  const lines = trimmed.split('\n');
  if (lines.filter((line) => TIME_ALONE.test(line)).length > 1)
    return new LineForm((line) => TIME_ALONE.test(line), '');
  return new LineForm(beginsEvent, '');
}

/** A list of events or pairs in YAML, without a key before it or below the `- events:` of a page. */
const YAML_LIST =
  /^(?:---[ \t]*\n)?(?:- events:[ \t]*\n(?= {2}))?((?: {2}){0,2}- (?:- )?)(?:["']?\d{4}|["']?(?:eventId|ingestionTime|logStreamName|message|timestamp)["']?:)/;

/** A complete JSON value on the first line: one value per line follows. */
function isLineOfJson(text: string): boolean {
  const end = text.indexOf('\n');
  if (end === -1) return false;
  try {
    JSON.parse(text.slice(0, end));
    return true;
  } catch {
    return false;
  }
}

function tableHeader(text: string): string | null {
  let header = '';
  for (const line of text.split('\n').slice(0, 50)) {
    header += `${line}\n`;
    if (isTableHeader(line)) return header;
  }
  return null;
}

/** XRAY lines and error types belong to the line before them. */
function beginsEvent(line: string): boolean {
  if (line.startsWith('{')) return true;
  if (/XRAY TraceId:|\s(?:Runtime|Function|Extension|Sandbox)\.\w+\s*$/.test(line)) return false;
  return readPrefixedLine(line) !== null || beginsWithEpoch(line);
}

/** CloudWatch Logs limits an event to 1 MiB. */
const LONGEST_EVENT = 1_100_000;
/** Lines searched for a place to divide. */
const TRIES = 5000;
/** Characters of a line that decide what it is. */
const LINE_HEAD = 1500;

class LineForm implements Form {
  readonly prefix: string;
  readonly #begins: (line: string) => boolean;

  constructor(begins: (line: string) => boolean, prefix: string) {
    this.#begins = begins;
    this.prefix = prefix;
  }

  scan(): void {
    // Looked for from the end.
  }

  shift(): void {
    // No state.
  }

  cut(text: string): { end: number; resume: number; close: string } | null {
    // A part of the header alone has no event.
    const least =
      this.prefix !== '' && text.trimStart().startsWith(this.prefix)
        ? text.indexOf(this.prefix) + this.prefix.length
        : 0;
    let end = text.length;
    for (let tries = 0; tries < TRIES || text.length - end < LONGEST_EVENT; tries += 1) {
      const at = text.lastIndexOf('\n', end - 1);
      if (at <= 0 || at + 1 <= least) return null;
      // The last line may be incomplete.
      const line = text.slice(at + 1, Math.min(end, at + 1 + LINE_HEAD));
      if (end < text.length && this.#begins(line)) return { end: at + 1, resume: at + 1, close: '' };
      end = at;
    }
    // No event is that long: these lines belong to none, and may be divided anywhere.
    return { end: end + 1, resume: end + 1, close: '' };
  }
}

class CsvForm implements Form {
  readonly prefix: string;
  readonly #scanner: CsvScanner;
  #rowEnd = 0;

  constructor(header: string) {
    this.prefix = header;
    this.#scanner = new CsvScanner(delimiterOf(header));
  }

  scan(text: string, from: number): void {
    this.#scanner.scan(text, from, null, (end) => {
      this.#rowEnd = end;
    });
  }

  cut(): { end: number; resume: number; close: string } | null {
    return this.#rowEnd === 0 ? null : { end: this.#rowEnd, resume: this.#rowEnd, close: '' };
  }

  shift(offset: number): void {
    this.#rowEnd -= offset;
  }
}

/** An array at the top, or an object whose scalar members come before its array of events. */
const WRAPPER =
  /^\s*(?:\[|\{(?:\s*"[^"\\]{1,100}"\s*:\s*(?:"[^"\\]{0,1000}"|[\d.+-]{1,30}|true|false|null|\[\s*(?:"[^"\\]{0,500}"\s*,?\s*){0,20}\])\s*,){0,20}\s*"[^"\\]{1,100}"\s*:\s*\[)/;

class JsonForm implements Form {
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** After the last complete document. */
  #documentEnd = 0;
  /** Where the open document begins. */
  #documentFrom = 0;
  /** Depth and text of an array that is being divided. */
  #wrapper: { readonly depth: number; readonly text: string } | null = null;
  #itemEnd = [0, 0, 0];
  /** Characters before the text, which were cut off. */
  #dropped = 0;
  prefix = '';

  scan(text: string, from: number): void {
    for (let at = from; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === 0x5c) this.#escaped = true;
        else if (code === 0x22) this.#inString = false;
      } else if (code === 0x22) this.#inString = this.#depth > 0;
      else if (code === 0x7b || code === 0x5b) {
        if (this.#depth === 0) this.#documentFrom = at;
        this.#depth += 1;
        if (this.#depth > MAX_JSON_DEPTH) throw new UndividedError(nestedTooDeep(this.#dropped + at).message);
      } else if ((code === 0x7d || code === 0x5d) && this.#depth > 0) {
        this.#depth -= 1;
        if (this.#depth === 0) {
          this.#documentEnd = at + 1;
          this.#itemEnd = [0, 0, 0];
        } else if (this.#depth < this.#itemEnd.length) this.#itemEnd[this.#depth] = at + 1;
      }
    }
  }

  cut(text: string): { end: number; resume: number; close: string } | null {
    if (this.#documentEnd > 0) {
      this.#wrapper = null;
      this.prefix = '';
      return { end: this.#documentEnd, resume: this.#documentEnd, close: '' };
    }
    const wrapper = this.#wrapper ?? wrapperOf(text.slice(this.#documentFrom, this.#documentFrom + HEAD));
    const end = wrapper === null ? 0 : (this.#itemEnd[wrapper.depth] ?? 0);
    // The array may have ended: then what follows belongs to the object.
    if (wrapper === null || this.#depth < wrapper.depth || end === 0) return null;
    const comma = /^\s*,/.exec(text.slice(end, end + 200));
    if (comma === null) return null;
    this.#wrapper = wrapper;
    this.prefix = wrapper.text;
    return { end, resume: end + comma[0].length, close: wrapper.depth === 1 ? ']' : ']}' };
  }

  shift(offset: number): void {
    this.#dropped += offset;
    this.#documentEnd = Math.max(0, this.#documentEnd - offset);
    this.#documentFrom = Math.max(0, this.#documentFrom - offset);
    this.#itemEnd = this.#itemEnd.map((end) => Math.max(0, end - offset));
  }
}

function wrapperOf(head: string): { readonly depth: number; readonly text: string } | null {
  const match = WRAPPER.exec(head);
  if (match === null) return null;
  return { depth: match[0].trimStart() === '[' ? 1 : 2, text: match[0] };
}
