/**
 * Which addresses count as public. Expected values come from the special-purpose registries of IANA (state of 18 July 2026),
 * the registries of multicast addresses, and the documentation of the cloud providers.
 */
import { describe, expect, test } from 'vitest';
import { blockReasonOf, isAllowed, parseNetworks } from './outbound-address.ts';

const EVERYTHING = parseNetworks(['0.0.0.0/0', '::/0']);

/** Block, "Globally Reachable", first and last address. `null`: the registry says N/A, or nothing for a block that has ended. */
type Row = readonly [string, boolean | null, string, string];

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
const IPV4: readonly Row[] = [
  ['0.0.0.0/8 "This network"', false, '0.0.0.0', '0.255.255.255'],
  ['0.0.0.0/32 "This host on this network"', false, '0.0.0.0', '0.0.0.0'],
  ['10.0.0.0/8 Private-Use', false, '10.0.0.0', '10.255.255.255'],
  ['100.64.0.0/10 Shared Address Space', false, '100.64.0.0', '100.127.255.255'],
  ['127.0.0.0/8 Loopback', false, '127.0.0.0', '127.255.255.255'],
  ['169.254.0.0/16 Link Local', false, '169.254.0.0', '169.254.255.255'],
  ['172.16.0.0/12 Private-Use', false, '172.16.0.0', '172.31.255.255'],
  ['192.0.0.0/24 IETF Protocol Assignments', false, '192.0.0.0', '192.0.0.255'],
  ['192.0.0.0/29 IPv4 Service Continuity Prefix', false, '192.0.0.0', '192.0.0.7'],
  ['192.0.0.8/32 IPv4 dummy address', false, '192.0.0.8', '192.0.0.8'],
  ['192.0.0.9/32 Port Control Protocol Anycast', true, '192.0.0.9', '192.0.0.9'],
  ['192.0.0.10/32 Traversal Using Relays around NAT Anycast', true, '192.0.0.10', '192.0.0.10'],
  ['192.0.0.170/32, 192.0.0.171/32 NAT64/DNS64 Discovery', false, '192.0.0.170', '192.0.0.171'],
  ['192.0.2.0/24 Documentation (TEST-NET-1)', false, '192.0.2.0', '192.0.2.255'],
  ['192.31.196.0/24 AS112-v4', true, '192.31.196.0', '192.31.196.255'],
  ['192.52.193.0/24 AMT', true, '192.52.193.0', '192.52.193.255'],
  ['192.88.99.0/24 Deprecated (6to4 Relay Anycast)', null, '192.88.99.0', '192.88.99.255'],
  ['192.88.99.2/32 6a44-relay anycast address', false, '192.88.99.2', '192.88.99.2'],
  ['192.168.0.0/16 Private-Use', false, '192.168.0.0', '192.168.255.255'],
  ['192.175.48.0/24 Direct Delegation AS112 Service', true, '192.175.48.0', '192.175.48.255'],
  ['198.18.0.0/15 Benchmarking', false, '198.18.0.0', '198.19.255.255'],
  ['198.51.100.0/24 Documentation (TEST-NET-2)', false, '198.51.100.0', '198.51.100.255'],
  ['203.0.113.0/24 Documentation (TEST-NET-3)', false, '203.0.113.0', '203.0.113.255'],
  ['240.0.0.0/4 Reserved', false, '240.0.0.0', '255.255.255.255'],
  ['255.255.255.255/32 Limited Broadcast', false, '255.255.255.255', '255.255.255.255'],
];

const MAX = 'ffff:ffff:ffff:ffff';

/** https://www.iana.org/assignments/iana-ipv6-special-registry, but 64:ff9b::/96 and ::ffff:0:0/96, which spell IPv4 addresses. */
const IPV6: readonly Row[] = [
  ['::1/128 Loopback Address', false, '::1', '::1'],
  ['::/128 Unspecified Address', false, '::', '::'],
  ['64:ff9b:1::/48 IPv4-IPv6 Translat.', false, '64:ff9b:1::', `64:ff9b:1:ffff:${MAX}`],
  ['100::/64 Discard-Only Address Block', false, '100::', `100::${MAX}`],
  ['100:0:0:1::/64 Dummy IPv6 Prefix', false, '100:0:0:1::', `100:0:0:1:${MAX}`],
  ['2001::/23 IETF Protocol Assignments', false, '2001::', `2001:1ff:ffff:ffff:${MAX}`],
  ['2001::/32 TEREDO', null, '2001::', `2001:0:ffff:ffff:${MAX}`],
  ['2001:1::1/128 Port Control Protocol Anycast', true, '2001:1::1', '2001:1::1'],
  ['2001:1::2/128 Traversal Using Relays around NAT Anycast', true, '2001:1::2', '2001:1::2'],
  ['2001:1::3/128 DNS-SD Service Registration Protocol Anycast', true, '2001:1::3', '2001:1::3'],
  ['2001:2::/48 Benchmarking', false, '2001:2::', `2001:2:0:ffff:${MAX}`],
  ['2001:3::/32 AMT', true, '2001:3::', `2001:3:ffff:ffff:${MAX}`],
  ['2001:4:112::/48 AS112-v6', true, '2001:4:112::', `2001:4:112:ffff:${MAX}`],
  ['2001:10::/28 Deprecated (previously ORCHID)', null, '2001:10::', `2001:1f:ffff:ffff:${MAX}`],
  ['2001:20::/28 ORCHIDv2', true, '2001:20::', `2001:2f:ffff:ffff:${MAX}`],
  ['2001:30::/28 Drone Remote ID Protocol Entity Tags', true, '2001:30::', `2001:3f:ffff:ffff:${MAX}`],
  ['2001:db8::/32 Documentation', false, '2001:db8::', `2001:db8:ffff:ffff:${MAX}`],
  ['2002::/16 6to4', null, '2002::', `2002:ffff:ffff:ffff:${MAX}`],
  ['2620:4f:8000::/48 Direct Delegation AS112 Service', true, '2620:4f:8000::', `2620:4f:8000:ffff:${MAX}`],
  ['3fff::/20 Documentation', false, '3fff::', `3fff:fff:ffff:ffff:${MAX}`],
  ['5f00::/16 Segment Routing (SRv6) SIDs', false, '5f00::', `5f00:ffff:ffff:ffff:${MAX}`],
  ['fc00::/7 Unique-Local', false, 'fc00::', `fdff:ffff:ffff:ffff:${MAX}`],
  ['fe80::/10 Link-Local Unicast', false, 'fe80::', `febf:ffff:ffff:ffff:${MAX}`],
];

describe('the special-purpose registries', () => {
  const rows = [...IPV4, ...IPV6];

  test.each(rows.filter(([, isReachable]) => isReachable !== true))('%s is refused', (_, __, first, last) => {
    expect([blockReasonOf(first, []), blockReasonOf(last, [])]).not.toContain(null);
  });

  // Addresses of protocols, not of hosts that receive webhooks.
  test.each(rows.filter(([, isReachable]) => isReachable === true))(
    '%s is refused, although it is globally reachable, until the operator allows it',
    (_, __, first, last) => {
      expect([blockReasonOf(first, []), blockReasonOf(last, [])]).not.toContain(null);
      expect([blockReasonOf(first, EVERYTHING), blockReasonOf(last, EVERYTHING)]).toEqual([null, null]);
    },
  );

  test('have 25 blocks each', () => expect([IPV4.length, IPV6.length + 2]).toEqual([25, 25]));

  test('64:ff9b::/96 and ::ffff:0:0/96 are judged as the IPv4 address that they spell', () => {
    for (const prefix of ['64:ff9b::', '::ffff:', '0064:FF9B:0:0:0:0:', '0:0:0:0:0:FFFF:']) {
      expect(blockReasonOf(`${prefix}93.184.216.34`, [])).toBeNull();
      for (const [, , first, last] of IPV4) {
        expect(blockReasonOf(`${prefix}${first}`, [])).not.toBeNull();
        expect(blockReasonOf(`${prefix}${last}`, [])).not.toBeNull();
      }
    }
  });
});

describe('what is next to a block', () => {
  test.each([
    ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
    ...['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '191.255.255.255', '192.0.1.0'],
    ...['192.0.3.0', '192.31.195.255', '192.31.197.0', '192.52.192.255', '192.88.98.255', '192.88.100.0'],
    ...['192.167.255.255', '192.169.0.0', '192.175.47.255', '198.17.255.255', '198.20.0.0', '198.51.99.255'],
    ...['203.0.112.255', '203.0.114.0', '223.255.255.255', '168.63.129.15', '168.63.129.17'],
    ...['2001:200::', `2001:db7:ffff:ffff:${MAX}`, '2001:db9::', `2001:ffff:ffff:ffff:${MAX}`, '2003::'],
    ...[`2620:4f:7fff:ffff:${MAX}`, '2620:4f:8001::', `3ffe:ffff:ffff:ffff:${MAX}`, '3fff:1000::', '2a00:1450::8a'],
  ])('%s is public', (address) => expect(blockReasonOf(address, [])).toBeNull());

  test.each([
    '200::1',
    `1fff:ffff:ffff:ffff:${MAX}`,
    '4000::',
    '64:ff9a::1',
    '64:ff9b:2::1',
    '100:0:0:2::1',
    'fec0::1',
  ])('%s is outside 2000::/3, of which alone IANA allocates global unicast', (address) =>
    expect(blockReasonOf(address, [])).not.toBeNull(),
  );

  test.each(['224.0.0.0', '239.255.255.255', 'ff00::', `ff0e:ffff:ffff:ffff:${MAX}`])(
    '%s is multicast, which has its own registries',
    (address) => expect(blockReasonOf(address, EVERYTHING)).toContain('never allowed'),
  );
});

describe('services of clouds for their hosts are never allowed', () => {
  test.each([
    ['AWS, Azure, Google Cloud, Oracle Cloud, DigitalOcean, OpenStack', '169.254.169.254'],
    ['AWS, credentials of ECS tasks and of EKS pods', '169.254.170.2'],
    ['AWS', 'fd00:ec2::254'],
    ['AWS, EKS pods', 'fd00:ec2::23'],
    ['Azure, WireServer', '168.63.129.16'],
    ['Google Cloud', 'fd20:ce::254'],
    ['Alibaba Cloud', '100.100.100.200'],
    ['Alibaba Cloud', 'fd00:100::100:200'],
    ['Oracle Cloud', 'fd00:c1::a9fe:a9fe'],
    ['Oracle Cloud Classic', '192.0.0.192'],
    ['Scaleway', '169.254.42.42'],
    ['Scaleway', 'fd00:42::42'],
    ['Akamai', 'fd00:a9fe:a9fe::1'],
    ['Tencent Cloud', '169.254.0.23'],
    ['OpenStack', 'fe80::a9fe:a9fe'],
    ['OpenStack', 'fe80::a9fe:a9fe%eth0'],
  ])('%s: %s', (_, address) => {
    expect(blockReasonOf(address, EVERYTHING)).toContain('never allowed');
    if (!address.includes(':')) {
      expect(blockReasonOf(`::ffff:${address}`, EVERYTHING)).toContain('never allowed');
      expect(blockReasonOf(`64:ff9b::${address}`, EVERYTHING)).toContain('never allowed');
    }
  });
});

describe('IPv4 addresses inside IPv6 addresses', () => {
  // 10.0.0.1 = 0a00:0001, 169.254.169.254 = a9fe:a9fe, 168.63.129.16 = a83f:8110, 93.184.216.34 = 5db8:d822;
  // Teredo inverts the bits of the client: f5ff:fffe, 5601:5601, 57c0:7eef, a247:27dd.
  const forms: readonly (readonly [string, string, string, string, string])[] = [
    ['IPv4-compatible', '::a00:1', '::a9fe:a9fe', '::a83f:8110', '::5db8:d822'],
    ['IPv4-translated', '::ffff:0:a00:1', '::ffff:0:a9fe:a9fe', '::ffff:0:a83f:8110', '::ffff:0:5db8:d822'],
    [
      'local NAT64 /48',
      '64:ff9b:1:a00:0:100::',
      '64:ff9b:1:a9fe:a9:fe00::',
      '64:ff9b:1:a83f:81:1000::',
      '64:ff9b:1:5db8:d8:2200::',
    ],
    [
      'local NAT64 /56',
      '64:ff9b:1:a:0:1::',
      '64:ff9b:1:a9:fe:a9fe::',
      '64:ff9b:1:a8:3f:8110::',
      '64:ff9b:1:5d:b8:d822::',
    ],
    [
      'local NAT64 /64',
      '64:ff9b:1:0:a:0:100:0',
      '64:ff9b:1:0:a9:fea9:fe00:0',
      '64:ff9b:1:0:a8:3f81:1000:0',
      '64:ff9b:1:0:5d:b8d8:2200:0',
    ],
    ['local NAT64 /96', '64:ff9b:1::a00:1', '64:ff9b:1::a9fe:a9fe', '64:ff9b:1::a83f:8110', '64:ff9b:1::5db8:d822'],
    ['6to4', '2002:a00:1::1', '2002:a9fe:a9fe::1', '2002:a83f:8110::1', '2002:5db8:d822::1'],
    [
      'Teredo server',
      '2001:0:a00:1:0:0:a247:27dd',
      '2001:0:a9fe:a9fe:0:0:a247:27dd',
      '2001:0:a83f:8110:0:0:a247:27dd',
      '2001:0:5db8:d822:0:0:a247:27dd',
    ],
    [
      'Teredo client',
      '2001:0:5db8:d822:0:0:f5ff:fffe',
      '2001:0:5db8:d822:0:0:5601:5601',
      '2001:0:5db8:d822:0:0:57c0:7eef',
      '2001:0:5db8:d822:0:0:a247:27dd',
    ],
    ['ISATAP without prefix', '::5efe:a00:1', '::5efe:a9fe:a9fe', '::5efe:a83f:8110', '::5efe:5db8:d822'],
    ['ISATAP, universal', '::200:5efe:a00:1', '::200:5efe:a9fe:a9fe', '::200:5efe:a83f:8110', '::200:5efe:5db8:d822'],
  ];

  test.each(forms)('%s: refused whatever it holds; never a service of the cloud', (_, inner, metadata, azure, open) => {
    for (const address of [inner, metadata, azure, open]) expect(blockReasonOf(address, [])).not.toBeNull();
    for (const address of [metadata, azure]) expect(blockReasonOf(address, EVERYTHING)).toContain('never allowed');
    for (const address of [inner, open]) expect(blockReasonOf(address, EVERYTHING)).toBeNull();
  });

  test.each(['2a00:1450:1:2:0:5efe:', '2a00:1450:1:2:200:5efe:', '2a00:1450:1:2:300:5efe:'])(
    'ISATAP below a public prefix (%s) is judged by both',
    (prefix) => {
      expect(blockReasonOf(`${prefix}5db8:d822`, [])).toBeNull();
      expect(blockReasonOf(`${prefix}a00:1`, [])).toContain('contains an IPv4 address');
      expect(blockReasonOf(`${prefix}a00:1`, parseNetworks(['10.0.0.0/8']))).toBeNull();
      expect(blockReasonOf(`${prefix}a9fe:a9fe`, parseNetworks(['2a00::/16']))).toContain('never allowed');
    },
  );

  test('an interface identifier that only resembles ISATAP is an ordinary host', () => {
    for (const address of ['2a00:1450:1:2:1000:5efe:a00:1', '2a00:1450:1:2:0:5eff:a00:1', '2a00:1450:1:2:1:5efe:a00:1'])
      expect(blockReasonOf(address, [])).toBeNull();
  });
});

describe('what the operator allows', () => {
  test.each([
    ['10.0.0.0/8', '10.1.2.3', '11.1.2.3'],
    ['10.1.2.3', '10.1.2.3', '10.1.2.4'],
    ['10.0.0.0/8', '::ffff:10.1.2.3', '2002:a01:203::1'],
    ['::1', '::1', '127.0.0.1'],
    ['fd12::/16', 'fd12::1', 'fd13::1'],
    ['64:ff9b:1::/96', '64:ff9b:1::a00:1', '64:ff9b:1:1::a00:1'],
    ['192.31.196.0/24', '192.31.196.1', '192.31.197.1'],
  ])('%s allows %s, and adds nothing to %s', (network, inside, outside) => {
    const allowed = parseNetworks([network]);
    expect([isAllowed(inside, allowed), blockReasonOf(inside, allowed)]).toEqual([true, null]);
    expect([isAllowed(outside, allowed), blockReasonOf(outside, allowed)]).toEqual([false, blockReasonOf(outside, [])]);
    expect(blockReasonOf(inside, [])).toContain('THERMOCLINE_OUTBOUND_ALLOW');
  });
});
