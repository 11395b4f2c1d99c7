type Json = Readonly<Record<string, unknown>>;

/** PowerShell's tools write the names of an event with capitals. */
export function lowerFirst(record: Json): Json {
  if (!('Message' in record && 'Timestamp' in record)) return record;
  const named: Record<string, unknown> = {};
  for (const name in record) {
    const own = lower(name);
    // Assigning it would set the prototype.
    if (own === '__proto__') Object.defineProperty(named, own, { ...MEMBER, value: record[name] });
    else named[own] = record[name];
  }
  return named;
}

const MEMBER = { enumerable: true, configurable: true, writable: true } as const;

/** Names that begin with a small letter are kept: a body may have one of its own in each event, which V8 would look up again. */
function lower(name: string): string {
  const first = name.charCodeAt(0);
  return first >= SMALL_A && first <= SMALL_Z ? name : name.slice(0, 1).toLowerCase() + name.slice(1);
}

const [SMALL_A, SMALL_Z] = [0x61, 0x7a];
