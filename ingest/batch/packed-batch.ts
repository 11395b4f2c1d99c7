/**
 * A batch as bytes. Decode threads pack it and the writer's thread unpacks it: the thread between them moves one buffer, however
 * many objects the batch has.
 */
import { deserialize, serialize } from 'node:v8';
import type { Batch, PackedBatch } from '../records/batch.ts';

/** Writes a batch into one buffer that can be moved to another thread. */
export function packBatch(batch: Batch): PackedBatch {
  const { buffer, byteOffset, byteLength } = serialize(batch);
  return { packed: new Uint8Array(buffer, byteOffset, byteLength) };
}

/** Reads what {@link packBatch} wrote. */
export function unpackBatch({ packed }: PackedBatch): Batch {
  return deserialize(packed) as Batch;
}

/** The batch itself, unpacked where it is packed. */
export function plainBatch(batch: Batch | PackedBatch): Batch {
  return 'packed' in batch ? unpackBatch(batch) : batch;
}
