/** JSON in which search engines and log services return records: each record is read as if it were a line of its own. */

type Json = Readonly<Record<string, unknown>>;

/** The records in an answer or an exported hit; null for any other value. */
export function recordsIn(value: Json): readonly unknown[] | null {
  return (
    hitsOf(value['hits']) ??
    // Kibana's inspector and Elasticsearch's asynchronous search.
    hitsOf(objectAt(value['rawResponse'])?.['hits']) ??
    hitsOf(objectAt(value['response'])?.['hits']) ??
    single(value) ??
    // Datadog's search of logs, versions 2 and 1.
    listOf(value['data'], 'attributes') ??
    listOf(value['logs'], 'content') ??
    // Sumo Logic's and Graylog's search.
    listOf(value['messages'], 'map') ??
    listOf(value['messages'], 'message') ??
    listOf(value['matches'], 'data') ??
    newRelicEvents(value) ??
    // Google Cloud's entries.list.
    listOf(value['entries'], 'textPayload') ??
    listOf(value['entries'], 'jsonPayload') ??
    splunkResults(value['results'])
  );
}

/** A line of a bulk request that says what happens with the document on the next line. */
export function isBulkAction(value: Json): boolean {
  for (const name in value) {
    // The first member, and there must be no other.
    const action = BULK_ACTIONS.has(name) ? objectAt(value[name]) : null;
    return (
      action !== null && Object.keys(value).length === 1 && Object.keys(action).every((key) => BULK_MEMBERS.has(key))
    );
  }
  return false;
}

export const BULK_ACTIONS: ReadonlySet<string> = new Set(['index', 'create', 'update', 'delete']);
const BULK_MEMBERS: ReadonlySet<string> = new Set([
  '_index',
  '_id',
  '_type',
  'routing',
  '_routing',
  'pipeline',
  'require_alias',
  'dynamic_templates',
  'list_executed_pipelines',
  'retry_on_conflict',
  'version',
  'version_type',
  'if_seq_no',
  'if_primary_term',
]);

/** Names by which such a line is told. */
export const BULK_NAMES: readonly string[] = [...BULK_ACTIONS, ...BULK_MEMBERS];

/** Hits of Elasticsearch and OpenSearch, and one hit as elasticdump writes it. */
function hitsOf(value: unknown): readonly unknown[] | null {
  const hits = objectAt(value)?.['hits'];
  return Array.isArray(hits) && hits.every((hit) => objectAt(hit) !== null) ? hits : null;
}

/** Values that hold one record. */
function single(value: Json): readonly unknown[] | null {
  const source = objectAt(value['_source']);
  if (source !== null) return [source];
  const fields = objectAt(value['fields']);
  if (fields !== null && '_index' in value) return [firstOfEach(fields)];
  const result = objectAt(value['result']);
  // A line of Splunk's export.
  if (result !== null && typeof result['_raw'] === 'string') return [result];
  const attributes = objectAt(value['attributes']);
  if (attributes !== null && value['type'] === 'log') return [attributes];
  return null;
}

/** Elasticsearch returns each field as a list. */
function firstOfEach(fields: Json): Json {
  const record: Record<string, unknown> = {};
  for (const name in fields) {
    const all = fields[name];
    const value = Array.isArray(all) ? (all[0] as unknown) : all;
    // Assigning it would set the prototype.
    if (name === '__proto__')
      Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
    else record[name] = value;
  }
  return record;
}

/** The member `name` of every item; beside it stand ids and other things about the record. */
function listOf(value: unknown, name: string): readonly unknown[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const items = value.map((item) => objectAt(item));
  if (!items.every((item) => item?.[name] !== undefined)) return null;
  return items.map((item) => {
    const inner = objectAt(item?.[name]);
    // Where only the outer object has the time, both are needed.
    return inner === null || !hasTime(inner) ? item : inner;
  });
}

function hasTime(record: Json): boolean {
  return ['timestamp', '@timestamp', 'time', '_time', '_messagetime', 'date'].some(
    (name) => record[name] !== undefined,
  );
}

/** Answers of NRQL by the query API, and by NerdGraph. */
function newRelicEvents(value: Json): readonly unknown[] | null {
  const results = value['results'];
  if (Array.isArray(results) && results.length > 0 && results.every((one) => Array.isArray(objectAt(one)?.['events'])))
    return results.flatMap((one) => objectAt(one)?.['events'] as readonly unknown[]);
  const account = objectAt(objectAt(objectAt(value['data'])?.['actor'])?.['account']);
  const nrql = objectAt(account?.['nrql'])?.['results'];
  return Array.isArray(nrql) ? nrql : null;
}

function splunkResults(value: unknown): readonly unknown[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  return value.every((row) => typeof objectAt(row)?.['_raw'] === 'string') ? value : null;
}

function objectAt(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}
