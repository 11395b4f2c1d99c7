/** Detects Firehose request ids that are reused with a different body. */
const REMEMBERED = 10_000;
const EDGE_BYTES = 64;

export class RequestIds {
  readonly #marks = new Map<string, string>();

  /** Returns true if the id was seen with a body of different length, beginning or end. */
  isReused(id: string, body: Uint8Array): boolean {
    if (id === '') return false;
    const edges = Buffer.concat([body.subarray(0, EDGE_BYTES), body.subarray(-EDGE_BYTES)]);
    const mark = `${body.length}:${edges.toString('base64')}`;
    const known = this.#marks.get(id);
    this.#marks.delete(id);
    this.#marks.set(id, mark);
    if (this.#marks.size > REMEMBERED) {
      for (const oldest of this.#marks.keys()) {
        this.#marks.delete(oldest);
        break;
      }
    }
    return known !== undefined && known !== mark;
  }
}
