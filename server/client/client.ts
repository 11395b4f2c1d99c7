/**
 * The typed client that the package publishes as `thermocline/client`. `scripts/client-types.mjs` writes its types from the OpenAPI
 * document, and so from the route declarations.
 */
import type { Client } from 'openapi-fetch';
import createFetchClient from 'openapi-fetch';

export interface ClientOptions {
  /** Address of the server, with the path prefix of its proxy if it has one. */
  readonly url: string;
  /** A token; its scope decides which operations are allowed. */
  readonly token: string;
  /** Sends the requests in place of the global `fetch`, for a proxy, a deadline or tests. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * A client of one server. Its methods (`GET`, `POST`, `PUT`, `DELETE`) take a path of the API with `params` and `body`, and answer
 * `{ data, error, response }`: `error` is the problem document (RFC 9457) of an answer that is no success. They reject if no answer comes.
 * @throws TypeError if `url` is no address of http or https
 */
export function createClient<Paths extends object>({ url, token, fetch }: ClientOptions): Client<Paths> {
  const { protocol } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('url: expected an address of https or http');
  return createFetchClient<Paths>({
    baseUrl: url.replace(/\/+$/, ''),
    headers: { authorization: `Bearer ${token}` },
    ...(fetch === undefined ? {} : { fetch }),
  });
}
