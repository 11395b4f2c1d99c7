/** Asking the product over its own HTTP surface: the same for a server in this process and one beside it. */

/** Sends a request to the product, with a token that may do what is asked. */
export type Send = (path: string, init?: RequestInit) => Promise<Response>;

/** Thrown, with the product's own words, when it did not do what was asked. Nothing of it was done. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

const TRIES = 7;
const FIRST_WAIT_MS = 500;

/** Asks again while the server is busy or starting (503) or the key over its quota (429), for half a minute. */
export async function patiently(ask: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await ask();
    if ((response.status !== 503 && response.status !== 429) || attempt === TRIES) return response;
    await response.arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (attempt - 1)));
  }
}

/** The JSON of a good answer. @throws RefusedError */
export async function answerOf<T>(response: Response): Promise<T> {
  const body = (await response.json()) as {
    errorMessage?: string;
    detail?: string;
    title?: string;
    errors?: { field: string; message: string }[];
  };
  if (response.ok) return body as T;
  const fields = body.errors?.map((error) => `${error.field}: ${error.message}`).join('; ');
  const words = [body.errorMessage ?? body.title, body.detail, fields].filter((part) => part !== undefined);
  throw new RefusedError(words.length === 0 ? `status ${response.status}` : words.join(' — '));
}

/** {@link answerOf} of a request that is sent {@link patiently}. */
export async function ask<T>(send: Send, path: string, init: RequestInit = {}): Promise<T> {
  return answerOf<T>(await patiently(() => send(path, init)));
}
