import { expect, test } from 'vitest';
import { addressGroup, clientAddress } from './client-address.ts';

test('the forwarded address counts only behind a trusted proxy, and only its last entry', () => {
  expect(clientAddress('203.0.113.1, 203.0.113.9', '127.0.0.1', true)).toBe('203.0.113.9');
  expect(clientAddress('203.0.113.9', '127.0.0.1', false)).toBe('127.0.0.1');
  expect(clientAddress(undefined, '127.0.0.1', true)).toBe('127.0.0.1');
  expect(clientAddress(' , ', '127.0.0.1', true)).toBe('127.0.0.1');
  expect(clientAddress('x'.repeat(1000), undefined, true)).toHaveLength(64);
  expect(clientAddress(undefined, undefined, false)).toBe('local');
});

// RFC 7239, section 6, has the forms with ports and brackets; Azure Application Gateway writes `address:port` in X-Forwarded-For.
test.each([
  ['203.0.113.9:49152', '203.0.113.9'],
  ['[2001:db8::1]:49152', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['"[2001:db8::1]:49152"', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['203.0.113.9:x', '203.0.113.9:x'],
  ['proxy:80', 'proxy:80'],
])('the forwarded entry %s is the address %s, so that another port is not another client', (entry, address) => {
  expect(clientAddress(`198.51.100.1, ${entry}`, '127.0.0.1', true)).toBe(address);
});

// RFC 4291, 2.5.4: the first 64 bits of a unicast address name the subnet; 2.5.5.2: ::ffff:a.b.c.d maps IPv4.
test('addresses of one IPv6 subnet count as one, and mapped IPv4 addresses as IPv4', () => {
  expect(addressGroup('192.0.2.7')).toBe('192.0.2.7');
  expect(addressGroup('::ffff:192.0.2.7')).toBe('192.0.2.7');
  expect(addressGroup('2001:db8:1:2:3:4:5:6')).toBe(addressGroup('2001:db8:1:2::1'));
  expect(addressGroup('2001:db8:1:2::1')).not.toBe(addressGroup('2001:db8:1:3::1'));
});

/** The group of a forwarded entry behind a trusted proxy. */
const groupOf = (entry: string): string => addressGroup(clientAddress(entry, '127.0.0.1', true));

test.each([
  [
    '198.51.100.2',
    [
      '::ffff:198.51.100.2',
      '::FFFF:c633:6402',
      '[::ffff:198.51.100.2]',
      '0:0:0:0:0:ffff:c633:6402',
      '"198.51.100.2:1"',
    ],
  ],
  ['198.51.100.2', ['198.51.100.2:1', ' 198.51.100.2 ', '198.51.100.3, 198.51.100.2', 'x, "y", 198.51.100.2:65535']],
  [
    '2001:db8:1:2::1',
    [
      '2001:DB8:1:2::2',
      '2001:0db8:0001:0002:0:0:0:3',
      '[2001:db8:1:2::4]:4711',
      '"[2001:db8:1:2::5]:1"',
      '2001:db8:1:2::6%eth0',
    ],
  ],
  ['2001:db8:1:2::1', ['2001:db8:1:2:3:4:5:6:4711', '2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::0.0.0.9']],
  ['unknown', ['_hidden', 'proxy-1:80', '198.51.100.2:x', '2001:db8:1:2:3:4:5:6:7:8:9', 'x'.repeat(500)]],
])('%s in every spelling is one client', (entry, spellings) => {
  expect(new Set(spellings.map(groupOf))).toEqual(new Set([groupOf(entry)]));
});

test('other addresses are other clients', () => {
  const entries = ['198.51.100.2', '198.51.100.3', '2001:db8:1:2::1', '2001:db8:1:3::1', '2001:db9:1:2::1', 'unknown'];
  expect(new Set(entries.map(groupOf)).size).toBe(entries.length);
});
