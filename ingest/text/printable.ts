/** Makes text of others safe for terminals and messages. */

/** Control characters but line break and tab, direction marks, invisible and tag characters. */
const OBEYED =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Each character that {@link printable} replaces, as its escape sequence in JavaScript: `\u001b`, `\u{e0041}`. */
export function escaped(text: string): string {
  return text.replaceAll(OBEYED, (char) => {
    const hex = (char.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex}`;
  });
}

/** Replaces what a terminal would obey or a reader would not see; line breaks and tabs are kept. */
export function printable(text: string): string {
  return text.replaceAll(OBEYED, '\ufffd');
}

/** {@link printable} for a field in a line: replaces line breaks and tabs as well. */
export function plain(text: string): string {
  return printable(text).replaceAll(/[\n\t]/g, '\ufffd');
}

/** Escapes characters of JSON text that terminals obey. The value that it stands for does not change. */
export function escapedJson(json: string): string {
  return json.replaceAll(UNSAFE, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  );
}

/** As code units, because JSON escapes these. Line breaks are between values, or escaped by JSON.stringify. */
const UNSAFE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;
