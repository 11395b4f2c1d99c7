/** A client of Thermocline's own HTTP API. It serves a server in the same process as well as a remote one. */

import { connectionFault, UnreachableError } from './unreachable.ts';

/** Sends one request to the API, with a token that has the scope it needs. */
export type ApiClient = (path: string, init?: RequestInit) => Promise<Response>;

/** The API refused the request; the message is the one that the API gave. Nothing was changed. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status. */
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const TRIES = 7;
const FIRST_WAIT_MS = 500;

/** Repeats a request while the server is overloaded (503) or the key is over its quota (429), for up to 32 s. */
export async function withRetry(request: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await request();
    if ((response.status !== 503 && response.status !== 429) || attempt === TRIES) return response;
    await response.arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (attempt - 1)));
  }
}

interface Failure {
  readonly errorMessage?: string;
  readonly detail?: string;
  readonly title?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** The JSON body of a successful response. @throws ApiError, also if a proxy or another server answers; UnreachableError if the body is cut */
export async function readAnswer<T>(response: Response): Promise<T> {
  const text = await response.text().catch((error: unknown) => {
    const fault = connectionFault(error);
    throw fault === null
      ? error
      : new UnreachableError(`Cannot read ${response.url}: ${fault.text}`, fault.isTemporary);
  });
  const body = parsed<T & Failure>(text);
  if (body === null) {
    const from = response.url === '' ? 'The server' : response.url;
    throw new ApiError(
      `${from} answered with status ${response.status} and no JSON: is a proxy or another server there?`,
      response.status,
    );
  }
  if (response.ok) return body;
  const fields = body.errors?.map((error) => `${error.field}: ${error.message}`).join('; ');
  const parts = [body.errorMessage ?? body.title, body.detail, fields].filter((part) => part !== undefined);
  throw new ApiError(parts.length === 0 ? `status ${response.status}` : parts.join(' — '), response.status);
}

function parsed<T>(text: string): T | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Sends a request with retries and reads its JSON. @throws ApiError */
export async function requestJson<T>(client: ApiClient, path: string, init: RequestInit = {}): Promise<T> {
  return readAnswer<T>(await withRetry(() => client(path, init)));
}
