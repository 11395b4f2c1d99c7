/** Load of `bench:mixed`: sender processes that ingest beside the pages, at full speed or at a given one. */
import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { LoadShape } from './load.ts';
import { INVOCATIONS_PER_PAYLOAD } from './load.ts';
import { TOKEN } from './server.ts';

const SENDERS = 2;
const PAYLOADS_PER_BODY = 40;
const CONNECTIONS = 4;

/** A load whose bodies are prepared. */
export interface PreparedLoad {
  readonly invocations: number;
  /** Sends it. @returns how long that took and how long each body waited for its acknowledgement, ms. */
  send(): Promise<{ readonly wallMs: number; readonly acks: readonly number[] }>;
}

/**
 * Prepares payloads `from` to `to`, in processes of their own: rendering and compressing them is not part of the measurement.
 * `everyMs`: time between two bodies, of all senders; null to send them as fast as they are acknowledged.
 */
export async function prepareLoad(
  url: string,
  shape: LoadShape,
  { from, to, everyMs }: { readonly from: number; readonly to: number; readonly everyMs: number | null },
): Promise<PreparedLoad> {
  const share = Math.ceil((to - from) / SENDERS);
  const senders = await Promise.all(
    Array.from({ length: SENDERS }, async (_, at) => {
      const sender = fork(join(import.meta.dirname, 'sender.js'));
      const ready = nextMessage(sender);
      const prepare = {
        shape,
        from: from + at * share,
        to: Math.min(to, from + (at + 1) * share),
        perRequest: PAYLOADS_PER_BODY,
        connections: CONNECTIONS,
        url,
        token: TOKEN,
        ...(everyMs === null ? {} : { everyMs: everyMs * SENDERS }),
      };
      sender.send({ prepare });
      await ready;
      return sender;
    }),
  );
  return {
    invocations: (to - from) * INVOCATIONS_PER_PAYLOAD,
    send: async () => {
      const began = performance.now();
      const done = senders.map(nextMessage);
      for (const sender of senders) sender.send({ go: true });
      const acks = (await Promise.all(done)).flatMap((message) => (message as { readonly acks: number[] }).acks);
      return { wallMs: performance.now() - began, acks };
    },
  };
}

/** Bodies of a number of payloads. */
export function bodiesOf(payloads: number): number {
  return Math.ceil(payloads / PAYLOADS_PER_BODY);
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => (code === 0 ? undefined : reject(new Error(`sender ended with ${code}`))));
  });
}
