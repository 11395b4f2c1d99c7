import { expect, test } from 'vitest';
import { NO_PROXIES, proxyFor } from './proxy-settings.ts';

const PROXY = 'http://proxy.corp:3128';
const settings = (bypass: readonly string[] = []) => ({ http: 'http://plain.corp:80', https: PROXY, bypass });

test('the scheme of the URL decides, and this machine is reached directly', () => {
  expect(proxyFor('https://logs.eu-west-1.amazonaws.com/', settings())).toBe(PROXY);
  expect(proxyFor('http://hooks.example/', settings())).toBe('http://plain.corp:80');
  expect(proxyFor('https://hooks.example/', { ...settings(), https: null })).toBeNull();
  expect(proxyFor('https://hooks.example/', NO_PROXIES)).toBeNull();
  for (const host of ['localhost:8020', '127.0.0.1', '127.8.8.8:1', '[::1]:8020', 'a.localhost'])
    expect(proxyFor(`http://${host}/`, settings())).toBeNull();
});

/** What curl and Go do with NO_PROXY. */
test.each([
  ['amazonaws.com', 'https://logs.eu-west-1.amazonaws.com/', true],
  ['.amazonaws.com', 'https://logs.eu-west-1.amazonaws.com/', true],
  ['*.amazonaws.com', 'https://logs.eu-west-1.amazonaws.com/', true],
  ['AMAZONAWS.COM', 'https://logs.eu-west-1.amazonaws.com/', true],
  ['aws.com', 'https://logs.eu-west-1.amazonaws.com/', false],
  ['*', 'https://hooks.example/', true],
  ['', 'https://hooks.example/', false],
  ['.', 'https://hooks.example/', false],
  ['hooks.example:8443', 'https://hooks.example:8443/', true],
  ['hooks.example:443', 'https://hooks.example/', true],
  ['hooks.example:8443', 'https://hooks.example/', false],
  ['10.0.0.0/8', 'https://10.20.30.40/', true],
  ['10.0.0.0/8', 'https://11.20.30.40/', false],
  ['192.168.1.0/25', 'https://192.168.1.200/', false],
  ['0.0.0.0/0', 'https://203.0.113.9/', true],
  ['10.1.2.3', 'https://10.1.2.3:8443/', true],
  ['fd00::1', 'https://[fd00::1]/', true],
  ['[fd00::1]:443', 'https://[fd00::1]/', true],
])('NO_PROXY=%s, %s: direct %s', (entry, url, direct) => {
  expect(proxyFor(url, settings([entry])) === null).toBe(direct);
});
