/** Lines of a text, one at a time: a list of all of them takes many times the text where lines are short. */

/**
 * Calls `take` with each line of {@link linesOf} and the offset of its end: in half of the time, which counts where lines are of a few
 * characters.
 */
export function eachLine(text: string, take: (line: string, end: number) => void): void {
  let from = 0;
  while (from < text.length) {
    const newline = text.indexOf('\n', from);
    const end = newline === -1 ? text.length : newline;
    if (!isBlankUntil(text, from, end)) take(text.slice(from, end), end);
    from = end + 1;
  }
}

/** Lines of a text that make up one event. Those that follow each other are cut out at once: a list of short lines takes many times their size. */
export class JoinedLines {
  readonly #text: string;
  #parts: string[] = [];
  /** Offsets of the part that may continue. */
  #from = 0;
  #end = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Adds the line from one offset to another, without its newline. */
  add(from: number, end: number): void {
    if (this.#end === -1) this.#from = from;
    else if (from !== this.#end + 1) {
      this.#parts.push(this.#text.slice(this.#from, this.#end));
      this.#from = from;
    }
    this.#end = end;
  }

  /** `first` and the lines that were added after it, each on a line of its own. Forgets them. */
  after(first: string): string {
    if (this.#end === -1) return first;
    const last = this.#text.slice(this.#from, this.#end);
    this.#end = -1;
    if (this.#parts.length === 0) return `${first}\n${last}`;
    const before = this.#parts.join('\n');
    this.#parts = [];
    return `${first}\n${before}\n${last}`;
  }
}

/** Yields the lines that hold more than blanks, without their newline. */
export function* linesOf(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    const newline = text.indexOf('\n', from);
    const end = newline === -1 ? text.length : newline;
    if (!isBlankUntil(text, from, end)) yield text.slice(from, end);
    from = end + 1;
  }
}

function isBlankUntil(text: string, from: number, end: number): boolean {
  for (let at = from; at < end; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return text.slice(at, end).trim() === '';
    if (code !== 32 && (code < 9 || code > 13)) return false;
  }
  return true;
}

/** In pieces, and divided instead of replaced: `replaceAll` makes a rope with a part for each CR. */
const PIECE_CHARS = 4096;

/** The text with LF in place of each CR. */
export function withLineFeeds(text: string): string {
  if (!text.includes('\r')) return text;
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += PIECE_CHARS)
    pieces.push(
      text
        .slice(at, at + PIECE_CHARS)
        .split('\r')
        .join('\n'),
    );
  return pieces.join('');
}
