/** Frees the bytes of answers as soon as they are sent. */
import type { ServerResponse } from 'node:http';
import { MessageChannel } from 'node:worker_threads';

/** What is transferred to a closed port is detached, and nobody receives it. */
const { port1: nowhere } = new MessageChannel();
nowhere.close();

/**
 * Frees the bytes once the response is sent. Garbage collection would find them late: they are large, but few objects, so
 * that the main thread collects its whole heap for every 8 MB of them. `outgoing` is undefined where no server sends the answer.
 */
export function releaseWhenSent(bytes: Uint8Array<ArrayBuffer>, outgoing: ServerResponse | undefined): void {
  // Not on "close": that of a connection that breaks may come before the last write ends.
  outgoing?.once('finish', () => nowhere.postMessage(null, [bytes.buffer]));
}
