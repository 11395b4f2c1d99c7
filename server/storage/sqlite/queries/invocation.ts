/** One request id with everything known of it: attempts, their lines, faults. */
import { gunzipSync } from 'node:zlib';
import { describeAppLine } from '../../../../ingest/lines/app-line.ts';
import { parsePlatformLine } from '../../../../ingest/lines/platform-line.ts';
import type { InvocationDetail, LogLine, StoredInvocation } from '../../store.ts';
import type { Databases } from './databases.ts';
import { environmentFacts } from './environments.ts';
import { byRequestId } from './invocations.ts';

/** A chunk is read when it reaches into this much before START (init lines) or after the end (late fault lines). */
const BEFORE_MS = 15_000;
const AFTER_MS = 5000;
const MAX_LINES = 1000;

export async function invocation(
  db: Databases,
  query: { readonly requestId: string },
): Promise<InvocationDetail | null> {
  const attempts = await byRequestId(db, query.requestId);
  if (attempts.length === 0) return null;
  const facts = await environmentFacts(
    db,
    attempts.map((attempt) => attempt.environmentId),
  );
  const faults = await db.telemetry
    .selectFrom('fault')
    .select(['at_ms as atMs', 'kind', 'error_type as errorType', 'message'])
    .where(
      'environment_id',
      'in',
      attempts.map((attempt) => attempt.environmentId),
    )
    .where('request_id', '=', query.requestId)
    .orderBy('at_ms')
    .execute();
  return {
    attempts: await Promise.all(
      attempts.map(async (attempt) => {
        const environment = facts.get(attempt.environmentId);
        if (environment === undefined) throw new Error(`environment ${attempt.environmentId} is missing`);
        return { invocation: attempt, lines: await linesOf(db, attempt), environment };
      }),
    ),
    faults,
  };
}

interface RawEvent {
  readonly id: string;
  readonly timestampMs: number;
  readonly message: string;
}

async function linesOf(db: Databases, attempt: StoredInvocation): Promise<readonly LogLine[]> {
  const startMs = attempt.startMs ?? attempt.endMs - Math.ceil(attempt.durationMs);
  const chunks = await db.telemetry
    .selectFrom('raw_chunk')
    .select('gzip')
    .where('environment_id', '=', attempt.environmentId)
    .where('last_ms', '>=', startMs - BEFORE_MS)
    .where('first_ms', '<=', attempt.endMs + AFTER_MS)
    .limit(200)
    .execute();
  const events = inOrder(chunks.flatMap((chunk) => eventsOf(chunk.gzip)));
  const start = events.findIndex((event) => event.message.startsWith(`START RequestId: ${attempt.requestId}`));
  const end = events.findLastIndex(
    (event) => event.timestampMs <= attempt.endMs && event.message.startsWith(`REPORT RequestId: ${attempt.requestId}`),
  );
  const between = start !== -1 && end >= start;
  return events
    .filter((event, at) => (between && at >= start && at <= end) || belongs(event, attempt, startMs))
    .slice(0, MAX_LINES)
    .map((event) => ({
      timestampMs: event.timestampMs,
      message: event.message,
      platform: parsePlatformLine(event.message).ok,
    }));
}

/** Lines outside START…REPORT that still are this attempt's: its own id, and the init it waited for. */
function belongs(event: RawEvent, attempt: StoredInvocation, startMs: number): boolean {
  const near = event.timestampMs >= startMs - 1 && event.timestampMs <= attempt.endMs + AFTER_MS;
  if (
    near &&
    (event.message.includes(attempt.requestId) || describeAppLine(event.message).requestId === attempt.requestId)
  )
    return true;
  if (attempt.coldStart === null || event.timestampMs > startMs || event.timestampMs < startMs - BEFORE_MS)
    return false;
  const result = parsePlatformLine(event.message);
  return (
    result.ok &&
    (result.line.kind.startsWith('init') || result.line.kind.startsWith('restore') || result.line.kind === 'extension')
  );
}

/** Chunks overlap after redelivery: an event is told by its id, or by its place among equal texts. */
function inOrder(events: readonly RawEvent[]): readonly RawEvent[] {
  const unique = new Map<string, RawEvent>();
  for (const event of events) unique.set(event.id !== '' ? event.id : `${event.timestampMs}\n${event.message}`, event);
  return [...unique.values()].toSorted((a, b) => a.timestampMs - b.timestampMs || a.id.localeCompare(b.id));
}

/** A chunk holds a subscription document as it came, or an array of events. */
function eventsOf(gzip: Uint8Array): readonly RawEvent[] {
  const value: unknown = JSON.parse(gunzipSync(gzip, { maxOutputLength: 64 * 1_048_576 }).toString('utf8'));
  const list = Array.isArray(value) ? value : (value as { logEvents?: unknown }).logEvents;
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: { id?: unknown; timestamp?: unknown; timestampMs?: unknown; message?: unknown }) => {
    const timestampMs = Number(entry.timestampMs ?? entry.timestamp);
    if (typeof entry.message !== 'string' || !Number.isFinite(timestampMs)) return [];
    return [{ id: typeof entry.id === 'string' ? entry.id : '', timestampMs, message: entry.message }];
  });
}
