/** What a refused sender goes on sending is not ours to read. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** So much of it is taken off the wire, so that a sender who reads the answer only after a small body finds it. */
const MOST_BYTES = 1_048_576;

/**
 * An answer that went out before the body had come leaves the rest of the body unread beyond a limit; the listener closes
 * the connection half a second later. Node, left alone, would read and throw away all of it.
 */
export function leaveUnread(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.prependOnceListener('finish', () => {
    if (incoming.complete) return;
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MOST_BYTES) incoming.pause();
    });
    // From now on the body counts as asked for: Node does not throw it away by itself.
    incoming.read(0);
  });
}
