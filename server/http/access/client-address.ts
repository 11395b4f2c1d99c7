/** The address of a client, and what limits count as one address. */
import type { Context as HonoContext } from 'hono';
import ipaddr from 'ipaddr.js';
import type { Config } from '../../config/environment.ts';

const LONGEST_ADDRESS = 64;

/** The peer's address, or with a trusted proxy the last address of X-Forwarded-For. */
export function clientOf(c: HonoContext, { trustProxy }: Pick<Config, 'trustProxy'>): string {
  const { incoming } = (c.env ?? {}) as { incoming?: { socket?: { remoteAddress?: string } } };
  return clientAddress(c.req.header('x-forwarded-for'), incoming?.socket?.remoteAddress, trustProxy);
}

/** {@link clientOf} without a request: from the forwarding header and the peer's address. */
export function clientAddress(forwarded: string | undefined, peer: string | undefined, trustProxy: boolean): string {
  const last = trustProxy ? (forwarded ?? '').split(',').at(-1)?.trim() : undefined;
  if (last !== undefined && last !== '') return withoutPort(last).slice(0, LONGEST_ADDRESS);
  return peer ?? 'local';
}

/** Some proxies forward the port too, as `a.b.c.d:port` or `[address]:port`: each connection has another one. */
function withoutPort(entry: string): string {
  const found = /^"?(?:\[([^\]]+)\]|([\d.]+))(?::\d+)?"?$/.exec(entry)?.slice(1).find(Boolean);
  // Without brackets, a port is only told from a part of the address where the address has all its parts.
  const address = found ?? (ipaddr.isValid(entry) ? entry : /^([\da-f:]+):\d+$/i.exec(entry)?.[1]);
  return address !== undefined && ipaddr.isValid(address) ? address : entry;
}

/**
 * What counts as one address: an IPv4 address, or the /64 that one host of IPv6 usually has to itself. All that is no address
 * counts as one, so that nobody gets a new count with another spelling.
 */
export function addressGroup(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${ipaddr.fromByteArray([...parsed.toByteArray().slice(0, 8), ...new Array<number>(8).fill(0)]).toString()}/64`;
}
