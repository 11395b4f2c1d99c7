/**
 * Reads SQLite's write-ahead log: header, frames, checksums and commits. Source: "Database File Format", section 4
 * (https://www.sqlite.org/fileformat2.html#the_write_ahead_log).
 */

export const WAL_HEADER_BYTES = 32;
export const WAL_FRAME_HEADER_BYTES = 24;
/** The last bit says whether checksums read words as big-endian. */
const MAGIC = 0x377f0682;
const FORMAT = 3_007_000;

/** True if the bytes begin as a write-ahead log does. */
export function hasWalMagic(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && (viewOf(bytes).getUint32(0) & ~1) === MAGIC;
}

/** Contents of a write-ahead log. */
export interface WalContent {
  /** Bytes of a page; null if the header is not valid: SQLite ignores such a log. */
  readonly pageBytes: number | null;
  /** Frames that SQLite reads: up to the last commit before the first frame that is not valid. */
  readonly frames: number;
  /** Transactions in these frames. */
  readonly commits: number;
  /**
   * Commits after the first frame that is not valid, with the salts of this log. SQLite ignores them. One may be a
   * transaction that a power cut interrupted; two or more were written one after the other, so the first of them was synced.
   */
  readonly commitsAfterBreak: number;
}

/** Reads a log frame by frame. */
export class WalReader {
  readonly pageBytes: number | null;
  readonly #bigEndian: boolean;
  readonly #salt1: number;
  readonly #salt2: number;
  readonly #sum: Checksum;
  readonly #onPage: ((page: number, bytes: Uint8Array) => void) | null;
  /** Checksum as of the last commit. */
  readonly #committedSum: Checksum;
  #broken = false;
  #seen = 0;
  #frames = 0;
  #commits = 0;
  #commitsAfterBreak = 0;

  /** `onPage` receives each page of a frame that is valid, before it is known whether its transaction was committed. */
  constructor(header: Uint8Array, onPage: ((page: number, bytes: Uint8Array) => void) | null = null) {
    this.#onPage = onPage;
    const view = viewOf(header);
    const isLog = header.length >= WAL_HEADER_BYTES && hasWalMagic(header) && view.getUint32(4) === FORMAT;
    this.#bigEndian = isLog && (view.getUint32(0) & 1) === 1;
    this.#sum = { s0: 0, s1: 0 };
    const pageBytes = isLog ? view.getUint32(8) : 0;
    if (isLog) addTo(this.#sum, view, 0, 24, this.#bigEndian);
    const isIntact = isLog && isPageSize(pageBytes) && matches(this.#sum, view, 24);
    this.pageBytes = isIntact ? pageBytes : null;
    this.#salt1 = isLog ? view.getUint32(16) : 0;
    this.#salt2 = isLog ? view.getUint32(20) : 0;
    this.#committedSum = { ...this.#sum };
  }

  /** Bytes of a frame with its header. Zero if the log's header is not valid. */
  get frameBytes(): number {
    return this.pageBytes === null ? 0 : WAL_FRAME_HEADER_BYTES + this.pageBytes;
  }

  /** Reads the next frame, {@link frameBytes} long. */
  add(frame: Uint8Array): void {
    const view = viewOf(frame);
    if (view.getUint32(8) !== this.#salt1 || view.getUint32(12) !== this.#salt2) {
      // A frame of an earlier log, or damage: frames of this log may follow.
      this.#broken = true;
      return;
    }
    const isCommit = view.getUint32(4) !== 0;
    if (!this.#broken) {
      addTo(this.#sum, view, 0, 8, this.#bigEndian);
      addTo(this.#sum, view, WAL_FRAME_HEADER_BYTES, frame.length, this.#bigEndian);
      this.#broken = view.getUint32(0) === 0 || !matches(this.#sum, view, 16);
    }
    this.#seen += 1;
    if (!this.#broken) this.#onPage?.(view.getUint32(0), frame.subarray(WAL_FRAME_HEADER_BYTES));
    if (this.#broken) {
      if (isCommit) this.#commitsAfterBreak += 1;
    } else if (isCommit) {
      this.#frames = this.#seen;
      this.#commits += 1;
      this.#committedSum.s0 = this.#sum.s0;
      this.#committedSum.s1 = this.#sum.s1;
    }
  }

  /**
   * Goes back to the end of the last valid commit: the next frame is the one after it. SQLite writes over frames that follow,
   * of a transaction that was rolled back or of an earlier log.
   */
  rewind(): void {
    this.#seen = this.#frames;
    this.#sum.s0 = this.#committedSum.s0;
    this.#sum.s1 = this.#committedSum.s1;
    this.#broken = false;
    this.#commitsAfterBreak = 0;
  }

  /** True after a frame that is not valid. */
  get isBroken(): boolean {
    return this.#broken;
  }

  /** Frames up to the last valid commit. */
  get frames(): number {
    return this.#frames;
  }

  /** Transactions in the frames that were read. */
  get commits(): number {
    return this.#commits;
  }

  content(): WalContent {
    return {
      pageBytes: this.pageBytes,
      frames: this.#frames,
      commits: this.#commits,
      commitsAfterBreak: this.#commitsAfterBreak,
    };
  }
}

interface Checksum {
  s0: number;
  s1: number;
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Adds the bytes from `from` up to `to`, which are whole pairs of words. */
function addTo(sum: Checksum, view: DataView, from: number, to: number, bigEndian: boolean): void {
  if (bigEndian !== IS_LITTLE_ENDIAN && (view.byteOffset + from) % 4 === 0) {
    addNative(sum, new Int32Array(view.buffer, view.byteOffset + from, (to - from) / 4));
    return;
  }
  let { s0, s1 } = sum;
  for (let at = from; at < to; at += 8) {
    s0 = (s0 + view.getUint32(at, !bigEndian) + s1) >>> 0;
    s1 = (s1 + view.getUint32(at + 4, !bigEndian) + s0) >>> 0;
  }
  sum.s0 = s0;
  sum.s1 = s1;
}

/**
 * The same for words of this machine's byte order, many times as fast. Signed words, and state in two plain variables, let V8
 * keep all of it in registers.
 */
function addNative(sum: Checksum, words: Int32Array): void {
  let s0 = sum.s0 | 0;
  let s1 = sum.s1 | 0;
  for (let at = 0; at < words.length - 1; at += 2) {
    const even = words[at] as number;
    const odd = words[at + 1] as number;
    s0 = (((s0 + even) | 0) + s1) | 0;
    s1 = (((s1 + odd) | 0) + s0) | 0;
  }
  sum.s0 = s0 >>> 0;
  sum.s1 = s1 >>> 0;
}

const matches = ({ s0, s1 }: Checksum, view: DataView, at: number): boolean =>
  s0 === view.getUint32(at) && s1 === view.getUint32(at + 4);

const isPageSize = (bytes: number): boolean => bytes >= 512 && bytes <= 65_536 && (bytes & (bytes - 1)) === 0;

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
