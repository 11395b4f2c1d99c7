/** Extracts the log lines of one attempt from the stored chunks of its environment. */

import { lineIds } from '../../../../ingest/lines/line-ids.ts';
import { parsePlatformLine } from '../../../../ingest/lines/platform-line.ts';
import type { PlatformLine } from '../../../../ingest/records/platform-line.ts';
import { SECOND_MS } from '../../../../ingest/records/time.ts';
import type { Attempt } from '../../../analytics/cold-starts/fault-match.ts';
import { chunkLines } from '../../lines/chunk-lines.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { mergedLines } from '../../lines/kept-line.ts';
import type { EnvironmentFacts } from '../environments/types.ts';
import type { StoredInvocation } from '../invocations/types.ts';
import type { AttemptLines } from './types.ts';

/** Range of chunks to read, ms: before START (init lines) and after the end (late fault lines). */
const BEFORE_MS = 15_000;
const AFTER_MS = 5000;
/** A REPORT in JSON has a time of its own, which differs from that of its event by less. */
const CLOCKS_MS = SECOND_MS;
/** Maximum number of lines of an attempt in an answer: half of them the first, half the last. */
const MOST_LINES = 1000;
/** Maximum number of chunks read per attempt. */
export const MOST_CHUNKS = 200;

/** Returns bounds of the chunks to read, epoch ms: latest start and earliest end. */
export function chunkBounds(attempt: StoredInvocation): { readonly lastFromMs: number; readonly firstToMs: number } {
  return { lastFromMs: startOf(attempt) - BEFORE_MS, firstToMs: attempt.endMs + AFTER_MS };
}

function startOf(attempt: StoredInvocation): number {
  return attempt.startMs ?? attempt.endMs - Math.ceil(attempt.durationMs);
}

/** The attempt as fault lines are matched to it. */
export function attemptOf({ startMs, endMs, durationMs }: StoredInvocation): Attempt {
  return { startMs, endMs, durationUs: Math.round(durationMs * 1000) };
}

/** Whether an invocation of the environment may have ended later: the newest one, which people look at most, has none to search for. */
export function mayHaveNext(endMs: number, environment: EnvironmentFacts | null): boolean {
  return environment === null || environment.lastSeenMs > endMs;
}

/** Lines of the chunks of one environment. */
export function linesOfChunks(environmentId: number, gzips: readonly Uint8Array[]): readonly KeptLine[] {
  return gzips.flatMap((gzip) => chunkLines(environmentId, gzip));
}

interface Event {
  readonly timestampMs: number;
  readonly message: string;
  /** What the Lambda service wrote; null for another line. */
  readonly platform: PlatformLine | null;
  readonly requestId: string | null;
}

/**
 * The lines of an attempt among those of its environment: from START to REPORT, later ones that name its request, and those of its init.
 * A request that is sent again to the same environment has its id in the lines of both attempts. An environment of a managed instance
 * runs several requests at a time: a line that names none of them there is no attempt's.
 */
export function linesIn(lines: readonly KeptLine[], attempt: StoredInvocation): AttemptLines {
  const events = mergedLines(lines).map(read);
  const bounds = boundsOf(events, attempt);
  const others = othersIn(events, attempt.requestId);
  const found = events.filter((event, at) => belongs(event, at, attempt, bounds, others));
  const omitted = Math.max(0, found.length - MOST_LINES);
  // The first lines say what was asked, and the last what went wrong.
  const shown = omitted === 0 ? found : [...found.slice(0, MOST_LINES / 2), ...found.slice(-MOST_LINES / 2)];
  return {
    lines: shown.map(({ timestampMs, message, platform }) => ({ timestampMs, message, platform: platform !== null })),
    omitted,
  };
}

function read({ timestampMs, message }: KeptLine): Event {
  const result = parsePlatformLine(message);
  const { requestId } = lineIds(message, result.ok || result.reason !== 'not-platform');
  return { timestampMs, message, platform: result.ok ? result.line : null, requestId };
}

/** Places of lines. */
interface Bounds {
  /** START, or the first line at the time when the attempt began. */
  readonly start: number;
  /** REPORT, or the last line at the time when the attempt ended. */
  readonly end: number;
  /** Last place of the attempt before of the same request; -1 if there is none. */
  readonly previous: number;
  /** From then on, epoch ms, a line with the request's id is the next attempt's. */
  readonly nextMs: number;
  /** Last place before the attempt that is not its init's. */
  readonly before: number;
}

function boundsOf(events: readonly Event[], attempt: StoredInvocation): Bounds {
  const startMs = startOf(attempt);
  const isOwn = (kind: 'start' | 'report') => (event: Event) =>
    event.platform?.kind === kind && event.requestId === attempt.requestId;
  const reports = placesOf(events, isOwn('report'));
  const distance = (at: number): number =>
    Math.abs((events[at]?.timestampMs ?? Number.POSITIVE_INFINITY) - attempt.endMs);
  const report = reports
    .filter((at) => distance(at) <= CLOCKS_MS)
    .toSorted((a, b) => distance(a) - distance(b) || b - a)[0];
  const end = report ?? events.findLastIndex(({ timestampMs }) => timestampMs <= attempt.endMs);
  const previous = reports.findLast((at) => at < end) ?? -1;
  const starts = placesOf(events, isOwn('start'));
  const named = starts.findLast((at) => at > previous && at <= end);
  const first = events.findIndex(({ timestampMs }, at) => at > previous && timestampMs >= startMs);
  const start = named ?? (first === -1 ? events.length : first);
  return {
    start,
    end,
    previous,
    nextMs: events[starts.find((at) => at > Math.max(start, end)) ?? -1]?.timestampMs ?? Number.POSITIVE_INFINITY,
    before: events.findLastIndex(
      ({ platform, timestampMs }, at) =>
        at < start && (platform?.kind === 'report' || timestampMs < startMs - BEFORE_MS),
    ),
  };
}

function placesOf(events: readonly Event[], test: (event: Event) => boolean): readonly number[] {
  return events.flatMap((event, at) => (test(event) ? [at] : []));
}

interface Others {
  readonly requestIds: ReadonlySet<string>;
  /** Number of other requests that ran at each place, themselves included. */
  readonly running: Int32Array;
}

/** Other requests whose START and REPORT are both among the lines: without one, it is not known until when a request ran. */
function othersIn(events: readonly Event[], wanted: string): Others {
  const open = new Map<string, number>();
  const requestIds = new Set<string>();
  const running = new Int32Array(events.length + 1);
  const add = (at: number, by: number): void => {
    running[at] = (running[at] ?? 0) + by;
  };
  for (const [at, { platform, requestId }] of events.entries()) {
    if (requestId === null || requestId === wanted) continue;
    if (platform?.kind === 'start') open.set(requestId, at);
    if (platform?.kind !== 'report') continue;
    const start = open.get(requestId);
    open.delete(requestId);
    if (start === undefined) continue;
    requestIds.add(requestId);
    add(start, 1);
    add(at + 1, -1);
  }
  for (let at = 1; at < running.length; at += 1) add(at, running[at - 1] ?? 0);
  return { requestIds, running };
}

function belongs(event: Event, at: number, attempt: StoredInvocation, bounds: Bounds, others: Others): boolean {
  const isInside = at >= bounds.start && at <= bounds.end;
  if (names(event, attempt.requestId)) {
    // Ids of other sources than CloudWatch give lines of one millisecond no order: one may stand before its START.
    const isNear = event.timestampMs >= startOf(attempt) && event.timestampMs <= attempt.endMs + AFTER_MS;
    return isInside || (isNear && at > bounds.previous && event.timestampMs < bounds.nextMs);
  }
  if ((others.running[at] ?? 0) > 0) return false;
  // An application may name a request of a caller in the same field: then it is none of this environment.
  if (event.requestId !== null) return isInside && !others.requestIds.has(event.requestId);
  return isInside || (attempt.coldStart !== null && at > bounds.before && at < bounds.start);
}

/** Text of a runtime's error may have the id where no field is read. */
function names({ requestId, message }: Event, wanted: string): boolean {
  return requestId === wanted || (requestId === null && message.includes(wanted));
}
