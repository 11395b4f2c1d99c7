/** Stops reading the request body after an early response. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Still read after the response, so that clients that send a small body before reading get the response. */
const MAX_DISCARDED_BYTES = 1_048_576;

/**
 * If the response is sent before the request body is complete, reads at most {@link MAX_DISCARDED_BYTES} more; the listener
 * then closes the connection. By default, Node would read and discard the whole body.
 */
export function stopReadingEarly(incoming: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.prependOnceListener('finish', () => {
    if (incoming.complete) return;
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_DISCARDED_BYTES) incoming.pause();
    });
    // Marks the body as consumed, so that Node does not discard it.
    incoming.read(0);
  });
}
