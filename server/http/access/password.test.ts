import { beforeEach, expect, test, vi } from 'vitest';

const { verify } = vi.hoisted(() => ({ verify: vi.fn<(hash: string, password: string) => Promise<boolean>>() }));
vi.mock('@node-rs/argon2', async (original) => {
  const argon2 = await original<typeof import('@node-rs/argon2')>();
  verify.mockImplementation((hash, password) => argon2.verify(hash, password));
  return { ...argon2, verify };
});

const { hashPassword, isOutdated, isPassword } = await import('./password.ts');
const parametersOf = (hash: string): string | undefined => /^\$argon2id\$v=\d+\$(m=\d+,t=\d+,p=\d+)\$/.exec(hash)?.[1];

beforeEach(() => {
  verify.mockClear();
});

test('a password is verified against its hash', async () => {
  const hash = await hashPassword('correct horse battery');
  expect(parametersOf(hash)).toBe('m=65536,t=3,p=1');
  expect(await isPassword('correct horse battery', hash)).toBe(true);
  expect(await isPassword('wrong horse battery', hash)).toBe(false);
});

test('without a password, a sign-in costs one hash with the same parameters as a wrong password', async () => {
  const hash = await hashPassword('correct horse battery');
  await isPassword('wrong horse battery', hash);
  await isPassword('wrong horse battery', null);
  expect(verify).toHaveBeenCalledTimes(2);
  const [wrong, unset] = verify.mock.calls.map(([used]) => parametersOf(used));
  expect(unset).toBe(wrong);
});

test('no password can be guessed where none is set', async () => {
  const used: string[] = [];
  verify.mockImplementationOnce(async (hash) => {
    used.push(hash);
    return true;
  });
  expect(await isPassword('any', null)).toBe(false);
  expect(used).toHaveLength(1);
});

test('a stored hash that is damaged refuses every password', async () => {
  expect(await isPassword('any', 'not a hash')).toBe(false);
});

test('how a browser composes characters does not matter, upper and lower case do', async () => {
  // é as one character, and as e with an accent; ﬁ as a ligature (NFKC).
  const hash = await hashPassword('caf\u00e9 \ufb01sh and chips', 64);
  expect(await isPassword('cafe\u0301 fish and chips', hash, 64)).toBe(true);
  expect(await isPassword('Cafe\u0301 fish and chips', hash, 64)).toBe(false);
});

test('a hash is outdated with other parameters, memory first', async () => {
  const hash = await hashPassword('correct horse battery', 64);
  expect(parametersOf(hash)).toBe('m=64,t=3,p=1');
  expect([isOutdated(hash, 64), isOutdated(hash, 128), isOutdated(hash)]).toEqual([false, true, true]);
  expect(isOutdated('$argon2id$v=19$m=65536,t=3,p=1$x$y')).toBe(false);
  expect(isOutdated('$argon2id$v=19$m=65536,t=2,p=1$x$y')).toBe(true);
  expect(isOutdated('$argon2id$v=19$m=65536,t=3,p=2$x$y')).toBe(true);
});
