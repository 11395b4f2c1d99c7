/**
 * Which addresses requests may go to. What a URL names decides nothing: the address connected to does. Addresses that carry
 * another inside (IPv4-mapped, NAT64, 6to4, Teredo) are judged by that one.
 */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Network = readonly [Address, number];

/** Never, whatever the operator allows: metadata services and what is no host. */
const NEVER: readonly Network[] = [
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

/** Networks an operator allows, as they are configured. @throws Error naming what is no network. */
export function parseNetworks(cidrs: readonly string[]): readonly Network[] {
  return cidrs.map((cidr) => {
    try {
      return cidr.includes('/') ? ipaddr.parseCIDR(cidr) : hostNetwork(ipaddr.parse(cidr));
    } catch {
      throw new Error(`${cidr} is no network; expected an address or a range such as 10.0.0.0/8`);
    }
  });
}

/** Null where the address may be connected to, else why not. */
export function refusalOf(text: string, allowed: readonly Network[]): string | null {
  const bare = text.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(bare)) return 'is no address';
  const address = inner(ipaddr.parse(bare));
  if (address === null) return 'carries an address that cannot be judged';
  if (NEVER.some((network) => isIn(address, network)))
    return 'is never allowed (link-local, metadata, multicast or reserved)';
  if (address.range() === 'unicast' || allowed.some((network) => isIn(address, network))) return null;
  return `is ${address.range()}, which the operator has to allow (THERMOCLINE_OUTBOUND_ALLOW)`;
}

/** Whether the operator allows the address by name of its network, not because everybody may. */
export function isListed(text: string, allowed: readonly Network[]): boolean {
  const bare = text.replace(/^\[|\]$/g, '');
  if (!ipaddr.isValid(bare)) return false;
  const address = inner(ipaddr.parse(bare));
  return address !== null && allowed.some((network) => isIn(address, network));
}

/** The address that packets end at. */
function inner(address: Address): Address | null {
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
      // IPv4-compatible, long deprecated: ::a.b.c.d
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
