type Json = Readonly<Record<string, unknown>>;

/** PowerShell's tools write the names of an event with capitals. */
export function lowerFirst(record: Json): Json {
  if (!('Message' in record && 'Timestamp' in record)) return record;
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name.slice(0, 1).toLowerCase() + name.slice(1), value]),
  );
}
