/**
 * The one door out. Every attempt checks the address that is connected to, whatever its name said a moment ago; nothing is
 * followed, little is read, and no answer takes longer than it may.
 */
import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import type { Agent } from 'undici';
import { isListed, parseNetworks, refusalOf } from './outbound-address.ts';

export interface OutboundPolicy {
  /** Networks beyond the public ones, as addresses or CIDR. */
  readonly allow: readonly string[];
  /** Whether http: may be used at all. */
  readonly http: boolean;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The beginning of the body. */
  readonly body: string;
  readonly tookMs: number;
}

/** The request was not made, or got no answer. `blocked`: by our own policy, and trying again is of no use. */
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
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 15_000;
const MOST_ANSWER_BYTES = 65_536;
const MOST_HEADER_BYTES = 16_384;
const PORTS = new Set(['', '80', '443']);
const HIGH_PORTS = { from: 8000, to: 9999 };

type Resolve = (
  hostname: string,
  options: { readonly all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void,
) => void;

export interface GuardedFetchOptions {
  readonly policy: OutboundPolicy;
  readonly resolve?: Resolve;
  readonly timeoutMs?: number;
  readonly now?: () => number;
}

export class GuardedFetch {
  readonly #policy: OutboundPolicy;
  readonly #networks;
  readonly #connect: Agent.Options;
  #agent: Promise<Agent> | null = null;
  readonly #timeoutMs: number;
  readonly #now: () => number;

  constructor({
    policy,
    resolve = systemLookup,
    timeoutMs = TIMEOUT_MS,
    now = performance.now.bind(performance),
  }: GuardedFetchOptions) {
    this.#policy = policy;
    this.#networks = parseNetworks(policy.allow);
    this.#timeoutMs = timeoutMs;
    this.#now = now;
    const networks = this.#networks;
    const lookup: LookupFunction = (hostname, options, done) => {
      resolve(hostname, { all: true }, (error, addresses) => {
        if (error !== null) return done(error, '', 4);
        // One address that may not be reached spoils the name: which one is connected to is not ours to choose.
        for (const { address } of addresses) {
          const refusal = refusalOf(address, networks);
          if (refusal !== null)
            return done(new OutboundError(`${hostname} resolves to an address that ${refusal}`, true), '', 4);
        }
        const [first] = addresses;
        if (first === undefined) return done(new Error(`${hostname} has no address`), '', 4);
        if (options.all === true) return done(null, addresses);
        return done(null, first.address, first.family);
      });
    };
    this.#connect = {
      // A kept connection would not be looked up again.
      pipelining: 0,
      keepAliveTimeout: 1,
      keepAliveMaxTimeout: 1,
      maxHeaderSize: MOST_HEADER_BYTES,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      connect: { lookup, timeout: timeoutMs },
    };
  }

  /** Why requests to this URL are refused before anything is looked up; null where they are not. */
  refusal(url: string): string | null {
    const parsed = URL.canParse(url) ? new URL(url) : null;
    if (parsed === null) return 'expected an absolute URL such as https://example.com/hook';
    const { protocol, hostname, port, username, password } = parsed;
    if (protocol !== 'https:' && protocol !== 'http:') return `expected https:, not ${protocol}`;
    if (username !== '' || password !== '')
      return 'credentials in a URL are not allowed: use a header or the signature';
    const literal = isIP(hostname.replace(/^\[|\]$/g, '')) !== 0;
    if (protocol === 'http:' && !this.#policy.http) {
      return 'http: is not allowed: use https:, or let the operator allow it (THERMOCLINE_OUTBOUND_HTTP)';
    }
    if (literal) {
      const refusal = refusalOf(hostname, this.#networks);
      if (refusal !== null) return `the address ${refusal}`;
    } else if (/(^|\.)localhost\.?$/i.test(hostname) && !isListed('127.0.0.1', this.#networks)) {
      return 'this machine itself has to be allowed by the operator (THERMOCLINE_OUTBOUND_ALLOW)';
    }
    const high = Number(port) >= HIGH_PORTS.from && Number(port) <= HIGH_PORTS.to;
    // What a name will resolve to is not known yet: only addresses that the operator lists take any port.
    const listed = literal && isListed(hostname, this.#networks);
    if (!PORTS.has(port) && !high && !listed) return `port ${port} is not allowed: 80, 443 and 8000 to 9999 are`;
    return null;
  }

  /** POSTs, and reads the beginning of the answer. @throws OutboundError when there is none. */
  async post({ url, body, headers }: OutboundRequest): Promise<OutboundAnswer> {
    const refusal = this.refusal(url);
    if (refusal !== null) throw new OutboundError(refusal, true);
    const began = this.#now();
    const deadline = AbortSignal.timeout(this.#timeoutMs);
    try {
      // Loaded when something is sent: a server that tells nobody does without.
      const undici = await import('undici');
      this.#agent ??= Promise.resolve(new undici.Agent(this.#connect));
      const response = await undici.request(url, {
        method: 'POST',
        body,
        headers: { ...headers, connection: 'close' },
        dispatcher: await this.#agent,
        signal: deadline,
      });
      const text = await beginning(response.body);
      return {
        status: response.statusCode,
        headers: Object.fromEntries(
          Object.entries(response.headers).flatMap(([name, value]) =>
            value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
          ),
        ),
        body: text,
        tookMs: this.#now() - began,
      };
    } catch (error) {
      if (error instanceof OutboundError) throw error;
      if (deadline.aborted) throw new OutboundError(`no whole answer within ${this.#timeoutMs / 1000} s`, false);
      throw new OutboundError(describe(error), false);
    }
  }

  async close(): Promise<void> {
    await (await this.#agent)?.destroy();
  }
}

/** Of the body, up to a limit; the rest is not taken off the wire. */
async function beginning(body: AsyncIterable<Buffer> & { destroy(): unknown }): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= MOST_ANSWER_BYTES) {
      body.destroy();
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, MOST_ANSWER_BYTES).toString('utf8');
}

/** What went wrong, without addresses: who may see it may not be who may know them. */
function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ECONNREFUSED':
      return 'the connection was refused';
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return 'the connection was closed before an answer';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the name could not be resolved';
    case 'UND_ERR_HEADERS_OVERFLOW':
      return 'the headers of the answer are too large';
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
    case 'ETIMEDOUT':
      return 'no answer in time';
    default:
      return code.startsWith('ERR_TLS') ||
        code.includes('CERT') ||
        code.startsWith('ERR_SSL') ||
        code.startsWith('DEPTH_ZERO')
        ? `the certificate or TLS was not accepted (${code})`
        : `the request failed${code === '' ? '' : ` (${code})`}`;
  }
}
