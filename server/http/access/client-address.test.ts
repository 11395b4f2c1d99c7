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
  expect(addressGroup('unknown')).toBe('unknown');
});
