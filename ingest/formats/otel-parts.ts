/** Records of a metric stream in OpenTelemetry's format as a file: Firehose writes them one after another, without anything between. */
import { lengthAt } from './otel-metrics.ts';

/** Bytes of a part. */
const PART_BYTES = 1_048_576;
/** A record of Firehose, which holds whole messages, is no longer (PutRecord). A message that states more is broken. */
const LONGEST_MESSAGE = 1_048_576;

/** Divides a file between its messages. Behind a message with an impossible length, it is not divided any more. */
export class OtelSplitter {
  #chunks: Buffer[] = [];
  #held = 0;
  /** Bytes that have to be held before more can be told: chunks are joined once for each part. */
  #needed = PART_BYTES;

  /** A part that is complete with the chunk. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#held < this.#needed) return [];
    const bytes = this.#join();
    let [last, end] = [0, 0];
    let next = endOf(bytes, 0);
    while (next <= bytes.length) {
      [last, end] = [end, next];
      next = end === bytes.length ? end + 1 : endOf(bytes, end);
    }
    this.#needed = Math.max(PART_BYTES, next - end);
    // A part begins with a message that can be read, by which it is known.
    const cut = Number.isFinite(next) ? end : last;
    this.#hold(bytes.subarray(cut));
    return cut === 0 ? [] : [bytes.subarray(0, cut)];
  }

  /** Bytes that wait for the end of a message. */
  get held(): number {
    return this.#held;
  }

  /** The last part, if any: with a message that was cut at its end. */
  finish(): readonly Buffer[] {
    return this.#held === 0 ? [] : [this.#join()];
  }

  #join(): Buffer {
    const [only] = this.#chunks;
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
  }

  #hold(bytes: Buffer): void {
    this.#chunks = bytes.length === 0 ? [] : [bytes];
    this.#held = bytes.length;
  }
}

/** Where the message at the offset ends; beyond everything if it is broken. */
function endOf(bytes: Buffer, at: number): number {
  const { start, length } = lengthAt(bytes, at);
  return length > LONGEST_MESSAGE ? Number.POSITIVE_INFINITY : start + length;
}
