/** Reads request bodies within limits of size, speed and total memory. */

export type BodyResult =
  | { readonly ok: true; readonly body: Uint8Array; release(): void }
  | { readonly ok: false; readonly reason: BodyRefusal };

export type BodyRefusal = 'too-large' | 'busy' | 'aborted' | 'slow';

/** After this long, a body must have arrived at the minimum rate. */
const SLOW_GRACE_MS = 20_000;
const LEAST_BYTES_PER_SECOND = 1024;
const LOOK_EVERY_MS = 5000;

/** Limits the total bytes of request bodies in memory. */
export class ByteBudget {
  readonly #limit: number;
  #held = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  get heldBytes(): number {
    return this.#held;
  }

  /** Reserves bytes if they fit. If nothing else is held, a body of any size is admitted. */
  take(bytes: number): boolean {
    if (this.#held > 0 && this.#held + bytes > this.#limit) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** Reads a body of up to `maxBytes`. Its bytes stay reserved until `release` is called. */
export async function readBody(request: Request, maxBytes: number, budget: ByteBudget): Promise<BodyResult> {
  const announced = Number(request.headers.get('content-length') ?? Number.NaN);
  if (announced > maxBytes) return { ok: false, reason: 'too-large' };
  if (request.body === null) return { ok: true, body: new Uint8Array(0), release: () => undefined };
  let held = Number.isFinite(announced) ? announced : 0;
  if (!budget.take(held)) return { ok: false, reason: 'busy' };
  // A body of known length is read into one buffer, so that it is never in memory twice.
  const whole = held > 0 && held <= maxBytes ? new Uint8Array(held) : null;
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<'slow'>((resolve) => {
    const look = (): void => {
      const seconds = (performance.now() - began) / 1000;
      if (length < seconds * LEAST_BYTES_PER_SECOND) resolve('slow');
      else timer = setTimeout(look, LOOK_EVERY_MS);
    };
    timer = setTimeout(look, SLOW_GRACE_MS);
  });
  const fail = async (reason: BodyRefusal): Promise<BodyResult> => {
    budget.give(held);
    clearTimeout(timer);
    await reader.cancel().catch(() => undefined);
    return { ok: false, reason };
  };
  try {
    for (;;) {
      const part = await Promise.race([reader.read(), slow]);
      if (part === 'slow') return await fail('slow');
      const { done, value } = part;
      if (done) break;
      if (whole === null) chunks.push(value);
      else if (length + value.length > whole.length) return await fail('aborted');
      else whole.set(value, length);
      length += value.length;
      if (length > maxBytes) return await fail('too-large');
      if (length > held) {
        if (!budget.take(length - held)) return await fail('busy');
        held = length;
      }
    }
  } catch {
    return await fail('aborted');
  }
  clearTimeout(timer);
  const body = whole === null ? joined(chunks, length) : length === whole.length ? whole : whole.slice(0, length);
  return { ok: true, body, release: () => budget.give(held) };
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
