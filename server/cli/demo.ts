/** `thermocline demo`: a day of a simulated fleet through the Firehose endpoint. */
import { gzipSync } from 'node:zlib';
import { answerOf } from '../../ingest/collectors/send.ts';
import type { SimulatedStream } from '../../ingest/demo/fleet.ts';
import { SIMULATED_ACCOUNT, simulateFleet } from '../../ingest/demo/fleet.ts';
import type { Config } from '../config.ts';
import { Progress } from './progress.ts';
import { openTarget } from './target.ts';

const DAY_MS = 86_400_000;
const STREAMS_PER_REQUEST = 50;

export async function demo(config: Config, seed: number): Promise<number> {
  // The same hour and seed give the same events, so that running it twice adds nothing.
  const toMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  const streams = simulateFleet(seed, toMs - DAY_MS, toMs);
  const events = streams.reduce((sum, stream) => sum + stream.events.length, 0);
  const target = await openTarget(config);
  const progress = new Progress(events, 'events');
  try {
    for (let at = 0; at < streams.length; at += STREAMS_PER_REQUEST) {
      const part = streams.slice(at, at + STREAMS_PER_REQUEST);
      const requestId = `demo-${seed}-${at}`;
      const response = await target.request('/ingest/firehose', {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-thermocline-source': 'demo',
          'x-amz-firehose-request-id': requestId,
          'x-amz-firehose-protocol-version': '1.0',
          'x-amz-firehose-source-arn': `arn:aws:firehose:eu-west-1:${SIMULATED_ACCOUNT}:deliverystream/simulated`,
        },
        body: JSON.stringify({ requestId, timestamp: Date.now(), records: part.map(recordOf) }),
      });
      await answerOf(response);
      progress.add(
        part.reduce((sum, stream) => sum + stream.events.length, 0),
        'simulated fleet',
      );
    }
  } finally {
    progress.finish();
    await target.close();
  }
  process.stdout.write(
    `${events} simulated log events of ${streams.length} environments are stored (account ${SIMULATED_ACCOUNT}).\n`,
  );
  return 0;
}

function recordOf(stream: SimulatedStream): { readonly data: string } {
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: SIMULATED_ACCOUNT,
    logGroup: stream.logGroup,
    logStream: stream.logStream,
    subscriptionFilters: ['simulated'],
    logEvents: stream.events.map((event, at) => ({
      id: eventId(event.timestampMs, at),
      timestamp: event.timestampMs,
      message: event.message,
    })),
  };
  return { data: gzipSync(JSON.stringify(message)).toString('base64') };
}

/** 56 digits that sort by time, as CloudWatch's do. */
function eventId(timestampMs: number, at: number): string {
  return `${timestampMs}${String(at).padStart(12, '0')}`.padEnd(56, '0');
}
