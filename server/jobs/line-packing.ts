/** Packs log lines while there are some that are due. */
import { setTimeout as pause } from 'node:timers/promises';
import type { LineStore } from '../storage/ports.ts';

/** Between two packs, ms: leaves the writer to batches, and half of a processor to others. */
const BREATH_MS = 5;

/** Resolves when nothing is due, or the signal is aborted. */
export async function packAll(lines: LineStore, signal?: AbortSignal): Promise<void> {
  while (signal?.aborted !== true && (await lines.pack())) await pause(BREATH_MS);
}
