/** Firehose keeps a request id over retries, as best it can. One that comes again with another body is worth counting. */
const REMEMBERED = 10_000;
const EDGE_BYTES = 64;

export class RequestIds {
  readonly #marks = new Map<string, string>();

  /** True when the id came before with a body of other length, beginning or end. */
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
