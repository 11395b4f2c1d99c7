/** Documents as flat fields, for comparisons and differences that people read. Pure. */

/** Fields by path: objects are opened, lists are one value. Undefined members are left out. */
export type Fields = ReadonlyMap<string, string>;

/** Flattens a document. Texts stay as they are, other values are JSON. */
export function fieldsOf(document: object): Fields {
  const fields = new Map<string, string>();
  const add = (path: string, value: unknown): void => {
    if (value === undefined) return;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      fields.set(path, typeof value === 'string' ? value : JSON.stringify(sorted(value)));
      return;
    }
    for (const [name, inner] of Object.entries(value)) add(path === '' ? name : `${path}.${name}`, inner);
  };
  add('', document);
  return fields;
}

/** The value with the members of its objects in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Fields that differ, in the order of the documents. */
export function changedFields(before: Fields, after: Fields): readonly FieldChange[] {
  return [...new Set([...after.keys(), ...before.keys()])]
    .filter((field) => before.get(field) !== after.get(field))
    .map((field) => ({ field, before: before.get(field) ?? null, after: after.get(field) ?? null }));
}
