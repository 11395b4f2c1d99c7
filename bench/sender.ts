/** A sender process: prepares its bodies, posts them on command, and reports acknowledgement times. */
import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { LoadShape } from './load.ts';
import { firehoseBody, payload } from './load.ts';

interface Order {
  readonly shape: LoadShape;
  readonly from: number;
  readonly to: number;
  readonly perRequest: number;
  readonly connections: number;
  /** Time between the beginnings of two bodies, ms; without it, each is sent as soon as a connection is free. */
  readonly everyMs?: number;
  readonly url: string;
  readonly token: string;
}

/** Delay before a body is sent again, ms. */
const AGAIN_MS = 20;

let order: Order;
let bodies: Buffer[] = [];

process.on('message', (message: { prepare?: Order; go?: boolean }) => {
  if (message.prepare !== undefined) {
    order = message.prepare;
    for (let at = order.from; at < order.to; at += order.perRequest) {
      const payloads = Array.from({ length: Math.min(order.perRequest, order.to - at) }, (_, offset) =>
        payload(order.shape, at + offset),
      );
      bodies.push(Buffer.from(firehoseBody(`bench-${at}`, payloads)));
    }
    process.send?.({ ready: true, bytes: bodies.reduce((sum, body) => sum + body.length, 0) });
  }
  if (message.go) void send();
});

async function send(): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections });
  const acks: number[] = [];
  const queue = bodies.entries();
  const { everyMs = 0 } = order;
  const startedMs = performance.now();
  const worker = async (): Promise<void> => {
    for (const [at, body] of queue) {
      const earlyMs = startedMs + at * everyMs - performance.now();
      if (everyMs > 0 && earlyMs > 0) await setTimeout(earlyMs);
      const began = performance.now();
      // Retries rejected requests, like Firehose.
      while (!(await post(agent, body, `bench-${order.from + at * order.perRequest}`))) await setTimeout(AGAIN_MS);
      acks.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: order.connections }, worker));
  bodies = [];
  process.send?.({ acks });
  process.disconnect();
}

/** Resolves to false if the body must be sent again. */
function post(agent: Agent, body: Buffer, requestId: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${order.url}/ingest/firehose`,
      {
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          'x-amz-firehose-request-id': requestId,
          'x-amz-firehose-source-arn': 'arn:aws:firehose:eu-west-1:123456789012:deliverystream/bench',
          'x-amz-firehose-access-key': order.token,
        },
      },
      (response) => {
        response.resume();
        response.on('end', () =>
          response.statusCode === 200 || response.statusCode === 503
            ? resolve(response.statusCode === 200)
            : reject(new Error(`status ${response.statusCode}`)),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
