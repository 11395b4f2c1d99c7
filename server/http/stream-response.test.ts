/** Streams of pages: what is read, and when reading ends. */
import { expect, test } from 'vitest';
import { streamOf } from './stream-response.ts';

/** Pages of one byte each; tells how many were read, and whether the source was closed. */
function source(pages: number) {
  const seen = { read: 0, isClosed: false };
  async function* read(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    try {
      for (; seen.read < pages; ) {
        seen.read += 1;
        yield new Uint8Array([seen.read]);
      }
    } finally {
      seen.isClosed = true;
    }
  }
  return { seen, stream: streamOf(read()) };
}

test('a reader that takes all gets each page', async () => {
  const { seen, stream } = source(5);
  expect([...new Uint8Array(await new Response(stream).arrayBuffer())]).toEqual([1, 2, 3, 4, 5]);
  expect(seen).toEqual({ read: 5, isClosed: true });
});

test('a reader that goes away ends the reading', async () => {
  const { seen, stream } = source(1000);
  const reader = stream.getReader();
  expect((await reader.read()).value).toEqual(new Uint8Array([1]));
  await reader.cancel();
  expect(seen.isClosed).toBe(true);
  // The page that was taken, and the one that was prepared.
  expect(seen.read).toBeLessThanOrEqual(3);
});
