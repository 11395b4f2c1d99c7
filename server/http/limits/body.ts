/** Reads request bodies within limits of size, speed and total memory. */
import { integer } from '../../../ingest/text/quantities.ts';

export type BodyResult =
  | { readonly ok: true; readonly body: Uint8Array; release(): void }
  | { readonly ok: false; readonly reason: BodyError };

export type BodyError = 'too-large' | 'busy' | 'aborted' | 'slow';

/** After this long, a body must have arrived at the minimum rate. */
const SLOW_GRACE_MS = 20_000;
const LEAST_BYTES_PER_SECOND = 1024;
const LOOK_EVERY_MS = 5000;

/** What was found of a body that is not read and what is allowed, for its sender. `announced`: its Content-Length; `deadlineMs`: as for {@link readBody}. */
export function bodyErrorMessage(
  reason: Exclude<BodyError, 'busy'>,
  maxBytes: number,
  announced: string | undefined,
  deadlineMs: number | null = null,
): string {
  switch (reason) {
    case 'too-large': {
      const found =
        Number(announced ?? 0) > maxBytes ? `${integer(Number(announced))} bytes are announced` : 'more came';
      return `body: at most ${integer(maxBytes)} bytes are read; ${found}`;
    }
    case 'slow':
      return `body: sent too slowly; expected ${deadlineMs === null ? `at least ${integer(LEAST_BYTES_PER_SECOND)} bytes each second` : `all of it within ${integer(deadlineMs / 1000)} s`}`;
    case 'aborted':
      return `body: ended before its announced length${announced === undefined ? '' : ` of ${integer(Number(announced))} bytes`}`;
  }
}

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

  /** Whether the bytes fit beside what is held now. If nothing is held, a body of any size fits. */
  fits(bytes: number): boolean {
    return this.#held === 0 || this.#held + bytes <= this.#limit;
  }

  /** Reserves bytes that arrived. `own` is what the same body reserved before; a body that is alone may have any size. */
  take(bytes: number, own: number): boolean {
    if (this.#held > own && this.#held + bytes > this.#limit) return false;
    this.#held += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** From this share of the announced length on, a body is collected in one buffer of that length. */
const TRUSTED_SHARE = 1 / 4;

/**
 * Reads a body of up to `maxBytes`. Memory is reserved for the bytes that have arrived, not for the announced length: a
 * sender that announces much and sends little does not block others. The bytes stay reserved until `release` is called.
 * With `deadlineMs` the whole body must arrive in that time.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  budget: ByteBudget,
  deadlineMs: number | null = null,
): Promise<BodyResult> {
  const announced = Number(request.headers.get('content-length') ?? Number.NaN);
  if (announced > maxBytes) return { ok: false, reason: 'too-large' };
  if (request.body === null) return { ok: true, body: new Uint8Array(0), release: () => undefined };
  const expected = Number.isFinite(announced) ? announced : null;
  if (expected !== null && !budget.fits(expected)) return { ok: false, reason: 'busy' };
  let whole: Uint8Array<ArrayBuffer> | null = null;
  let chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const slow = new Promise<'slow'>((resolve) => {
    const look = (): void => {
      const seconds = (performance.now() - began) / 1000;
      if (deadlineMs !== null || length < seconds * LEAST_BYTES_PER_SECOND) resolve('slow');
      else timer = setTimeout(look, LOOK_EVERY_MS);
    };
    timer = setTimeout(look, deadlineMs ?? SLOW_GRACE_MS);
  });
  const fail = async (reason: BodyError): Promise<BodyResult> => {
    budget.give(length);
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
      if (length + value.length > maxBytes) return await fail('too-large');
      if (expected !== null && length + value.length > expected) return await fail('aborted');
      if (!budget.take(value.length, length)) return await fail('busy');
      if (whole === null) chunks.push(value);
      else whole.set(value, length);
      length += value.length;
      if (whole === null && expected !== null && length >= expected * TRUSTED_SHARE) {
        // One buffer, so that the body is not in memory twice at its end.
        whole = new Uint8Array(expected);
        joinInto(whole, chunks);
        chunks = [];
      }
    }
  } catch {
    return await fail('aborted');
  }
  clearTimeout(timer);
  const body = whole ?? joinInto(new Uint8Array(length), chunks);
  return { ok: true, body: length === body.length ? body : body.slice(0, length), release: () => budget.give(length) };
}

function joinInto(body: Uint8Array<ArrayBuffer>, chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return body;
}
