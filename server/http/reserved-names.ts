/** Fields named `__proto__` of a parsed JSON body: schemas skip them, so they are found before. */

const RESERVED = '__proto__';

/** Path of a field named `__proto__`, joined by dots; null if there is none. */
export function reservedField(body: unknown): string | null {
  const open: { readonly value: unknown; readonly path: string }[] = [{ value: body, path: '' }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, RESERVED)) return path + RESERVED;
    for (const [name, inner] of Object.entries(value))
      if (typeof inner === 'object' && inner !== null)
        open.push({ value: inner, path: `${path}${name.slice(0, 100)}.` });
  }
  return null;
}
