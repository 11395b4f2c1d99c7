/** An answer that is JSON already, written by an answer thread. `T` is the type of the answer. */
export class EncodedJson<T> {
  /** UTF-8. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  declare protected readonly answer: T;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
  }
}
