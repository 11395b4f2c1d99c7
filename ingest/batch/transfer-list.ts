/** Lists the buffers of a batch that are transferred to another thread instead of copied. */
import type { Batch } from '../records/batch.ts';

/** Buffers that only this batch uses. Slices of pooled or shared buffers are copied. */
export function batchTransferList(batch: Batch): ArrayBuffer[] {
  const views: Uint8Array[] = [
    batch.invocations.requestIds,
    ...batch.raw.map((chunk) => chunk.gzip),
    ...batch.deadLetters.map((letter) => letter.payload),
  ];
  const buffers = new Set<ArrayBuffer>();
  addWhole(buffers, batch.invocations.numbers);
  for (const view of views) addWhole(buffers, view);
  return [...buffers];
}

function addWhole(buffers: Set<ArrayBuffer>, view: Uint8Array | Float64Array): void {
  if (view.buffer instanceof ArrayBuffer && view.byteOffset === 0 && view.byteLength === view.buffer.byteLength) {
    if (view.byteLength > 0) buffers.add(view.buffer);
  }
}
