/** Strict base64: Node's decoder drops what it does not know, and then says nothing. */

/** The bytes, or null when the text is not padded standard base64 (no line breaks, no url alphabet). */
export function decodeBase64(text: string): Buffer | null {
  // Node takes the url alphabet too, and drops every other stranger: the length then tells.
  if (text.length % 4 !== 0 || text.includes('-') || text.includes('_')) return null;
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : null;
}
