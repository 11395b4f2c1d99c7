import { expect, test } from 'vitest';
import { LOGIN_MS, LoginStates, ownPath } from './login-states.ts';

function setUp() {
  const clock = { ms: 1_000_000 };
  return { clock, states: new LoginStates(() => clock.ms) };
}

test('a sign-in is found by its cookie and its state, once, within ten minutes', () => {
  const { clock, states } = setUp();
  const { login, sealed } = states.begin('/a');
  expect(states.find(sealed, login.state)).toEqual(login);
  expect(states.find(sealed, 'another')).toBeNull();
  expect(states.find(null, login.state)).toBeNull();
  clock.ms += LOGIN_MS - 1;
  expect(states.find(sealed, login.state)).toEqual(login);
  states.use(login);
  expect(states.find(sealed, login.state)).toBeNull();
  const late = states.begin('/a');
  clock.ms += LOGIN_MS;
  expect(states.find(late.sealed, late.login.state)).toBeNull();
});

test('what was sealed by another process, or changed, is not accepted', () => {
  const { states } = setUp();
  const { login, sealed } = states.begin('/a');
  expect(setUp().states.find(sealed, login.state)).toBeNull();
  for (const at of [0, 20, 60, sealed.length - 3]) {
    const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
    expect(states.find(changed, login.state)).toBeNull();
  }
  for (const text of ['', 'x', 'A'.repeat(37), 'A'.repeat(200)]) expect(states.find(text, login.state)).toBeNull();
});

test('secrets differ and hold 256 bits', () => {
  const { states } = setUp();
  const all = [states.begin('/'), states.begin('/')].flatMap(({ login }) => [login.state, login.nonce, login.verifier]);
  expect(new Set(all).size).toBe(6);
  for (const one of all) expect(one).toMatch(/^[\w-]{43}$/);
});

test.each([
  ['/functions?from=now-1h#x', '/functions?from=now-1h#x'],
  ['/', '/'],
  ['/a/../b', '/b'],
  [undefined, '/'],
  ['', '/'],
  ['functions', '/'],
  ['https://evil.example.com', '/'],
  ['//evil.example.com', '/'],
  ['/\\evil.example.com', '/'],
  ['/a\\b', '/'],
  ['/\n/evil.example.com', '/'],
  ['/a/..//evil.example.com', '/'],
  ['/.//evil.example.com', '/'],
  ['/%2e%2e//evil.example.com', '/'],
  [`/${'x'.repeat(2000)}`, '/'],
])('%j leads to %s', (text, expected) => {
  expect(ownPath(text)).toBe(expected);
});
