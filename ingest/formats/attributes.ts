/** Reads Firehose's common attributes: labels that the delivery stream adds to its data. */

const MAX_ATTRIBUTES = 50;
const MAX_VALUE_CHARS = 1024;

/**
 * Returns the attributes as JSON text with sanitised names (letters, digits, `_.-`, no leading digit), null if there are
 * none, or `undefined` if the header cannot be read. Drops values that are not strings.
 */
export function readCommonAttributes(header: string | undefined): string | null | undefined {
  if (header === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(header);
  } catch {
    return undefined;
  }
  const attributes = (value as { commonAttributes?: unknown } | null)?.commonAttributes;
  if (typeof attributes !== 'object' || attributes === null) return undefined;
  const safe = new Map<string, string>();
  for (const [name, text] of Object.entries(attributes).slice(0, MAX_ATTRIBUTES)) {
    const key = safeName(name);
    if (key !== null && typeof text === 'string') safe.set(key, text.slice(0, MAX_VALUE_CHARS));
  }
  return safe.size === 0 ? null : JSON.stringify(Object.fromEntries(safe));
}

function safeName(name: string): string | null {
  const plain = name.slice(0, 256).replaceAll(/[^A-Za-z0-9_.-]/g, '_');
  if (plain === '' || plain === '__proto__') return null;
  return /^\d/.test(plain) ? `_${plain}` : plain;
}
