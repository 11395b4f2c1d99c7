/** Reads the body of `POST /ingest/pull`: events of FilterLogEvents or points of GetMetricData, and the checkpoint after them. */

import { jsonIn, jsonText } from '../documents/json.ts';
import { readMetric } from '../documents/metric-stream.ts';
import type { IgnoredReason } from '../records/ignored.ts';
import type { LogEvent, StreamIdentity } from '../records/log-event.ts';
import type { PullCheckpoint, PullScan, PullState } from '../records/pull-checkpoint.ts';
import type { DocumentResult } from '../records/telemetry-record.ts';
import type { JsonLimit } from '../text/json-limits.ts';
import { measuredJson } from '../text/json-limits.ts';
import type { WholeText } from '../text/known-members.ts';
import { readEventTime } from './event-time.ts';
import { parseDocument } from './json-documents.ts';
import type { ParsedUpload, Unreadable, UploadedRecord } from './parsed-upload.ts';

export type PulledPage =
  | { readonly ok: true; readonly given: ParsedUpload; readonly checkpoint: PullCheckpoint }
  | { readonly ok: false; readonly message: string; readonly limit?: JsonLimit };

type Json = Readonly<Record<string, unknown>>;

const STATES: readonly PullState[] = ['ok', 'throttled', 'gone', 'denied', 'credentials', 'unsupported', 'error'];

export function readPulledPage(body: Buffer): PulledPage {
  const text = body.toString('utf8');
  const measured = measuredJson(text);
  const { excess } = measured;
  if (excess !== null) return { ok: false, message: `body: ${excess.message}`, limit: excess.limit };
  const parsed = parseDocument(text, measured);
  if (parsed === undefined) return { ok: false, message: 'body: not valid JSON' };
  const { whole } = parsed;
  const record = objectOf(parsed.value);
  const checkpoint = readCheckpoint(objectOf(record?.['checkpoint']));
  if (typeof checkpoint === 'string') return { ok: false, message: checkpoint };
  const events = record?.['events'];
  if (!Array.isArray(events)) return { ok: false, message: 'events: expected an array' };
  const metrics = record?.['metrics'] ?? [];
  if (!Array.isArray(metrics)) return { ok: false, message: 'metrics: expected an array' };
  const given = readEvents(events, checkpoint, whole);
  const { records, unreadable, ignored } = readPoints(metrics, checkpoint, whole);
  return {
    ok: true,
    checkpoint,
    given: { ...given, unreadable: [...given.unreadable, ...unreadable], records, ignored },
  };
}

/** Points have the form of a metric stream's objects; account and region are those of the checkpoint. */
function readPoints(
  metrics: readonly unknown[],
  { account, region }: PullCheckpoint,
  whole: WholeText | null,
): Pick<ParsedUpload, 'records' | 'unreadable' | 'ignored'> {
  const records: UploadedRecord[] = [];
  const unreadable: Unreadable[] = [];
  const ignored: [IgnoredReason, number][] = [];
  for (const metric of metrics) {
    const object = objectOf(metric);
    const result = object === null ? NO_OBJECT : readPoint(object, whole?.partOf(object) ?? null);
    if (!result.ok) {
      unreadable.push({ reason: result.reason, text: jsonIn(whole, metric) });
      continue;
    }
    if (result.ignored !== undefined) ignored.push([result.ignored, 1]);
    for (const record of result.records) {
      if (record.kind !== 'metric-statistics') continue;
      const pulled = { ...record, source: 'pull', account: account || null, region: region || null } as const;
      records.push({ record: pulled, text: jsonText, digest: noDigest });
    }
  }
  return { records, unreadable, ignored };
}

/** `part`: the text of a point of which not all was parsed. */
function readPoint(point: Json, part: string | null): DocumentResult {
  return part === null ? readMetric(point) : readMetric(point, part, true);
}

const NO_OBJECT = { ok: false, reason: 'metric-without-name' } as const;

/** A point is told by what it states. */
const noDigest = (): string => '';

function readEvents(
  events: readonly unknown[],
  { account, region, logGroup }: PullCheckpoint,
  whole: WholeText | null,
): ParsedUpload {
  const streams = new Map<string, { identity: StreamIdentity; events: LogEvent[] }>();
  const unreadable: { reason: string; text: string }[] = [];
  let converted = 0;
  for (const raw of events) {
    const event = objectOf(raw);
    const message = event?.['message'];
    const logStream = event?.['logStreamName'];
    if (typeof message !== 'string' || typeof event?.['timestamp'] !== 'number' || typeof logStream !== 'string') {
      unreadable.push({ reason: 'pulled-event-incomplete', text: jsonIn(whole, raw) });
      continue;
    }
    const id = typeof event['eventId'] === 'string' ? event['eventId'] : '';
    const timestamp = readEventTime(event['timestamp']);
    if (timestamp === null) {
      unreadable.push({ reason: 'timestamp-impossible', text: jsonIn(whole, raw) });
      continue;
    }
    const { timestampMs, isConverted } = timestamp;
    if (isConverted) converted += 1;
    let stream = streams.get(logStream);
    if (stream === undefined) {
      stream = { identity: { account, region, logGroup, logStream }, events: [] };
      streams.set(logStream, stream);
    }
    stream.events.push({ id, timestampMs, message: message.toWellFormed() });
  }
  return { streams: [...streams.values()], unreadable, records: [], ignored: [], converted, errors: true };
}

/** Returns the checkpoint, or an error that names the wrong field. */
function readCheckpoint(given: Json | null): PullCheckpoint | string {
  if (given === null) return 'checkpoint: expected an object';
  for (const field of ['watermarkMs', 'wideMs'] as const) {
    if (!isTime(given[field] ?? 0)) return `checkpoint.${field}: expected null or ${TIME}`;
  }
  if (!isTime(given['updatedMs'])) return `checkpoint.updatedMs: expected ${TIME}`;
  if (!isCount(given['events'])) return 'checkpoint.events: expected a whole number';
  for (const field of ['account', 'region', 'logGroup'] as const) {
    if (typeof given[field] !== 'string') return `checkpoint.${field}: expected a string`;
  }
  const { mode, state, message } = given;
  if (mode !== 'poll' && mode !== 'backfill') return 'checkpoint.mode: expected poll or backfill';
  if (!STATES.includes(state as PullState)) return `checkpoint.state: expected one of ${STATES.join(', ')}`;
  const scan = readScan(given['scan']);
  if (scan === undefined)
    return 'checkpoint.scan: expected null, or fromMs, toMs, nextToken, newestMs, wide and filtered';
  return {
    account: String(given['account']).toWellFormed(),
    region: String(given['region']).toWellFormed(),
    logGroup: String(given['logGroup']).toWellFormed(),
    mode,
    watermarkMs: numberOrNull(given['watermarkMs']),
    scan,
    wideMs: numberOrNull(given['wideMs']),
    state: state as PullState,
    message: typeof message === 'string' ? message.toWellFormed() : null,
    events: Number(given['events']),
    updatedMs: Number(given['updatedMs']),
  };
}

function readScan(value: unknown): PullScan | null | undefined {
  if (value === null || value === undefined) return null;
  const scan = objectOf(value);
  if (scan === null || !isTime(scan['fromMs']) || !isTime(scan['toMs']) || !isTime(scan['newestMs'] ?? 0))
    return undefined;
  return {
    fromMs: Number(scan['fromMs']),
    toMs: Number(scan['toMs']),
    nextToken: typeof scan['nextToken'] === 'string' ? scan['nextToken'].toWellFormed() : null,
    newestMs: numberOrNull(scan['newestMs']),
    wide: scan['wide'] === true,
    filtered: scan['filtered'] === true,
  };
}

const TIME = 'a time in epoch milliseconds, without fraction';
/** Latest time that a Date can hold (ECMA-262, 21.4.1.1), ms. */
const LATEST_MS = 8.64e15;

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isTime(value: unknown): boolean {
  return isCount(value) && Number(value) <= LATEST_MS;
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function objectOf(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}
