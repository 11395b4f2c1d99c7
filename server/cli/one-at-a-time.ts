/**
 * Answers the requests of a connection one after another. Node begins all that a client sends ahead (pipelining, RFC 9112,
 * section 9.3.2) at once and keeps their answers in memory until the client reads them: 50 requests of 40 bytes on each of
 * 300 connections took 6 GB.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/** Most requests that may wait for the one before them. Browsers, SDKs and proxies send none ahead. */
export const MAX_PIPELINED = 16;

/** A listener that begins a request once the answer before it was sent, and closes connections with too many that wait. */
export function oneAtATime(listener: Listener): Listener {
  const waiting = new WeakMap<Socket, (() => void)[]>();
  return (incoming, outgoing) => {
    const { socket } = incoming;
    const begin = (): void => {
      outgoing.once('close', () => {
        const next = waiting.get(socket)?.shift();
        if (next === undefined || socket.destroyed) waiting.delete(socket);
        else next();
      });
      listener(incoming, outgoing);
    };
    const queue = waiting.get(socket);
    if (queue === undefined) {
      waiting.set(socket, []);
      begin();
    } else if (queue.length < MAX_PIPELINED) queue.push(begin);
    else socket.destroy();
  };
}
