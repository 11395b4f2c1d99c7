/** Simulated fleets as streams of events, cut into deliveries of random order. */

import { decodeStreams } from '../../ingest/decode/pipeline.ts';
import type { Batch } from '../../ingest/records/batch.ts';
import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../../ingest/records/demo-scope.ts';
import type { LogEvent, StreamIdentity } from '../../ingest/records/log-event.ts';
import { Random } from '../../ingest/records/random.ts';
import { playPlans } from '../../ingest/simulator/fleets.ts';
import { planOf } from '../../ingest/simulator/plan.ts';

/** Event streams of a fleet with four kinds of functions. */
export function streams(seed: number, toMs: number): readonly Part[] {
  const plans = [
    planOf({ name: `plain-${seed}`, arrivals: { kind: 'steady', meanGapMs: 60_000, burst: 1 } }),
    planOf({ name: `json-${seed}`, format: 'json', arrivals: { kind: 'bursty', meanGapMs: 300_000, burst: 4 } }),
    planOf({
      name: `fails-${seed}`,
      failures: {
        timeoutShare: 0.1,
        outOfMemoryShare: 0.1,
        exitShare: 0.1,
        timeoutMs: 3000,
        againShare: 0.4,
        fatalShare: 0.3,
      },
      arrivals: { kind: 'steady', meanGapMs: 120_000, burst: 1 },
    }),
    planOf({ name: `snap-${seed}`, runtime: 'java:21.v38', snapStart: true, extension: 'agent' }),
  ];
  return playPlans(plans, seed, toMs - 2 * 3_600_000, toMs).flatMap((one) =>
    one.streams.map(({ logGroup, logStream, events }) => ({
      identity: { account: SIMULATED_ACCOUNT, region: SIMULATED_REGION, logGroup, logStream },
      events: events.map((event, at) => ({ ...event, id: `${event.timestampMs}${at}` })),
    })),
  );
}

export interface Part {
  readonly identity: StreamIdentity;
  readonly events: readonly LogEvent[];
}

export function batchOf(given: readonly Part[]): Batch {
  return decodeStreams(
    { streams: given, unreadable: [], records: [], ignored: [] },
    { account: '', region: '' },
    CONTEXT,
  );
}

const CONTEXT = { raw: 'off', region: '', selfLogGroups: [] } as const;

/** Cuts streams into pieces of up to `most` events, in random order and some twice; `together` pieces form a batch. */
export function deliveries(
  all: readonly Part[],
  seed: number,
  { most = 40, together = 12, again = 0.3 } = {},
): readonly Batch[] {
  const random = new Random(seed);
  const parts = all.flatMap(({ identity, events }) => {
    const cuts: Part[] = [];
    for (let at = 0; at < events.length; ) {
      const size = 1 + Math.floor(random.next() * most);
      cuts.push({ identity, events: events.slice(at, at + size) });
      at += size;
    }
    return cuts;
  });
  const shuffled = parts.map((part) => [random.next(), part] as const).toSorted((a, b) => a[0] - b[0]);
  const batches: Batch[] = [];
  for (let at = 0; at < shuffled.length; at += together) {
    const given = shuffled.slice(at, at + together).map(([, part]) => part);
    batches.push(batchOf(given));
    if (random.next() < again) batches.push(batchOf(given));
  }
  return batches;
}
