/** The load of both ingest benchmarks: seeded invocations in payloads of 300 events (100 invocations of one environment). */
import { gzipSync } from 'node:zlib';
import { renderEnd, renderReport, renderStart } from '../ingest/lines/render.ts';
import { Random } from '../ingest/records/random.ts';

export interface LoadShape {
  readonly seed: number;
  readonly functions: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export const INVOCATIONS_PER_PAYLOAD = 100;
export const EVENTS_PER_PAYLOAD = 300;

/** Returns the text of one subscription message: the first invocation is cold, 1 in 200 fails. */
export function payloadText(shape: LoadShape, index: number): string {
  const random = new Random(shape.seed * 1_000_003 + index);
  const fn = Math.floor(random.next() ** 2 * shape.functions);
  const memoryMb = [128, 256, 512, 1024, 2048][fn % 5] ?? 128;
  const spanMs = 1_200_000;
  let atMs = Math.floor(shape.fromMs + random.next() * Math.max(1, shape.toMs - shape.fromMs - spanMs));
  const day = new Date(atMs).toISOString().slice(0, 10).replaceAll('-', '/');
  const logEvents: { id: string; timestamp: number; message: string }[] = [];
  const write = (timestamp: number, message: string): void => {
    logEvents.push({
      id: `${timestamp}${index}`.padEnd(50, '0') + String(logEvents.length).padStart(6, '0'),
      timestamp,
      message,
    });
  };
  const median = 5 + (fn % 37) * 12;
  for (let at = 0; at < INVOCATIONS_PER_PAYLOAD; at += 1) {
    const requestId = random.uuid();
    const cold = at === 0;
    const initMs = cold ? Math.round(random.logNormal(300, 0.3) * 100) / 100 : null;
    const durationMs = Math.round(random.logNormal(median, 0.6) * 100) / 100;
    const startMs = Math.floor(atMs + (initMs ?? 0) + 1);
    const failed = random.next() < 0.005;
    if (cold) logEvents.length = 0;
    write(startMs, renderStart(requestId, '$LATEST'));
    const endMs = Math.ceil(startMs + durationMs);
    write(endMs, renderEnd(requestId));
    write(
      endMs,
      renderReport({
        requestId,
        durationMs,
        billedDurationMs: Math.ceil(durationMs + (initMs ?? 0)),
        memorySizeMb: memoryMb,
        maxMemoryUsedMb: Math.round(memoryMb * (0.4 + 0.1 * random.next())),
        initDurationMs: initMs,
        restoreDurationMs: null,
        billedRestoreDurationMs: null,
        status: failed ? 'error' : null,
        errorType: failed ? 'Runtime.ExitError' : null,
        trace: null,
      }),
    );
    atMs = endMs + random.exponential(8000);
  }
  return JSON.stringify({
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: `/aws/lambda/service-${String(fn).padStart(3, '0')}`,
    logStream: `${day}/[$LATEST]${random.hex(32)}`,
    subscriptionFilters: ['thermocline'],
    logEvents,
  });
}

export function payload(shape: LoadShape, index: number): Buffer {
  return gzipSync(payloadText(shape, index), { level: 6 });
}

/** Returns a Firehose request body of several payloads. */
export function firehoseBody(requestId: string, payloads: readonly Buffer[]): string {
  return JSON.stringify({
    requestId,
    timestamp: 1,
    records: payloads.map((bytes) => ({ data: bytes.toString('base64') })),
  });
}
