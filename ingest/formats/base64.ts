/** Strict base64. Node's decoder silently skips invalid characters. */

/** Decodes standard base64 with padding; null for any other text, including line breaks and the URL alphabet. */
export function decodeBase64(text: string): Buffer | null {
  // Node also accepts the URL alphabet. It skips other characters, which the length reveals.
  if (text.length % 4 !== 0 || text.includes('-') || text.includes('_')) return null;
  const bytes = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : null;
}

/** Whether the text is nothing but base64 of gzip, as `awslogs.data` and the Data of Kinesis are copied. */
export function isGzipInBase64(text: string): boolean {
  // Trimmed before the test: white space at the end would be searched again from each of its characters.
  const all = text.trim();
  return all.startsWith('H4sI') && /^[\w+/\s]+={0,2}$/.test(all);
}
