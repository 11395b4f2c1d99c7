// Preloaded with --expose-gc: on SIGUSR2 the main thread collects garbage and prints the bytes that are left.
import { isMainThread } from 'node:worker_threads';

if (isMainThread)
  process.on('SIGUSR2', () => {
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    process.stderr.write(`heap after collection: ${heapUsed + external} bytes\n`);
  });
