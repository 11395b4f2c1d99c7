/** Makes external text safe for a terminal: replaces control characters and direction overrides. */
export function plain(text: string): string {
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069]/g, '\ufffd');
}
