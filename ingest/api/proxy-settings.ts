/** Which proxy an outgoing request takes: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as curl and Go read them. */

export interface ProxySettings {
  /** Proxy of `http:` URLs; null for none. */
  readonly http: string | null;
  /** Proxy of `https:` URLs; null for none. */
  readonly https: string | null;
  /** Hosts that are reached directly: names with their subdomains, addresses, IPv4 ranges, or `*`. */
  readonly bypass: readonly string[];
}

export const NO_PROXIES: ProxySettings = { http: null, https: null, bypass: [] };

const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The proxy for a URL; null if it is reached directly, as this machine always is. */
export function proxyFor(url: string, settings: ProxySettings): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, port } = new URL(url);
  const proxy = protocol === 'https:' ? settings.https : protocol === 'http:' ? settings.http : null;
  if (proxy === null || LOOPBACK.test(hostname)) return null;
  const usedPort = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  const host = hostname.replace(/\.$/, '').replace(/^\[|\]$/g, '');
  return settings.bypass.some((entry) => matchesEntry(entry, host, usedPort)) ? null : proxy;
}

function matchesEntry(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const withPort = /^(.+):(\d{1,5})$/.exec(entry);
  const isAddress = (entry.match(/:/g)?.length ?? 0) > 1 && !entry.startsWith('[');
  if (withPort !== null && !isAddress && withPort[2] !== port) return false;
  const name = (isAddress ? entry : (withPort?.[1] ?? entry)).toLowerCase().replace(/^\[|\]$/g, '');
  const range = ipv4Range(name);
  if (range !== null) {
    const address = ipv4(host);
    return address !== null && Math.floor(address / range.size) === Math.floor(range.first / range.size);
  }
  const domain = name.replace(/^\*?\./, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function ipv4Range(text: string): { readonly first: number; readonly size: number } | null {
  const [address = '', bits] = text.split('/');
  const first = ipv4(address);
  if (first === null || bits === undefined || !/^(?:\d|[12]\d|3[0-2])$/.test(bits)) return null;
  return { first, size: 2 ** (32 - Number(bits)) };
}

function ipv4(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0);
}
