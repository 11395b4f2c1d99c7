/**
 * Delivers lines as CloudWatch Logs does: in small parts, sometimes late, repeated or out of order. The set of events is
 * the same in any order.
 */
import { gzipSync } from 'node:zlib';
import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../records/demo-scope.ts';
import type { LogEvent } from '../records/log-event.ts';
import type { Random } from '../records/random.ts';
import type { SimulatedStream } from './lines.ts';

export interface Disorder {
  /** Share of parts that are delivered late, and their mean delay. */
  readonly lateShare: number;
  readonly lateMs: number;
  readonly duplicateShare: number;
}

export const ORDERLY: Disorder = { lateShare: 0, lateMs: 0, duplicateShare: 0 };
export const UNRULY: Disorder = { lateShare: 0.03, lateMs: 1_200_000, duplicateShare: 0.02 };

/** A subscription message with its delivery time. */
export interface Delivery {
  readonly arrivesMs: number;
  readonly events: number;
  readonly message: object;
}

const PART_EVENTS = 60;
const USUAL_LAG_MS = 3000;

/** Messages in order of delivery. */
export function deliveries(
  streams: readonly SimulatedStream[],
  disorder: Disorder,
  random: Random,
): readonly Delivery[] {
  const found: Delivery[] = [];
  for (const stream of streams) {
    const inOrder = stream.events.map((event, at) => ({
      ...event,
      id: eventId(event.timestampMs, (stream.before ?? 0) + at),
    }));
    for (let at = 0; at < inOrder.length; ) {
      const size = disorder === ORDERLY ? inOrder.length : 1 + Math.floor(random.next() * PART_EVENTS);
      const part = inOrder.slice(at, at + size);
      at += size;
      const copies = random.next() < disorder.duplicateShare ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const late = random.next() < disorder.lateShare ? random.exponential(disorder.lateMs) : 0;
        const lag = disorder === ORDERLY ? 0 : random.exponential(USUAL_LAG_MS) + late;
        found.push({
          arrivesMs: Math.round((part.at(-1)?.timestampMs ?? 0) + lag),
          events: part.length,
          message: messageOf(stream, part),
        });
      }
    }
  }
  return disorder === ORDERLY ? found : found.toSorted((a, b) => a.arrivesMs - b.arrivesMs);
}

/** Splits events into parts of about `size`, in order. */
export function parts(sent: readonly Delivery[], events: number): readonly (readonly Delivery[])[] {
  const found: Delivery[][] = [];
  let room = 0;
  for (const one of sent) {
    if (room < one.events) {
      found.push([]);
      room = events;
    }
    room -= one.events;
    found.at(-1)?.push(one);
  }
  return found;
}

/** Builds a delivery request in Firehose's format. */
export function firehoseRequest(requestId: string, timestampMs: number, part: readonly Delivery[]) {
  const records = part.map(({ message }) => ({
    data: gzipSync(JSON.stringify(message), { level: 1 }).toString('base64'),
  }));
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-amz-firehose-request-id': requestId,
      'x-amz-firehose-protocol-version': '1.0',
      'x-amz-firehose-source-arn': `arn:aws:firehose:${SIMULATED_REGION}:${SIMULATED_ACCOUNT}:deliverystream/simulated`,
    },
    body: JSON.stringify({ requestId, timestamp: timestampMs, records }),
  };
}

function messageOf(stream: SimulatedStream, events: readonly LogEvent[]): object {
  return {
    messageType: 'DATA_MESSAGE',
    owner: SIMULATED_ACCOUNT,
    logGroup: stream.logGroup,
    logStream: stream.logStream,
    subscriptionFilters: ['thermocline'],
    logEvents: events.map(({ id, timestampMs, message }) => ({ id, timestamp: timestampMs, message })),
  };
}

/** An event id of 56 digits that sorts by time, as in CloudWatch Logs. */
function eventId(timestampMs: number, at: number): string {
  return `${timestampMs}${String(at).padStart(12, '0')}`.padEnd(56, '0');
}
