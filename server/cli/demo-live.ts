/** Keeps the demo moving: sends what its functions write, as time goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { readAnswer } from '../../ingest/api/api-client.ts';
import type { Random } from '../../ingest/records/random.ts';
import { MINUTE_MS, SECOND_MS } from '../../ingest/records/time.ts';
import { ORDERLY } from '../../ingest/simulator/deliver.ts';
import { BEHIND_GATEWAY, BROKEN_AGAIN, GATEWAY_ROUTE } from '../../ingest/simulator/demo-fleet.ts';
import type { DemoPlayer } from '../../ingest/simulator/demo-player.ts';
import { metricLines } from '../../ingest/simulator/metrics.ts';
import { accessLog } from '../../ingest/simulator/network.ts';
import type { SimulatedRequest } from '../../ingest/simulator/truth.ts';
import type { DemoSender } from './demo-sender.ts';
import { idOf } from './demo-sender.ts';
import { writeOut } from './output.ts';
import { onTermination } from './signals.ts';
import type { Target } from './target.ts';

const TICK_MS = 5 * SECOND_MS;

export interface LiveDemo {
  readonly target: Target;
  readonly sender: DemoSender;
  readonly players: readonly DemoPlayer[];
  readonly random: Random;
}

/** Sends until it is told to stop, the server that started it ends, or the data was removed. */
export async function keepSending(live: LiveDemo): Promise<void> {
  const stop = new AbortController();
  onTermination(() => stop.abort());
  process.once('disconnect', () => stop.abort());
  try {
    await sendUntil(stop.signal, live);
  } finally {
    // An open channel to the server would keep this process alive.
    if (process.connected) process.disconnect();
  }
}

async function sendUntil(signal: AbortSignal, { target, sender, players, random }: LiveDemo): Promise<void> {
  writeOut('Sending live data. Stop it with Ctrl-C.\n');
  const minutes = new MinuteMetrics(Date.now());
  let isResolved = false;
  while (!signal.aborted) {
    if (!(await isThere(target))) {
      writeOut('The demo data was removed: stopped.\n');
      return;
    }
    if (!isResolved) isResolved = await resolveMended(target);
    const nowMs = Date.now();
    for (const player of players) {
      const { name, streams, documents, requests } = player.play(nowMs);
      await sender.lines(streams, `live-${nowMs}-${name}`, ORDERLY);
      if (name === BEHIND_GATEWAY && requests.length > 0)
        await sender.lines([accessLog(GATEWAY_ROUTE, requests, random)], `live-${nowMs}-gateway`, ORDERLY);
      await sender.documents([...documents, ...minutes.of(name, requests, nowMs)]);
    }
    minutes.endTick(nowMs);
    await sleep(TICK_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Points of a metric stream for whole minutes. */
class MinuteMetrics {
  readonly #requests = new Map<string, readonly SimulatedRequest[]>();
  #sentMs: number;

  constructor(nowMs: number) {
    this.#sentMs = minuteOf(nowMs);
  }

  of(name: string, requests: readonly SimulatedRequest[], nowMs: number): readonly string[] {
    const known = [...(this.#requests.get(name) ?? []), ...requests];
    const toMs = minuteOf(nowMs);
    this.#requests.set(
      name,
      known.filter(({ arrivalMs }) => arrivalMs >= toMs),
    );
    return toMs === this.#sentMs ? [] : metricLines(name, known, this.#sentMs, toMs, Number.POSITIVE_INFINITY);
  }

  endTick(nowMs: number): void {
    this.#sentMs = minuteOf(nowMs);
  }
}

function minuteOf(ms: number): number {
  return Math.floor(ms / MINUTE_MS) * MINUTE_MS;
}

const stored = z.object({ isStored: z.boolean() });

/** Whether the fleet is still stored. */
async function isThere(target: Target): Promise<boolean> {
  return stored.parse(await readAnswer(await target.request('/api/v1/demo'))).isStored;
}

const groups = z.object({
  items: z.array(z.object({ fingerprint: z.string(), errorType: z.string().nullable(), state: z.string() })),
});

/** Resolves the error that was fixed, as a person would: its next failure is a regression. False until it is derived. */
async function resolveMended(target: Target): Promise<boolean> {
  const id = encodeURIComponent(idOf(BROKEN_AGAIN.name));
  const found = groups.parse(await readAnswer(await target.request(`/api/v1/errors?function=${id}&from=now-30d`)));
  const mended = found.items.find(({ errorType }) => errorType === BROKEN_AGAIN.errorType);
  if (mended === undefined) return false;
  const path = `/api/v1/functions/${id}/errors/${mended.fingerprint}`;
  const headers = { 'content-type': 'application/json' };
  await readAnswer(await target.request(path, { method: 'PUT', headers, body: JSON.stringify({ state: 'resolved' }) }));
  return true;
}
