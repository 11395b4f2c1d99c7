/** Numbers that are none in JSON: Python's json.dumps writes `NaN`, `Infinity` and `-Infinity` as they are. */

const WORDS = ['NaN', 'Infinity', '-Infinity'] as const;

/** The text with `null` for each of them outside of strings; null if it has none. One pass. */
export function withoutNonFinite(text: string): string | null {
  if (!text.includes('NaN') && !text.includes('Infinity')) return null;
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = stringEnd(text, at);
    else if (code === 0x4e || code === 0x49 || code === 0x2d) {
      const word = WORDS.find((one) => text.startsWith(one, at));
      if (word === undefined) continue;
      parts.push(text.slice(from, at), 'null');
      from = at + word.length;
      at = from - 1;
    }
  }
  return parts.length === 0 ? null : parts.join('') + text.slice(from);
}

/** Offset of the quote that ends the string; that of the last character if none does. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x5c) at += 1;
    else if (code === 0x22) return at;
  }
  return text.length - 1;
}
