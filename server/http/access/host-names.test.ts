import { expect, test } from 'vitest';
import { hostFault, hostNameOf } from './host-names.ts';

const NAMES = ['thermocline.example.com', 'thermocline'];

test.each([
  'localhost',
  'LOCALHOST:8020',
  'localhost.',
  'app.localhost:8020',
  '127.0.0.1:8020',
  '[::1]:8020',
  '10.1.2.3',
  'thermocline.example.com',
  'Thermocline.Example.COM:443',
  'thermocline.example.com.',
  'thermocline:8020',
])('%s may be used', (host) => {
  expect(hostFault(host, NAMES)).toBeNull();
});

test.each([
  'evil.example',
  'evil.example:8020',
  'thermocline.example.com.evil.example',
  'xthermocline.example.com',
  'localhost.evil.example',
  'evillocalhost',
  '127.0.0.1.nip.io',
  'xn--nxasmq6b.example',
])('%s is not ours', (host) => {
  expect(hostFault(host, NAMES)).toBe('unknown');
});

test.each([
  '',
  'xn--',
  'a b',
  'localhost@evil.example',
  'localhost/evil',
  'localhost:99999',
  'localhost:x',
  '[::1',
  '%00',
  'localhost\\evil',
  'exam%70le.com',
  '*',
  ':8020',
])('%s is not a host', (host) => {
  expect(hostFault(host, NAMES)).not.toBeNull();
});

test('the name is read without its port, in lower case', () => {
  expect(hostNameOf('Example.COM:8020')).toBe('example.com');
  expect(hostNameOf('[2001:DB8::1]:80')).toBe('[2001:db8::1]');
});
