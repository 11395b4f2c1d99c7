/**
 * The names by which this server may be addressed. A page of a stranger that points its own name at this server (DNS
 * rebinding) is of the same origin to a browser, and would read what needs no token.
 */
import { isIP } from 'node:net';

/** `malformed`: not a host. `unknown`: a name that is not ours. */
export type HostFault = 'malformed' | 'unknown';

/** The host name in `host[:port]`, in lower case and without a final dot; null if it is not one. */
export function hostNameOf(host: string): string | null {
  if (host === '' || /[\s/\\?#@]/.test(host) || !URL.canParse(`http://${host}/`)) return null;
  const { hostname } = new URL(`http://${host}/`);
  // A URL may read what was sent as another name; only its case may differ.
  const sent = host.replace(/:\d*$/, '').toLowerCase();
  return hostname === sent || isAddress(hostname) ? hostname.replace(/\.$/, '') : null;
}

/** What is wrong with the host of a request; null if it may be used. Addresses and loopback names always may. */
export function hostFault(host: string, names: readonly string[]): HostFault | null {
  const name = hostNameOf(host);
  if (name === null) return 'malformed';
  const isOurs = isAddress(name) || name === 'localhost' || name.endsWith('.localhost') || names.includes(name);
  return isOurs ? null : 'unknown';
}

/** An address cannot be pointed elsewhere, so it needs no configuration. */
function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}
