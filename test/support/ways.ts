/** The ways in which the same log events reach the product: each renders them and reads them back as its own route does. */
import { decodeLambdaEvent, decodeStreams } from '../../ingest/decode/pipeline.ts';
import { readPulledPage } from '../../ingest/formats/pulled-page.ts';
import { readRawLogs } from '../../ingest/formats/raw-logs.ts';
import type { Batch } from '../../ingest/records/batch.ts';

/** One event as CloudWatch Logs holds it. */
export interface StreamEvent {
  readonly stream: string;
  readonly id: string;
  readonly atMs: number;
  readonly message: string;
}

export interface WayOptions {
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const CONTEXT = { raw: 'off', selfLogGroups: [] } as const;

/** Reads text as `thermocline import FILE --function NAME` does: without account and region. */
function imported(text: string, { logGroup }: WayOptions, logStream = ''): Batch {
  const source = { account: '', region: '', logGroup, logStream };
  const read = readRawLogs(Buffer.from(text), source);
  if (!read.ok) throw new Error(read.message);
  if (read.unreadable.length > 0) throw new Error(JSON.stringify(read.unreadable[0]));
  return decodeStreams(read, source, { ...CONTEXT, region: '' });
}

function byStream(events: readonly StreamEvent[]): ReadonlyMap<string, readonly StreamEvent[]> {
  const found = new Map<string, StreamEvent[]>();
  for (const event of events) {
    const mine = found.get(event.stream) ?? [];
    found.set(event.stream, mine);
    mine.push(event);
  }
  return found;
}

const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** Each way returns the batches of one delivery. `events` are in order of time. */
export const WAYS = {
  push: (events, at) =>
    [...byStream(events)].map(([logStream, mine]) => {
      const message = {
        messageType: 'DATA_MESSAGE',
        owner: at.account,
        logGroup: at.logGroup,
        logStream,
        subscriptionFilters: ['all'],
        logEvents: mine.map(({ id, atMs, message: text }) => ({ id, timestamp: atMs, message: text })),
      };
      const read = decodeLambdaEvent(Buffer.from(JSON.stringify(message)), { ...CONTEXT, region: at.region });
      if (!read.ok) throw new Error(read.message);
      return read.batch;
    }),
  pull: (events, at) => {
    const checkpoint = {
      ...at,
      mode: 'poll',
      watermarkMs: null,
      scan: null,
      wideMs: null,
      state: 'ok',
      message: null,
      events: 0,
      updatedMs: 0,
    };
    const page = events.map(({ stream, id, atMs, message }) => ({
      logStreamName: stream,
      timestamp: atMs,
      message,
      ingestionTime: atMs + 900,
      eventId: id,
    }));
    const read = readPulledPage(Buffer.from(JSON.stringify({ events: page, checkpoint })));
    if (!read.ok) throw new Error(read.message);
    return [decodeStreams(read.given, at, { ...CONTEXT, region: at.region })];
  },
  tail: (events, at) => [
    imported(
      events.map(({ stream, atMs, message }) => `${iso(atMs).replace('Z', '000+00:00')} ${stream} ${message}`).join(''),
      at,
    ),
  ],
  shortTail: (events, at) => [
    imported(events.map(({ atMs, message }) => `${iso(atMs).slice(0, 19)} ${message}`).join(''), at),
  ],
  consoleCsv: (events, at) => [
    imported(`timestamp,message\n${events.map(({ atMs, message }) => `${atMs},${cell(message)}\n`).join('')}`, at),
  ],
  consoleCsvNewestFirst: (events, at) => [
    imported(
      `timestamp,message\n${events
        .map(({ atMs, message }) => `${atMs},${cell(message)}\n`)
        .toReversed()
        .join('')}`,
      at,
    ),
  ],
  insights: (events, at) => [
    imported(
      JSON.stringify(
        events
          .map(({ atMs, message }) => ({ '@timestamp': iso(atMs).replace('T', ' ').slice(0, 23), '@message': message }))
          .toReversed(),
      ),
      at,
    ),
  ],
  insightsWithStream: (events, at) => [
    imported(
      `@timestamp,@message,@logStream\n${events
        .map(({ stream, atMs, message }) => `${iso(atMs).replace('T', ' ').slice(0, 23)},${cell(message)},${stream}\n`)
        .join('')}`,
      at,
    ),
  ],
  getLogEvents: (events, at) => [
    imported(
      JSON.stringify({
        events: events.map(({ atMs, message }) => ({ timestamp: atMs, message, ingestionTime: atMs + 900 })),
        nextForwardToken: 'f/1/s',
      }),
      at,
    ),
  ],
  s3Export: (events, at) =>
    [...byStream(events)].map(([stream, mine]) =>
      imported(mine.map(({ atMs, message }) => `${iso(atMs)} ${message}`).join(''), at, stream),
    ),
} satisfies Record<string, (events: readonly StreamEvent[], at: WayOptions) => readonly Batch[]>;

export type Way = keyof typeof WAYS;

/** Whether a way names log streams, and writes times to the millisecond. */
export const TRAITS: Readonly<Record<Way, { readonly stream: boolean; readonly exact: boolean }>> = {
  push: { stream: true, exact: true },
  pull: { stream: true, exact: true },
  tail: { stream: true, exact: true },
  shortTail: { stream: false, exact: false },
  consoleCsv: { stream: false, exact: true },
  consoleCsvNewestFirst: { stream: false, exact: true },
  insights: { stream: false, exact: true },
  insightsWithStream: { stream: true, exact: true },
  getLogEvents: { stream: false, exact: true },
  s3Export: { stream: true, exact: true },
};
