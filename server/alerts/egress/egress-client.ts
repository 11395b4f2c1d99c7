/**
 * HTTP client for outbound requests, safe against SSRF. Checks the resolved address of every connection, follows no
 * redirects, and limits time and size of responses.
 */
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import type { Agent, Dispatcher } from 'undici';
import type { ProxySettings } from '../../../ingest/api/proxy-settings.ts';
import { NO_PROXIES, proxyFor } from '../../../ingest/api/proxy-settings.ts';
import { blockReasonOf, isAllowed, parseNetworks } from './outbound-address.ts';

export interface OutboundPolicy {
  /** Private networks that are allowed, as addresses or CIDR ranges. */
  readonly allow: readonly string[];
  /** Allow `http:` in addition to `https:`. */
  readonly http: boolean;
}

export interface OutboundResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Body, up to 64 KiB, or what arrived of it in time. */
  readonly body: string;
  readonly tookMs: number;
}

/** The request was not sent or got no response. `blocked`: the outbound policy forbids it. */
export class OutboundError extends Error {
  readonly blocked: boolean;

  constructor(message: string, blocked: boolean) {
    super(message);
    this.name = 'OutboundError';
    this.blocked = blocked;
  }
}

export interface OutboundRequest {
  readonly url: string;
  readonly body: string | Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request of any method. */
export interface OutboundCall extends Omit<OutboundRequest, 'body'> {
  readonly method: 'GET' | 'POST';
  readonly body: string | Uint8Array | null;
}

const TIMEOUT_MS = 15_000;
const MAX_RESPONSE_BYTES = 65_536;
const MAX_HEADER_BYTES = 16_384;
const ALLOWED_PORTS = new Set(['', '80', '443']);
const ALLOWED_PORT_RANGE = { from: 8000, to: 9999 };

type Resolve = (
  hostname: string,
  options: { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void,
) => void;

export interface SsrfSafeClientOptions {
  readonly policy: OutboundPolicy;
  /** Proxies of outgoing requests; none by default. */
  readonly proxy?: ProxySettings;
  readonly resolve?: Resolve;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

export class SsrfSafeClient {
  readonly #policy: OutboundPolicy;
  readonly #networks;
  readonly #connect: Agent.Options;
  readonly #proxy: ProxySettings;
  readonly #resolve: Resolve;
  /** One dispatcher for each proxy; null for direct connections. */
  readonly #dispatchers = new Map<string | null, Promise<Dispatcher>>();
  readonly #timeoutMs: number;
  readonly #now: () => number;

  constructor({
    policy,
    proxy = NO_PROXIES,
    resolve = systemLookup,
    timeoutMs = TIMEOUT_MS,
    now = performance.now.bind(performance),
  }: SsrfSafeClientOptions) {
    this.#policy = policy;
    this.#proxy = proxy;
    this.#resolve = resolve;
    this.#networks = parseNetworks(policy.allow);
    this.#timeoutMs = timeoutMs;
    this.#now = now;
    const lookup: LookupFunction = (hostname, options, done) => {
      resolve(hostname, { all: true }, (error, addresses) => {
        if (error !== null) return done(error, '', 4);
        const blocked = this.#blockedAddress(hostname, addresses);
        if (blocked !== null) return done(blocked, '', 4);
        const [first] = addresses;
        if (first === undefined) return done(new Error(`${hostname} has no address`), '', 4);
        if (options.all === true) return done(null, addresses);
        return done(null, first.address, first.family);
      });
    };
    this.#connect = {
      // No reuse of connections: a new request must resolve the name again.
      pipelining: 0,
      keepAliveTimeout: 1,
      keepAliveMaxTimeout: 1,
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { lookup, timeout: timeoutMs },
    };
  }

  /** Rejects the host if any resolved address is blocked: which one is used is not under our control. */
  #blockedAddress(hostname: string, addresses: readonly { readonly address: string }[]): OutboundError | null {
    for (const { address } of addresses) {
      const reason = blockReasonOf(address, this.#networks);
      if (reason !== null) return new OutboundError(`${hostname} resolves to an address that ${reason}`, true);
    }
    return null;
  }

  /**
   * Checks the addresses of a host that a proxy will resolve once more. A name that only the proxy can resolve passes: which
   * addresses it may connect to is then the proxy's decision. @throws OutboundError
   */
  async #checkBehindProxy(hostname: string): Promise<void> {
    if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return;
    const addresses = await new Promise<readonly { readonly address: string }[]>((resolve) =>
      this.#resolve(hostname, { all: true }, (error, found) => resolve(error === null ? found : [])),
    );
    const blocked = this.#blockedAddress(hostname, addresses);
    if (blocked !== null) throw blocked;
  }

  async #createDispatcher(proxy: string | null): Promise<Dispatcher> {
    // Import lazily: saves memory in servers without receivers.
    const { Agent, ProxyAgent } = await import('undici');
    if (proxy === null) return new Agent(this.#connect);
    const { connect: _direct, ...options } = this.#connect;
    const tls = { timeout: this.#timeoutMs };
    return new ProxyAgent({ ...options, uri: proxy, proxyTunnel: false, proxyTls: tls, requestTls: tls });
  }

  /** Why requests to this URL are blocked before its name is resolved; null if they are allowed. */
  blockReason(url: string): string | null {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    if (parsed === null) return 'expected an absolute URL such as https://example.com/hook';
    const { protocol, hostname, port, username, password } = parsed;
    if (protocol !== 'https:' && protocol !== 'http:') return `expected https:, got ${protocol}`;
    if (username !== '' || password !== '') return 'credentials in the URL are not allowed. Use a header instead';
    const isLiteral = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
    if (protocol === 'http:' && !this.#policy.http) {
      return 'http: is not allowed. Use https:, or set THERMOCLINE_OUTBOUND_HTTP=on';
    }
    if (isLiteral) {
      const reason = blockReasonOf(hostname, this.#networks);
      if (reason !== null) return `the address ${reason}`;
    } else if (/(^|\.)localhost\.?$/i.test(hostname) && !isAllowed('127.0.0.1', this.#networks)) {
      return 'localhost is not allowed. Add 127.0.0.0/8 to THERMOCLINE_OUTBOUND_ALLOW';
    }
    const isInRange = Number(port) >= ALLOWED_PORT_RANGE.from && Number(port) <= ALLOWED_PORT_RANGE.to;
    // Any port is allowed only for IP literals in allowed networks: a name may resolve to something else.
    const isAllowedNetwork = isLiteral && isAllowed(hostname, this.#networks);
    if (!ALLOWED_PORTS.has(port) && !isInRange && !isAllowedNetwork)
      return `port ${port} is not allowed. Use 80, 443 or 8000 to 9999`;
    return null;
  }

  /** Sends a POST request. @throws OutboundError if it is blocked, or no status arrives in time. */
  post(request: OutboundRequest): Promise<OutboundResponse> {
    return this.send({ ...request, method: 'POST' });
  }

  /** Sends a request. @throws OutboundError if it is blocked, or no status arrives in time. */
  async send({ url, method, body, headers }: OutboundCall): Promise<OutboundResponse> {
    const reason = this.blockReason(url);
    if (reason !== null) throw new OutboundError(reason, true);
    const startedMs = this.#now();
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    try {
      const proxy = proxyFor(url, this.#proxy);
      if (proxy !== null) await this.#checkBehindProxy(new URL(url).hostname);
      let dispatcher = this.#dispatchers.get(proxy);
      if (dispatcher === undefined) {
        dispatcher = this.#createDispatcher(proxy);
        this.#dispatchers.set(proxy, dispatcher);
      }
      const { request } = await import('undici');
      const response = await request(url, {
        method,
        body,
        headers: { ...headers, connection: 'close' },
        dispatcher: await dispatcher,
        signal: deadline,
      });
      const text = await readLimited(response.body);
      return {
        status: response.statusCode,
        headers: Object.fromEntries(
          Object.entries(response.headers).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
          ),
        ),
        body: text,
        tookMs: this.#now() - startedMs,
      };
    } catch (error) {
      if (error instanceof OutboundError) throw error;
      if (deadline.aborted) throw new OutboundError(`no response within ${this.#timeoutMs / 1000} s`, false);
      throw new OutboundError(describe(error), false);
    }
  }

  /** Closes all connections; requests in progress fail. */
  async close(): Promise<void> {
    for (const dispatcher of this.#dispatchers.values()) await (await dispatcher).destroy();
  }
}

/**
 * Reads the body up to the limit and closes the connection after it. Returns what arrived of a body that breaks off or takes
 * too long: the status has arrived and says what became of the request.
 */
async function readLimited(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_RESPONSE_BYTES) {
        body.destroy();
        break;
      }
    }
  } catch {
    body.destroy();
  }
  return Buffer.concat(chunks).subarray(0, MAX_RESPONSE_BYTES).toString('utf8');
}

/** Describes an error without addresses: readers of the delivery log need not know the network. */
function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'the connection was closed before a response';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name could not be resolved';
    case 'UND_ERR_ABORTED':
      return error instanceof Error && /^Proxy/.test(error.message)
        ? `the proxy refused the connection (${/\d{3}/.exec(error.message)?.[0] ?? 'no status'})`
        : 'the request was aborted';
    case 'UND_ERR_HEADERS_OVERFLOW':
      return 'the response headers are too large';
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
    case 'ETIMEDOUT':
      return 'the request timed out';
    default:
      return code.startsWith('ERR_TLS') ||
        code.includes('CERT') ||
        code.startsWith('ERR_SSL') ||
        code.startsWith('DEPTH_ZERO') ||
        code.startsWith('UNABLE_TO_') ||
        code === 'UND_ERR_PRX_TLS'
        ? `the TLS handshake failed (${code})`
        : `the request failed${code === '' ? '' : ` (${code})`}`;
  }
}
