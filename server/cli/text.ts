/** Makes text of others safe for a terminal. */

/** Control characters but line break and tab, direction marks, invisible and tag characters. */
const OBEYED =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Replaces what a terminal would obey or hide; line breaks and tabs are kept. */
export function printable(text: string): string {
  return text.replaceAll(OBEYED, '\ufffd');
}

/** {@link printable} for a field in a line: replaces line breaks and tabs as well. */
export function plain(text: string): string {
  return printable(text).replaceAll(/[\n\t]/g, '\ufffd');
}
