/** Lines of a text, one at a time: a list of all of them takes many times the text where lines are short. */

/** Calls `take` with each line of {@link linesOf}: in half of the time, which counts where lines are of a few characters. */
export function eachLine(text: string, take: (line: string) => void): void {
  let from = 0;
  while (from < text.length) {
    const newline = text.indexOf('\n', from);
    const end = newline === -1 ? text.length : newline;
    if (!isBlankUntil(text, from, end)) take(text.slice(from, end));
    from = end + 1;
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
