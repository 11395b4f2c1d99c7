/** Whom a sign-in is of, how guesses are throttled, and what invitations and changes of passwords leave: SECURITY.md, docs/operations.md. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../ingest/records/time.ts';
import type { ControlPlane } from '../../../test/support/control-store.ts';
import { openControlPlane } from '../../../test/support/control-store.ts';
import type { Scope } from '../../storage/ports.ts';
import { restrictionOf } from '../../storage/restriction.ts';
import type { Context } from '../context.ts';
import type { SignInWay } from '../implement.ts';
import { ProblemError } from '../problems.ts';
import { Authenticator, newLocalToken, newTokenText, sha256 } from './auth.ts';
import { LocalUsers } from './local-users.ts';
import { LoginThrottle } from './login-throttle.ts';
import { hashPassword, isPassword } from './password.ts';
import { changeOwnPassword, signedIn } from './sign-in.ts';
import { SignInCodes } from './sign-in-codes.ts';

const KIB = 64;
const PASSWORD = 'correct horse battery';
const OTHER = 'staple of the correct horse';
const START = Date.UTC(2026, 10, 21, 12);
type Body = Parameters<typeof signedIn>[0]['body'];

let nowMs = START;
let upMs = 0;
let plane: ControlPlane;
let context: Context;
let localToken: string;
/** What was noted for the audit log of the last sign-in: `name|way`. */
let notes: string[] = [];

beforeEach(async () => {
  [nowMs, upMs] = [START, 0];
  plane = openControlPlane();
  localToken = newLocalToken();
  const auth = new Authenticator(plane.store, () => nowMs, localToken);
  await auth.refresh();
  context = {
    config: { capacity: { hashKib: KIB }, publicUrl: null, trustProxy: false },
    ...{ store: plane.store, auth, now: () => nowMs },
    throttle: new LoginThrottle(() => upMs),
    codes: new SignInCodes(() => upMs),
    users: new LocalUsers({ store: plane.store, auth, hashKib: KIB, now: () => nowMs }),
  } as unknown as Context;
});
afterEach(() => plane.close());

async function addToken(scope: Scope, id: string = scope): Promise<string> {
  const text = newTokenText(scope);
  const token = {
    id,
    name: `the ${id}`,
    scope,
    sha256: sha256(text),
    createdMs: nowMs,
    expiresMs: null,
    restriction: null,
  };
  await context.store.control.addToken(token);
  await context.auth.refresh();
  return text;
}

async function setPassword(password: string, kib = KIB): Promise<void> {
  const owner = { id: 'password', name: 'password', scope: 'admin' as const, sha256: sha256('owner') };
  const times = { createdMs: nowMs, expiresMs: null, restriction: null };
  await context.store.control.setPassword(await hashPassword(password, kib), { ...owner, ...times });
  await context.auth.refresh();
}

/** Who signs in, as `id scope`; of a refusal its code and message. */
async function signIn(body: Body, client = '192.0.2.1'): Promise<string> {
  notes = [];
  const note = (principal: { readonly name: string } | null, how: SignInWay): void => {
    notes.push(`${principal?.name ?? '?'}|${how}`);
  };
  try {
    const { tokenId, scope, session } = await signedIn({ context, body, client, note });
    expect(session).toBeNull();
    return `${tokenId.replace(/^user:local:.*/, 'user')} ${scope}`;
  } catch (error) {
    return refused(error);
  }
}

function refused(error: unknown): string {
  if (!(error instanceof ProblemError)) throw error;
  const fields = error.errors.map(({ field, message }) => `${field}: ${message}`);
  const wait = error.retryAfterSec === null ? [] : [`${error.retryAfterSec} s`];
  return [error.code, ...wait, ...(fields.length > 0 ? fields : [error.message])].join(' | ');
}

async function invite(name: string, role: 'viewer' | 'editor' | 'admin' = 'viewer', entries: string[] = []) {
  const added = await context.users.add(name, { role, restriction: restrictionOf(entries) });
  if (added === null) throw new Error('taken');
  return { id: added.id, code: added.invitation.code };
}

/** Invites a user, who chooses the password. */
async function join(name: string, ...given: [('viewer' | 'editor' | 'admin')?, string[]?]): Promise<string> {
  const { id, code } = await invite(name, ...given);
  expect(await signIn({ invitation: code, password: PASSWORD })).toMatch(/^user /);
  return id;
}

describe('by a token', () => {
  test('of scope read or more; spaces around it do not matter', async () => {
    for (const scope of ['read', 'deploy', 'edit', 'admin'] as const) {
      const token = await addToken(scope);
      expect(await signIn({ token: ` ${token}\n` })).toBe(`${scope} ${scope}`);
      expect(notes).toEqual(['?|token', `the ${scope}|token`]);
    }
  });

  test('in the field that takes passwords too, which the log calls a token', async () => {
    await setPassword(PASSWORD);
    expect(await signIn({ secret: await addToken('read') })).toBe('read read');
    expect(notes).toEqual(['?|secret', 'the read|token']);
    expect(await signIn({ secret: PASSWORD })).toBe('password admin');
    expect(notes).toEqual(['?|secret', 'password|password']);
  });

  test('never of a sender, nor of local commands, whose sessions nothing would end', async () => {
    expect(await signIn({ token: await addToken('ingest') })).toBe(
      'forbidden | Ingest tokens cannot sign in. Use a read or admin token',
    );
    expect(notes).toEqual(['?|token', 'the ingest|token']);
    expect(await signIn({ token: localToken })).toBe(
      'forbidden | The token in server.json is for local commands. Create one to sign in',
    );
  });

  test('that is revoked or wrong is refused', async () => {
    const token = await addToken('admin');
    await context.store.control.revokeToken('admin', nowMs);
    await context.auth.refresh();
    expect(await signIn({ token })).toBe('unauthenticated | This token is unknown or no longer valid');
    expect(await signIn({ token: '' })).toBe('unauthenticated | This token is unknown or no longer valid');
    expect(await signIn({ secret: token })).toBe(
      'unauthenticated | This token or password is unknown or no longer valid',
    );
    expect(notes).toEqual(['?|secret']);
  });

  test('is never throttled, and takes back no failure', async () => {
    const token = await addToken('read');
    for (let n = 0; n < 10; n += 1) await signIn({ token: 'wrong' });
    expect(await signIn({ token: 'wrong' })).toBe(
      'too-many-requests | 900 s | Too many failed sign-ins. Retry in 900 s',
    );
    expect(await signIn({ token })).toBe('read read');
    expect(await signIn({ token: 'wrong' })).toContain('too-many-requests');
    // One address of an IPv6 network is as good as another, and other networks are others.
    for (let n = 0; n < 10; n += 1) await signIn({ token: 'wrong' }, `2001:db8::${n}`);
    expect(await signIn({ token: 'wrong' }, '2001:db8::ffff')).toContain('too-many-requests');
    expect(await signIn({ token: 'wrong' }, '2001:db8:0:1::1')).toContain('unauthenticated');
  });

  test('that may not sign in counts as a failure', async () => {
    const token = await addToken('ingest');
    for (let n = 0; n < 10; n += 1) expect(await signIn({ token })).toContain('forbidden');
    expect(await signIn({ token })).toContain('too-many-requests');
  });
});

describe('by a one-time code', () => {
  test('once, within a minute, as the token it was issued for', async () => {
    await addToken('edit');
    const code = context.codes.issue('edit');
    expect(await signIn({ code })).toBe('edit edit');
    expect(notes).toEqual(['?|code', 'the edit|code']);
    expect(await signIn({ code })).toBe('unauthenticated | This one-time code is unknown or no longer valid');
    const late = context.codes.issue('edit');
    upMs += MINUTE_MS + 1;
    expect(await signIn({ code: late })).toContain('unauthenticated');
  });

  test('not once its token is revoked', async () => {
    await addToken('edit');
    const code = context.codes.issue('edit');
    await context.store.control.revokeToken('edit', nowMs);
    await context.auth.refresh();
    expect(await signIn({ code })).toContain('unauthenticated');
  });

  test('of others is a guess', async () => {
    for (let n = 0; n < 10; n += 1) await signIn({ code: `guess ${n}` });
    expect(await signIn({ code: 'guess' })).toContain('too-many-requests');
  });
});

describe('by the password of the installation', () => {
  test('as admin, of the token that its change ends', async () => {
    await setPassword(PASSWORD);
    expect(await signIn({ password: PASSWORD })).toBe('password admin');
    expect(notes).toEqual(['?|password', 'password|password']);
    expect(await signIn({ password: OTHER })).toBe('unauthenticated | This password is unknown or no longer valid');
    expect(await signIn({ token: PASSWORD })).toContain('unauthenticated');
  });

  test('where none is set nothing is right', async () => {
    expect(await signIn({ password: PASSWORD })).toContain('unauthenticated');
    expect(await signIn({ password: '' })).toContain('unauthenticated');
  });

  test('of 128 characters is one, a longer text is not', async () => {
    await setPassword(`${'long '.repeat(25)}xyz`);
    expect(await signIn({ secret: `${'long '.repeat(25)}xyz` })).toBe('password admin');
    await setPassword(`${'long '.repeat(25)}xyz!`);
    expect(await signIn({ secret: `${'long '.repeat(25)}xyz!` })).toContain('unauthenticated');
  });

  test('a hash of other parameters is replaced, one of these stays', async () => {
    const stored = async () => context.store.read.passwordHash({});
    await setPassword(PASSWORD, KIB * 2);
    const before = await stored();
    expect(await signIn({ password: OTHER })).toContain('unauthenticated');
    expect(await stored()).toBe(before);
    expect(await signIn({ password: PASSWORD })).toBe('password admin');
    const after = (await stored()) ?? '';
    expect(after).toContain(`m=${KIB},t=3,p=1`);
    expect(await isPassword(PASSWORD, after, KIB)).toBe(true);
    expect(await signIn({ password: PASSWORD })).toBe('password admin');
    expect(await stored()).toBe(after);
  });

  test('a success takes back its own attempt only', async () => {
    await setPassword(PASSWORD);
    for (let n = 0; n < 9; n += 1) await signIn({ password: OTHER });
    for (let n = 0; n < 3; n += 1) expect(await signIn({ password: PASSWORD })).toBe('password admin');
    expect(await signIn({ password: OTHER })).toContain('unauthenticated');
    expect(await signIn({ password: PASSWORD })).toContain('too-many-requests');
    upMs += 15 * MINUTE_MS + 1;
    expect(await signIn({ password: PASSWORD })).toBe('password admin');
  });

  test('what was not looked at, because the store or the lane failed, counts for nothing', async () => {
    await setPassword(PASSWORD);
    const { store } = context;
    const failing = { ...store.read, passwordHash: () => Promise.reject(new Error('busy')) };
    const broken = { ...context, store: { ...store, read: failing } } as unknown as Context;
    for (let n = 0; n < 12; n += 1)
      await expect(
        signedIn({ context: broken, body: { password: OTHER }, client: '192.0.2.1', note: () => undefined }),
      ).rejects.toThrow('busy');
    expect(await signIn({ password: PASSWORD })).toBe('password admin');
  });
});

describe('by a name and a password', () => {
  test('with the scope of the role, whatever the case of the name', async () => {
    for (const [name, role, scope] of [
      ['Grace', 'viewer', 'read'],
      ['Ada', 'editor', 'edit'],
      ['Rosa', 'admin', 'admin'],
    ] as const) {
      await join(name, role);
      expect(await signIn({ user: ` ${name.toUpperCase()} `, password: PASSWORD })).toBe(`user ${scope}`);
      expect(notes).toEqual(['?|user', `${name}|user`, `${name}|user`]);
    }
  });

  test('a wrong password, an unknown name and a disabled user get the same answer; the log names who was tried', async () => {
    const id = await join('grace');
    const same = 'unauthenticated | This user name and password are unknown or no longer valid';
    expect(await signIn({ user: 'grace', password: OTHER })).toBe(same);
    expect(notes).toEqual(['?|user', 'grace|user']);
    expect(await signIn({ user: 'nobody', password: PASSWORD })).toBe(same);
    expect(notes).toEqual(['?|user']);
    expect(await signIn({ user: 'grace', password: `${PASSWORD}${'x'.repeat(128)}` })).toBe(same);
    await context.store.control.changeUser({ id, assigned: null, isDisabled: true, nowMs });
    await context.auth.refresh();
    expect(await signIn({ user: 'grace', password: PASSWORD })).toBe(same);
    expect(notes).toEqual(['?|user']);
  });

  test('an invited user who has chosen no password has none', async () => {
    await invite('grace');
    for (const password of ['', 'null', PASSWORD])
      expect(await signIn({ user: 'grace', password })).toContain('unauthenticated');
  });

  test('the password of a user is not that of the installation, and the other way round', async () => {
    await join('grace');
    await setPassword(OTHER);
    expect(await signIn({ password: PASSWORD })).toContain('unauthenticated');
    expect(await signIn({ user: 'grace', password: OTHER })).toContain('unauthenticated');
  });

  test('twenty guesses at one user from all strangers; where somebody signed in stays open', async () => {
    await join('grace');
    for (let n = 0; n < 20; n += 1)
      expect(await signIn({ user: n % 2 === 0 ? 'grace' : 'GRACE ', password: OTHER }, `198.51.100.${n}`)).toContain(
        'unauthenticated',
      );
    expect(await signIn({ user: 'grace', password: PASSWORD }, '198.51.100.50')).toContain('too-many-requests');
    expect(await signIn({ user: 'ada', password: PASSWORD }, '198.51.100.51')).toContain('unauthenticated');
    // The invitation was used from here.
    expect(await signIn({ user: 'grace', password: PASSWORD }, '192.0.2.1')).toBe('user read');
  });
});

describe('by an invitation', () => {
  test('once, with the password that the user chose from then on', async () => {
    const { code } = await invite('Grace', 'editor', ['function:pay-*']);
    expect(code).toMatch(/^[\w-]{32}$/);
    expect(await signIn({ invitation: code, password: PASSWORD })).toBe('user edit');
    expect(notes).toEqual(['?|invitation', 'Grace|invitation']);
    expect(await signIn({ invitation: code, password: OTHER })).toBe(
      'unauthenticated | This invitation is unknown, used or older than an hour. Ask an admin for another',
    );
    expect(await signIn({ user: 'grace', password: OTHER })).toContain('unauthenticated');
    expect(await signIn({ user: 'grace', password: PASSWORD })).toBe('user edit');
  });

  test('until an hour is over', async () => {
    const [early, late] = [await invite('early'), await invite('late')];
    nowMs += HOUR_MS - 1;
    expect(await signIn({ invitation: early.code, password: PASSWORD })).toBe('user read');
    nowMs += 1;
    expect(await signIn({ invitation: late.code, password: PASSWORD })).toContain('unauthenticated');
  });

  test('stays when the password may not be chosen, and that is no guess', async () => {
    const { code } = await invite('grace');
    for (let n = 0; n < 15; n += 1)
      expect(await signIn({ invitation: code, password: 'password1234' })).toBe(
        'invalid-request | password: expected a password that is not among the first that are guessed: several words, for example',
      );
    expect(await signIn({ invitation: code, password: 'gracegracegr' })).toBe(
      'invalid-request | password: expected a password that does not consist of the user name',
    );
    expect(await signIn({ invitation: code, password: PASSWORD })).toBe('user read');
  });

  test('of a disabled user, or an unknown one, is refused and counts', async () => {
    const { id, code } = await invite('grace');
    await context.store.control.changeUser({ id, assigned: null, isDisabled: true, nowMs });
    await context.auth.refresh();
    for (let n = 0; n < 10; n += 1)
      expect(await signIn({ invitation: n < 5 ? code : 'guess', password: PASSWORD })).toContain('unauthenticated');
    expect(await signIn({ invitation: code, password: PASSWORD })).toContain('too-many-requests');
  });
});

describe('the own password', () => {
  const open = async (id: string) => {
    const { value } = await context.auth.openSession({ tokenId: id });
    const principal = context.auth.bySession(value);
    if (principal === null) throw new Error('no session');
    return { value, principal };
  };
  const change = async (
    principal: Parameters<typeof changeOwnPassword>[1]['principal'],
    current: string,
    password: string,
  ) => {
    try {
      await changeOwnPassword(context, { principal, client: '192.0.2.1' }, { current, password });
      return 'changed';
    } catch (error) {
      return refused(error);
    }
  };

  test('is replaced by the right one, and ends the other sessions', async () => {
    const id = await join('grace');
    const [own, other] = [await open(id), await open(id)];
    expect(await change(own.principal, OTHER, `${OTHER}!`)).toBe(
      'invalid-request | current: this is not the current password',
    );
    expect(context.auth.bySession(other.value)).not.toBeNull();
    expect(await change(own.principal, PASSWORD, OTHER)).toBe('changed');
    expect([context.auth.bySession(own.value) === null, context.auth.bySession(other.value)]).toEqual([false, null]);
    expect(await signIn({ user: 'grace', password: PASSWORD })).toContain('unauthenticated');
    expect(await signIn({ user: 'grace', password: OTHER })).toBe('user read');
  });

  test('may not be one that is guessed first, which says nothing about the current one', async () => {
    const { principal } = await open(await join('gracehopper'));
    const fault = 'invalid-request | password: expected a password that does not consist of the user name';
    expect(await change(principal, PASSWORD, 'gracehopper12')).toBe(fault);
    for (let n = 0; n < 12; n += 1) expect(await change(principal, 'wrong', 'gracehopper12')).toBe(fault);
    expect(await change(principal, PASSWORD, OTHER)).toBe('changed');
  });

  test('is guessed ten times, like at a sign-in', async () => {
    const { principal } = await open(await join('grace'));
    for (let n = 0; n < 10; n += 1) expect(await change(principal, 'wrong', OTHER)).toContain('not the current');
    expect(await change(principal, PASSWORD, OTHER)).toBe(
      'too-many-requests | 900 s | Too many failed sign-ins. Retry in 900 s',
    );
    upMs += 15 * MINUTE_MS + 1;
    expect(await change(principal, PASSWORD, OTHER)).toBe('changed');
  });

  test('is none of a token, nor of the installation', async () => {
    await addToken('admin');
    const sentence = 'forbidden | Only users who signed in with a password of their own can change it';
    const token = context.auth.byId('admin');
    if (token === null) throw new Error('no token');
    expect(await change(token, PASSWORD, OTHER)).toBe(sentence);
    expect(await change({ ...token, session: 'ab' }, PASSWORD, OTHER)).toBe(sentence);
    // A user without a session of the own.
    const user = context.auth.byId(await join('grace'));
    if (user === null) throw new Error('no user');
    expect(await change(user, PASSWORD, OTHER)).toBe(sentence);
  });
});

describe('an admin', () => {
  test('invites again: the password and the sessions end, and the first invitation with them', async () => {
    const { id, code } = await invite('grace');
    const again = await context.users.invite(id);
    expect(again?.expiresMs).toBe(START + HOUR_MS);
    expect(await signIn({ invitation: code, password: PASSWORD })).toContain('unauthenticated');
    expect(await signIn({ invitation: again?.code ?? '', password: PASSWORD })).toBe('user read');
    const { value } = await context.auth.openSession({ tokenId: id });
    const reset = await context.users.invite(id);
    expect(context.auth.bySession(value)).toBeNull();
    expect(await signIn({ user: 'grace', password: PASSWORD })).toContain('unauthenticated');
    expect(await signIn({ invitation: reset?.code ?? '', password: OTHER })).toBe('user read');
  });

  test('adds one user of a name, and invites no others than local users', async () => {
    const { id } = await invite('Grace');
    expect(id).toMatch(/^user:local:[\w-]{12}$/);
    expect(await context.users.add(' GRACE ', { role: 'admin', restriction: null })).toBeNull();
    await addToken('read');
    expect([await context.users.invite('read'), await context.users.invite('user:local:x')]).toEqual([null, null]);
  });

  test('what a user may read is what the admin said, and no digest or code is stored in plain text', async () => {
    const { id, code } = await invite('grace', 'viewer', ['function:pay-*']);
    expect(context.auth.byId(id)).toEqual({
      ...{ tokenId: id, name: 'grace', scope: 'read', session: null },
      restriction: [{ kind: 'function', anyOf: ['pay-*'] }],
    });
    expect(JSON.stringify([plane.rows('SELECT * FROM invitation'), plane.rows('SELECT * FROM user')])).not.toContain(
      code,
    );
  });
});
