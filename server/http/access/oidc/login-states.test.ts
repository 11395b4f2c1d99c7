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

test('used sign-ins are remembered until they expire, ten thousand at most', () => {
  const { clock, states } = setUp();
  const used = (n: number) => {
    const one = states.begin(`/${n}`);
    states.use(one.login);
    return one;
  };
  const first = used(0);
  clock.ms += LOGIN_MS - 1;
  used(1);
  // Not over yet.
  expect(states.find(first.sealed, first.login.state)).toBeNull();
  const all = Array.from({ length: 10_000 }, (_, n) => used(n));
  // Of these the oldest had to go: what is not remembered could be used again.
  expect(all.slice(1).every(({ sealed, login }) => states.find(sealed, login.state) === null)).toBe(true);
});

test('where a sign-in returns is kept with it', () => {
  const { states } = setUp();
  const { login, sealed } = states.begin('/functions?x=1#y');
  expect(states.find(sealed, login.state)?.returnTo).toBe('/functions?x=1#y');
  expect(login.expiresMs).toBe(1_000_000 + 600_000);
});

test.each([
  [`/${'x'.repeat(1999)}`, true],
  [`/${'x'.repeat(2000)}`, false],
  ['/a b', true],
  ['/a\u0000b', false],
  ['/a\u007fb', false],
  ['x/a', false],
])('%j is a path of this site: %s', (text, expected) => {
  expect(ownPath(text) !== '/').toBe(expected);
});
