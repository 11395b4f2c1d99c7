/** Reads request bodies within limits, and never holds more of them at once than the budget allows. */

export type BodyResult =
  | { readonly ok: true; readonly body: Uint8Array; release(): void }
  | { readonly ok: false; readonly reason: 'too-large' | 'busy' | 'aborted' };

/** Bytes of request bodies in memory, all requests together. */
export class Budget {
  readonly #limit: number;
  #held = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  get heldBytes(): number {
    return this.#held;
  }

  /** Takes bytes if they fit. A single body that fits the limit is let in when nothing else is held. */
  take(bytes: number): boolean {
    if (this.#held > 0 && this.#held + bytes > this.#limit) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** Reads up to `maxBytes`. The bytes stay on the budget until `release`. */
export async function readBody(request: Request, maxBytes: number, budget: Budget): Promise<BodyResult> {
  const announced = Number(request.headers.get('content-length') ?? Number.NaN);
  if (announced > maxBytes) return { ok: false, reason: 'too-large' };
  if (request.body === null) return { ok: true, body: new Uint8Array(0), release: () => undefined };
  let held = Number.isFinite(announced) ? announced : 0;
  if (!budget.take(held)) return { ok: false, reason: 'busy' };
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  const fail = async (reason: 'too-large' | 'busy' | 'aborted'): Promise<BodyResult> => {
    budget.give(held);
    await reader.cancel().catch(() => undefined);
    return { ok: false, reason };
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > maxBytes) return await fail('too-large');
      if (length > held) {
        if (!budget.take(length - held)) return await fail('busy');
        held = length;
      }
      chunks.push(value);
    }
  } catch {
    return await fail('aborted');
  }
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return { ok: true, body, release: () => budget.give(held) };
}
