/**
 * Sequences of lines in few bytes: within a batch of one log stream they count up, so that the difference to the one before is
 * stored. The first of a batch takes five bytes.
 */
import { NO_SEQUENCE } from '../../lines/kept-line.ts';
import type { ByteReader, ByteWriter } from './byte-columns.ts';

/** How the sequence is written; `near` is added to the difference. */
const KIND = { none: 0, far: 1, near: 2 } as const;
const FAR_BYTES = 5;
/** Larger differences take as many bytes as the sequence itself. */
const NEAR = 2 ** 34;

/** Writes sequences in the order of their lines. */
export class SequenceWriter {
  readonly #to: ByteWriter;
  readonly #last = new Map<number, number>();

  constructor(to: ByteWriter) {
    this.#to = to;
  }

  /** `stream`: lines of one log stream have the same number. */
  write(stream: number, sequence: number): void {
    if (sequence === NO_SEQUENCE) {
      this.#to.byte(KIND.none);
      return;
    }
    const difference = sequence - (this.#last.get(stream) ?? Number.NEGATIVE_INFINITY);
    this.#last.set(stream, sequence);
    if (difference > -NEAR && difference < NEAR) {
      this.#to.number(KIND.near + (difference < 0 ? -2 * difference - 1 : 2 * difference));
      return;
    }
    this.#to.byte(KIND.far);
    for (let at = FAR_BYTES - 1; at >= 0; at -= 1) this.#to.byte(Math.floor(sequence / 256 ** at) % 256);
  }
}

/** Reads what {@link SequenceWriter} wrote. */
export class SequenceReader {
  readonly #from: ByteReader;
  readonly #last = new Map<number, number>();

  constructor(from: ByteReader) {
    this.#from = from;
  }

  /** The sequence of the next line. @throws RangeError beyond the end */
  read(stream: number): number {
    const kind = this.#from.number();
    if (kind === KIND.none) return NO_SEQUENCE;
    if (kind === KIND.far) {
      const sequence = this.#from.bytes(FAR_BYTES).reduce((value, byte) => value * 256 + byte, 0);
      this.#last.set(stream, sequence);
      return sequence;
    }
    const code = kind - KIND.near;
    const difference = code % 2 === 1 ? -(code + 1) / 2 : code / 2;
    const sequence = (this.#last.get(stream) ?? 0) + difference;
    this.#last.set(stream, sequence);
    return sequence;
  }
}
