/**
 * Decides which IP addresses outbound requests may connect to. Addresses that embed an IPv4 address (IPv4-mapped, NAT64,
 * 6to4, Teredo) are checked by the embedded one.
 */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [Address, number];

/** Blocked even if the operator allows them: metadata services, link-local, multicast, reserved. */
const ALWAYS_BLOCKED: readonly Network[] = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  '192.0.0.192/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::/32',
].map((cidr) => ipaddr.parseCIDR(cidr));

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
  const bare = text.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(bare)) return 'is not a valid IP address';
  const address = effectiveAddress(ipaddr.parse(bare));
  if (address === null) return 'embeds an address that cannot be checked';
  if (ALWAYS_BLOCKED.some((network) => isIn(address, network)))
    return 'is never allowed (link-local, metadata, multicast or reserved)';
  if (address.range() === 'unicast' || allowed.some((network) => isIn(address, network))) return null;
  return `is ${address.range()} and not in THERMOCLINE_OUTBOUND_ALLOW`;
}

/** True if the address is in a network that the operator allows explicitly. */
export function isAllowed(text: string, allowed: readonly Network[]): boolean {
  const bare = text.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(bare)) return false;
  const address = effectiveAddress(ipaddr.parse(bare));
  return address !== null && allowed.some((network) => isIn(address, network));
}

/** The address that packets are routed to: the embedded IPv4 address, if there is one. */
function effectiveAddress(address: Address): Address | null {
  if (address instanceof ipaddr.IPv4) return address;
  const bytes = address.toByteArray();
  const v4 = (from: number, flip = 0): Address =>
    ipaddr.fromByteArray(bytes.slice(from, from + 4).map((byte) => byte ^ flip));
  switch (address.range()) {
    case 'ipv4Mapped':
    case 'rfc6145':
    case 'rfc6052':
      return v4(12);
    case '6to4':
      return v4(2);
    case 'teredo':
      return v4(12, 0xff);
    default:
      // IPv4-compatible (deprecated): ::a.b.c.d
      return bytes.slice(0, 12).every((byte) => byte === 0) && bytes.slice(12, 15).some((byte) => byte !== 0)
        ? v4(12)
        : address;
  }
}

function isIn(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network as never, bits);
}

function hostNetwork(address: Address): Network {
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
