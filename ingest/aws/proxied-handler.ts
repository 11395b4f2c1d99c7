/** Sends requests of AWS clients through a proxy. Without proxies the SDK's own handler is used. */

import type { Dispatcher } from 'undici';
import { Agent, ProxyAgent, request as send } from 'undici';
import type { ProxySettings } from '../api/proxy-settings.ts';
import { proxyFor } from '../api/proxy-settings.ts';

/** The part of the SDK's request that is sent. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>> | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

export interface HandlerTimeouts {
  readonly requestTimeout: number;
  readonly connectionTimeout: number;
}

/** A request handler as the AWS SDK expects one. It also serves the credential providers of the client. */
export class ProxiedHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #settings: ProxySettings;
  readonly #timeouts: HandlerTimeouts;
  readonly #dispatchers = new Map<string | null, Dispatcher>();

  constructor(settings: ProxySettings, timeouts: HandlerTimeouts) {
    this.#settings = settings;
    this.#timeouts = timeouts;
  }

  /** @throws the error of the connection */
  async handle(
    request: SdkRequest,
    options: { readonly abortSignal?: unknown } = {},
  ): Promise<{ readonly response: SdkResponse }> {
    const url = urlOf(request);
    const { statusCode, headers, body } = await send(url, {
      method: request.method as Dispatcher.HttpMethod,
      headers: { ...request.headers },
      body: (request.body ?? null) as string | Uint8Array | null,
      dispatcher: this.#dispatcherFor(proxyFor(url, this.#settings)),
      ...(options.abortSignal instanceof AbortSignal ? { signal: options.abortSignal } : {}),
    });
    const single = Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
    );
    return { response: { statusCode, headers: Object.fromEntries(single), body } };
  }

  destroy(): void {
    for (const dispatcher of this.#dispatchers.values()) dispatcher.destroy().catch(() => undefined);
    this.#dispatchers.clear();
  }

  /** The SDK may ask a handler for its settings; there are none to change. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): object {
    return {};
  }

  #dispatcherFor(proxy: string | null): Dispatcher {
    let dispatcher = this.#dispatchers.get(proxy);
    if (dispatcher === undefined) {
      const { requestTimeout, connectionTimeout } = this.#timeouts;
      const timeouts = { headersTimeout: requestTimeout, bodyTimeout: requestTimeout };
      dispatcher =
        proxy === null
          ? new Agent({ ...timeouts, connect: { timeout: connectionTimeout } })
          : new ProxyAgent({
              uri: proxy,
              proxyTunnel: false,
              ...timeouts,
              proxyTls: { timeout: connectionTimeout },
              requestTls: { timeout: connectionTimeout },
            });
      this.#dispatchers.set(proxy, dispatcher);
    }
    return dispatcher;
  }
}

function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one: string | null) =>
      one === null ? encoded(name) : `${encoded(name)}=${encoded(one)}`,
    ),
  );
  const host = hostname.includes(':') && !hostname.startsWith('[') ? `[${hostname}]` : hostname;
  return `${protocol}//${host}${port === undefined ? '' : `:${port}`}${path}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`;
}

/** Percent-encoding as AWS signs it (RFC 3986). */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
