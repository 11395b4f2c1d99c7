/** Memory that a server's main thread really holds: its heap after a full collection, whenever the engine would have run one. */
import type { RunningServer } from './product.ts';

/** Options of Node for the server to be measured. */
export const HEAP_PROBE = ['--expose-gc', '--import', new URL('heap-probe.mjs', import.meta.url).href];

/** Heap and buffers of the main thread, MB. */
export async function heapMb(server: RunningServer): Promise<number> {
  const printed = (): string[] =>
    [...server.output().matchAll(/heap after collection: (\d+) bytes/g)].map((found) => found[1] ?? '');
  const before = printed().length;
  server.process.kill('SIGUSR2');
  while (printed().length === before) await new Promise((resolve) => setTimeout(resolve, 20));
  return Number(printed().at(-1)) / 1e6;
}
