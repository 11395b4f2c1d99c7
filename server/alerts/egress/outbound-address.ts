/**
 * Decides which IP addresses outbound requests may connect to: IPv4 and IPv6 unicast that IANA registers for no special
 * purpose (https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry), and what the
 * operator allows. IPv4 addresses inside IPv6 addresses are checked as well.
 */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [Address, number];

/** Blocked even if the operator allows them: services of the cloud for its hosts, link-local, multicast, reserved. */
const ALWAYS_BLOCKED: readonly Network[] = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'ff00::/8',
  // Azure (WireServer), Alibaba Cloud, Oracle Cloud Classic
  '168.63.129.16/32',
  '100.100.100.200/32',
  '192.0.0.192/32',
  // AWS, Google Cloud, Oracle Cloud, Scaleway, Akamai, Alibaba Cloud
  'fd00:ec2::/32',
  'fd20:ce::254/128',
  'fd00:c1::a9fe:a9fe/128',
  'fd00:42::42/128',
  'fd00:a9fe:a9fe::1/128',
  'fd00:100::100:200/128',
].map((cidr) => ipaddr.parseCIDR(cidr));

const THIS_NETWORK: Network = ipaddr.parseCIDR('0.0.0.0/8');

/** The only part of IPv6 that IANA has allocated as global unicast. */
const GLOBAL_UNICAST: Network = ipaddr.parseCIDR('2000::/3');

/** Other spellings of an IPv4 address: IPv4-mapped (RFC 4291) and the well-known prefix of NAT64 (RFC 6052). */
const ALIASES: readonly Network[] = ['::ffff:0:0/96', '64:ff9b::/96'].map((cidr) => ipaddr.parseCIDR(cidr));

/** Where an IPv6 address of the prefix holds IPv4 addresses; `flip` is XORed with each byte. */
const EMBEDDINGS: readonly { readonly prefix: Network; readonly bytes: readonly number[]; readonly flip?: number }[] = [
  // IPv4-compatible (RFC 4291) and IPv4-translated (RFC 2765), both deprecated.
  { prefix: ipaddr.parseCIDR('::/96'), bytes: [12, 13, 14, 15] },
  { prefix: ipaddr.parseCIDR('::ffff:0:0:0/96'), bytes: [12, 13, 14, 15] },
  // Local-use NAT64 (RFC 8215) with prefixes of 48, 56, 64 and 96 bits (RFC 6052, 2.2).
  { prefix: ipaddr.parseCIDR('64:ff9b:1::/48'), bytes: [6, 7, 9, 10] },
  { prefix: ipaddr.parseCIDR('64:ff9b:1::/48'), bytes: [7, 9, 10, 11] },
  { prefix: ipaddr.parseCIDR('64:ff9b:1::/48'), bytes: [9, 10, 11, 12] },
  { prefix: ipaddr.parseCIDR('64:ff9b:1::/48'), bytes: [12, 13, 14, 15] },
  // 6to4 (RFC 3056); the server and the client of Teredo (RFC 4380).
  { prefix: ipaddr.parseCIDR('2002::/16'), bytes: [2, 3, 4, 5] },
  { prefix: ipaddr.parseCIDR('2001::/32'), bytes: [4, 5, 6, 7] },
  { prefix: ipaddr.parseCIDR('2001::/32'), bytes: [12, 13, 14, 15], flip: 0xff },
];

/** Parses configured networks. @throws Error naming the entry that is not an IP address or CIDR range. */
export function parseNetworks(cidrs: readonly string[]): readonly Network[] {
  return cidrs.map((cidr) => {
    try {
      return cidr.includes('/') ? ipaddr.parseCIDR(cidr) : hostNetwork(ipaddr.parse(cidr));
    } catch {
      throw new Error(`${cidr} is not a valid IP address or CIDR range`);
    }
  });
}

/** Why connections to the address are blocked; null if they are allowed. */
export function blockReasonOf(text: string, allowed: readonly Network[]): string | null {
  const address = parseAddress(text);
  if (address === null) return 'is not a valid IP address';
  const embedded = embeddedAddresses(address);
  if ([address, ...embedded].some(isNeverAllowed))
    return 'is never allowed (link-local, metadata, multicast or reserved)';
  if (isInAny(address, allowed)) return null;
  const reason = specialPurposeOf(address);
  if (reason !== null) return `is ${reason} and not in THERMOCLINE_OUTBOUND_ALLOW`;
  return embedded.every((inner) => specialPurposeOf(inner) === null || isInAny(inner, allowed))
    ? null
    : 'contains an IPv4 address that is not public and not in THERMOCLINE_OUTBOUND_ALLOW';
}

/** True if the address is in a network that the operator allows explicitly. */
export function isAllowed(text: string, allowed: readonly Network[]): boolean {
  const address = parseAddress(text);
  return address !== null && isInAny(address, allowed);
}

/** Null if the text is no IP address. Other spellings of an IPv4 address become that address. */
function parseAddress(text: string): Address | null {
  const bare = text.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(bare)) return null;
  const address = ipaddr.parse(bare);
  return isInAny(address, ALIASES) ? ipaddr.fromByteArray(address.toByteArray().slice(12)) : address;
}

/** IPv4 addresses that a tunnel or a translator may send packets to, besides the address itself. */
function embeddedAddresses(address: Address): readonly Address[] {
  if (address.kind() === 'ipv4') return [];
  const bytes = address.toByteArray();
  const read = (positions: readonly number[], flip = 0): Address =>
    ipaddr.fromByteArray(positions.map((position) => (bytes[position] ?? 0) ^ flip));
  // Zeros belong to another form: ::1 is no spelling of 0.0.0.1.
  const found = EMBEDDINGS.filter(({ prefix }) => isIn(address, prefix))
    .map((one) => read(one.bytes, one.flip))
    .filter((inner) => !isIn(inner, THIS_NETWORK));
  // ISATAP (RFC 5214, 6.1): below any prefix; two bits of the interface identifier are free.
  const isIsatap = ((bytes[8] ?? 0) & 0xfc) === 0 && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
  return isIsatap ? [...found, read([12, 13, 14, 15])] : found;
}
function isNeverAllowed(address: Address): boolean {
  return isInAny(address, ALWAYS_BLOCKED);
}

/** What the address is registered for; null for public unicast. */
function specialPurposeOf(address: Address): string | null {
  const range = address.range();
  if (range !== 'unicast') return range;
  return address.kind() === 'ipv4' || isIn(address, GLOBAL_UNICAST) ? null : 'outside 2000::/3';
}

function isInAny(address: Address, networks: readonly Network[]): boolean {
  return networks.some((network) => isIn(address, network));
}

function isIn(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network as never, bits);
}

function hostNetwork(address: Address): Network {
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
