/**
 * What an identity provider's answers have to be (OpenID Connect Core 3.1.2 and 3.1.3, RFC 7636, RFC 9207, Back-Channel Logout 2.4 to 2.6),
 * and what is asked of it. The provider here answers requests as they are sent, and signs with a key of its own.
 */
import { createHash } from 'node:crypto';
import type { CryptoKey, JWTPayload } from 'jose';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../../ingest/records/time.ts';
import type { OidcSettings } from '../../../config/oidc-settings.ts';
import type { Login } from './login-states.ts';
import { OidcProvider, ProviderError } from './provider.ts';

const ISSUER = 'https://id.example.com';
const CALLBACK = 'https://thermocline.example.com/auth/oidc/callback';
const SETTINGS: OidcSettings = {
  ...{ issuer: ISSUER, clientId: 'thermocline', clientSecret: 'a secret', name: 'Acme' },
  ...{ scopes: 'openid groups', claim: 'groups', roles: [] },
};
const LOGIN: Login = {
  ...{ state: 'the-state', nonce: 'the-nonce', verifier: 'v'.repeat(43), returnTo: '/', expiresMs: 0 },
};

/** Claims of which one may be left out. */
type Tampered = Readonly<Record<string, unknown>>;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

let keys: { readonly own: CryptoKey; readonly foreign: CryptoKey; readonly jwk: object };
let nowMs = 0;
let asked: Asked[] = [];
/** In place of an answer, by path. */
let answers: Map<string, () => Response | Promise<Response>>;
let metadata: Record<string, unknown>;
let claims: Tampered;
let signer: 'own' | 'foreign';

beforeAll(async () => {
  const [own, foreign] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')];
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  keys = { own: own.privateKey, foreign: foreign.privateKey, jwk };
});

beforeEach(() => {
  nowMs = Date.now();
  [asked, answers, signer] = [[], new Map(), 'own'];
  metadata = {
    issuer: ISSUER,
    authorization_endpoint: `${ISSUER}/authorize`,
    token_endpoint: `${ISSUER}/token`,
    userinfo_endpoint: `${ISSUER}/me`,
    jwks_uri: `${ISSUER}/jwks`,
    end_session_endpoint: `${ISSUER}/end`,
    response_types_supported: ['code'],
  };
  claims = { iss: ISSUER, aud: 'thermocline', sub: 'ada', nonce: 'the-nonce', groups: ['staff'], sid: 'session-1' };
});

const sign = (payload: Tampered, type = 'JWT'): Promise<string> =>
  new SignJWT(payload as JWTPayload).setProtectedHeader({ alg: 'RS256', kid: 'k', typ: type }).sign(keys[signer]);
const json = (value: unknown, status = 200): Response => Response.json(value, { status });
const seconds = (ms = nowMs): number => Math.floor(ms / SECOND_MS);

async function answer(path: string): Promise<Response> {
  const special = answers.get(path);
  if (special !== undefined) return special();
  if (path === '/.well-known/openid-configuration') return json(metadata);
  if (path === '/jwks') return json({ keys: [keys.jwk] });
  if (path === '/me') return json({ sub: 'ada', name: 'Ada', groups: ['from userinfo'] });
  const token = await sign({ iat: seconds(), exp: seconds() + 300, ...claims });
  return json({ access_token: 'at', token_type: 'bearer', id_token: token });
}

function make(change: Partial<OidcSettings> = {}): OidcProvider {
  return new OidcProvider({
    settings: { ...SETTINGS, ...change },
    redirectUri: CALLBACK,
    now: () => nowMs,
    send: (url, { method, headers, body }) => {
      const path = new URL(url).pathname;
      const form = Object.fromEntries(new URLSearchParams(body ?? ''));
      asked.push({ method, path, headers: Object.fromEntries(new Headers(headers)), form });
      return answer(path);
    },
  });
}
const outbound = (): never => {
  throw Object.assign(new Error('blocked address'), { name: 'OutboundError' });
};
const fault = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProviderError) return error.fault;
  throw error ?? new Error('it was accepted');
};
const redeem = (provider = make(), query = `?code=c&state=the-state&iss=${encodeURIComponent(ISSUER)}`) =>
  provider.redeem(query, LOGIN);

test('the browser is sent with state, nonce and the SHA-256 of the verifier', async () => {
  const url = await make().authorizationUrl(LOGIN);
  expect(`${url.origin}${url.pathname}`).toBe(`${ISSUER}/authorize`);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    ...{ client_id: 'thermocline', response_type: 'code', redirect_uri: CALLBACK, scope: 'openid groups' },
    ...{ state: 'the-state', nonce: 'the-nonce', code_challenge_method: 'S256' },
    code_challenge: createHash('sha256').update(LOGIN.verifier).digest('base64url'),
  });
});

describe('a code', () => {
  test('is redeemed with the verifier and the secret; the claims are those of the ID token', async () => {
    const { issuer, subject, sid, claims: found, idToken } = await redeem();
    expect([issuer, subject, sid, found['groups']]).toEqual([ISSUER, 'ada', 'session-1', ['staff']]);
    expect(idToken.split('.')).toHaveLength(3);
    const sent = asked.find(({ path }) => path === '/token');
    expect(sent).toMatchObject({
      method: 'POST',
      form: { grant_type: 'authorization_code', code: 'c', code_verifier: LOGIN.verifier, redirect_uri: CALLBACK },
    });
    // RFC 6749, 2.3.1: both are form-encoded before base64.
    expect(sent?.headers['authorization']).toBe(`Basic ${Buffer.from('thermocline:a+secret').toString('base64')}`);
    expect(asked.map(({ path }) => path)).not.toContain('/me');
  });

  test('is redeemed with the secret in the form where the provider takes no other, and without one by public clients', async () => {
    metadata['token_endpoint_auth_methods_supported'] = ['client_secret_post', 'private_key_jwt'];
    await redeem();
    expect(asked.find(({ path }) => path === '/token')?.form).toMatchObject({
      client_id: 'thermocline',
      client_secret: 'a secret',
    });
    metadata['token_endpoint_auth_methods_supported'] = ['client_secret_post', 'client_secret_basic'];
    asked = [];
    await redeem();
    expect(asked.find(({ path }) => path === '/token')?.form['client_secret']).toBeUndefined();
    asked = [];
    await redeem(make({ clientSecret: null }));
    const sent = asked.find(({ path }) => path === '/token');
    expect([sent?.form['client_id'], sent?.form['client_secret'], sent?.headers['authorization']]).toEqual([
      'thermocline',
      undefined,
      undefined,
    ]);
  });

  test('of a token that lacks the claim is completed from userinfo, and what is signed stays', async () => {
    claims = { ...claims, groups: undefined, name: 'Signed' };
    const { claims: found } = await redeem();
    expect(found).toMatchObject({ groups: ['from userinfo'], name: 'Signed', sub: 'ada' });
    expect(asked.find(({ path }) => path === '/me')).toMatchObject({
      method: 'GET',
      headers: { authorization: 'Bearer at' },
    });
    answers.set('/me', () => json({ sub: 'mallory', groups: ['platform'] }));
    expect(await fault(redeem())).toBe('invalid');
    delete metadata['userinfo_endpoint'];
    expect((await redeem()).claims['groups']).toBeUndefined();
  });

  test('of a session that has no name has none', async () => {
    claims = { ...claims, sid: undefined };
    expect((await redeem()).sid).toBeNull();
    claims = { ...claims, sid: 5 };
    expect((await redeem()).sid).toBeNull();
  });

  test.each<[string, () => void]>([
    ['of another nonce', () => (claims = { ...claims, nonce: 'other' })],
    ['without a nonce', () => (claims = { ...claims, nonce: undefined })],
    ['for another client', () => (claims = { ...claims, aud: 'other' })],
    ['of another issuer', () => (claims = { ...claims, iss: 'https://evil.example.com' })],
    ['without a subject', () => (claims = { ...claims, sub: undefined })],
    ['that has expired', () => (claims = { ...claims, exp: seconds() - 31 })],
    ['that is signed with a foreign key', () => (signer = 'foreign')],
    ['that is missing', () => answers.set('/token', () => json({ access_token: 'at', token_type: 'bearer' }))],
    ['that the provider refuses', () => answers.set('/token', () => json({ error: 'invalid_grant' }, 400))],
    ['that is no JSON', () => answers.set('/token', () => new Response('<html>'))],
  ])('with an ID token %s is not accepted', async (_, change) => {
    change();
    expect(await fault(redeem())).toBe('invalid');
  });

  test('with an ID token that a clock half a minute off calls expired is accepted', async () => {
    claims = { ...claims, exp: seconds() - 20 };
    expect((await redeem()).subject).toBe('ada');
  });

  test('is judged by the clock of the server', async () => {
    claims = { ...claims, exp: seconds() + 60 };
    nowMs += 2 * MINUTE_MS;
    expect(await fault(redeem())).toBe('invalid');
  });

  test.each([
    [`?code=c&state=other&iss=${ISSUER}`, 'invalid'],
    [`?code=c&iss=${ISSUER}`, 'invalid'],
    ['?code=c&state=the-state&iss=https://evil.example.com', 'invalid'],
    ['?state=the-state', 'invalid'],
    ['', 'invalid'],
    [`?error=access_denied&state=the-state&iss=${ISSUER}`, 'cancelled'],
    [`?error=server_error&state=the-state&iss=${ISSUER}`, 'invalid'],
  ])('of the answer %s is not asked for: %s', async (query, expected) => {
    expect(await fault(redeem(make(), query))).toBe(expected);
    expect(asked.map(({ path }) => path)).not.toContain('/token');
  });

  test.each(['/token', '/jwks'])('cannot be redeemed while %s cannot be reached', async (path) => {
    answers.set(path, outbound);
    expect(await fault(redeem())).toBe('unreachable');
  });
});

describe('the metadata', () => {
  const reads = (): number => asked.filter(({ path }) => path.startsWith('/.well-known/')).length;

  test('is read once in ten minutes, also after the clock went back', async () => {
    const provider = make();
    const startMs = nowMs;
    for (const [ms, n] of [
      [0, 1],
      [10 * MINUTE_MS - 1, 1],
      [10 * MINUTE_MS, 2],
      [15 * MINUTE_MS, 2],
      [10 * MINUTE_MS - 1, 3],
    ] as const) {
      nowMs = startMs + ms;
      await provider.authorizationUrl(LOGIN);
      expect([ms, reads()]).toEqual([ms, n]);
    }
  });

  test('is asked for again five seconds after a failure, not before: strangers begin sign-ins', async () => {
    const provider = make();
    answers.set('/.well-known/openid-configuration', () => new Response('', { status: 503 }));
    expect(await fault(provider.authorizationUrl(LOGIN))).toBe('unreachable');
    answers.clear();
    nowMs += 5 * SECOND_MS - 1;
    expect(await fault(provider.authorizationUrl(LOGIN))).toBe('unreachable');
    expect(reads()).toBe(1);
    nowMs += 1;
    expect((await provider.authorizationUrl(LOGIN)).origin).toBe(ISSUER);
    expect(reads()).toBe(2);
  });

  test('of another issuer is none', async () => {
    metadata['issuer'] = 'https://evil.example.com';
    expect(await fault(make().authorizationUrl(LOGIN))).toBe('unreachable');
  });

  test('is read without TLS only where the settings say so', async () => {
    const plain = 'http://id.example.com';
    metadata = {
      ...metadata,
      issuer: plain,
      authorization_endpoint: `${plain}/authorize`,
      token_endpoint: `${plain}/token`,
    };
    expect((await make({ issuer: plain }).authorizationUrl(LOGIN)).origin).toBe(plain);
    claims = { ...claims, iss: plain };
    metadata['jwks_uri'] = `${plain}/jwks`;
    expect((await redeem(make({ issuer: plain }), `?code=c&state=the-state&iss=${plain}`)).subject).toBe('ada');
  });
});

describe('signing out at the provider', () => {
  test('names the session and where to return', async () => {
    const url = await make().endSessionUrl('hint', 'https://thermocline.example.com/');
    expect(`${url?.origin}${url?.pathname}`).toBe(`${ISSUER}/end`);
    expect(Object.fromEntries(url?.searchParams ?? [])).toEqual({
      client_id: 'thermocline',
      id_token_hint: 'hint',
      post_logout_redirect_uri: 'https://thermocline.example.com/',
    });
    expect((await make().endSessionUrl(null, 'https://x.example/'))?.searchParams.has('id_token_hint')).toBe(false);
  });

  test('is not offered by every provider, nor while it cannot be asked', async () => {
    delete metadata['end_session_endpoint'];
    expect(await make().endSessionUrl('hint', 'https://x.example/')).toBeNull();
    answers.set('/.well-known/openid-configuration', outbound);
    expect(await make().endSessionUrl('hint', 'https://x.example/')).toBeNull();
  });
});

describe('a sign-out by the provider', () => {
  const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
  let jtis = 0;
  const logout = (change: Tampered = {}): Promise<string> => {
    jtis += 1;
    const events = { [EVENT]: {} };
    return sign(
      { iss: ISSUER, aud: 'thermocline', sub: 'ada', iat: seconds(), jti: `j${jtis}`, events, ...change },
      'logout+jwt',
    );
  };

  test('ends sessions of a user, one of them, or one by its name alone', async () => {
    const provider = make();
    expect(await provider.redeemLogout(await logout())).toEqual({ issuer: ISSUER, subject: 'ada', sid: null });
    expect(await provider.redeemLogout(await logout({ sid: 's' }))).toEqual({
      issuer: ISSUER,
      subject: 'ada',
      sid: 's',
    });
    const bySession = await provider.redeemLogout(await logout({ sid: 's', sub: undefined }));
    expect(bySession).toEqual({ issuer: ISSUER, subject: null, sid: 's' });
    expect((await provider.redeemLogout(await logout({ aud: ['other', 'thermocline'] }))).subject).toBe('ada');
    // Keys are kept.
    expect(asked.filter(({ path }) => path === '/jwks')).toHaveLength(1);
  });

  test('works once', async () => {
    const provider = make();
    const token = await logout();
    await provider.redeemLogout(token);
    expect(await fault(provider.redeemLogout(token))).toBe('invalid');
    // To its last second, also when another came in between. Ten minutes, and half a minute for each clock.
    const late = await logout({ iat: seconds() + 30 });
    await provider.redeemLogout(late);
    nowMs += 11 * MINUTE_MS;
    await provider.redeemLogout(await logout());
    expect(await fault(provider.redeemLogout(late))).toBe('invalid');
  });

  test.each<[string, () => Tampered]>([
    ['of another issuer', () => ({ iss: 'https://evil.example.com' })],
    ['for another client', () => ({ aud: 'other' })],
    ['without a client', () => ({ aud: undefined })],
    ['of nobody', () => ({ sub: undefined })],
    ['with a session that is no text', () => ({ sub: undefined, sid: 5 })],
    ['with a nonce, as ID tokens have', () => ({ nonce: 'n' })],
    ['without events', () => ({ events: undefined })],
    ['of another event', () => ({ events: { 'http://schemas.openid.net/event/other': {} } })],
    ['with events that are a text', () => ({ events: EVENT })],
    ['with events that are null', () => ({ events: null })],
    ['without an id', () => ({ jti: undefined })],
    ['without a time', () => ({ iat: undefined })],
    ['of the future', () => ({ iat: seconds() + 35 })],
    ['that is older than ten minutes and half a minute', () => ({ iat: seconds() - 632 })],
    ['that has expired', () => ({ exp: seconds() - 31 })],
  ])('is refused by a token %s', async (_, change) => {
    expect(await fault(make().redeemLogout(await logout(change())))).toBe('invalid');
  });

  test('is accepted ten minutes later, and by a clock half a minute off', async () => {
    expect((await make().redeemLogout(await logout({ iat: seconds() - 600 }))).subject).toBe('ada');
    expect((await make().redeemLogout(await logout({ iat: seconds() + 29 }))).subject).toBe('ada');
    expect((await make().redeemLogout(await logout({ exp: seconds() - 20 }))).subject).toBe('ada');
  });

  test('is refused by a foreign key, and by what is no token; no keys are fetched for tokens of others', async () => {
    const provider = make();
    for (const token of [
      '',
      'x',
      'a.b.c',
      await logout({ iss: 'https://evil.example.com' }),
      await logout({ aud: 'x' }),
    ])
      expect(await fault(provider.redeemLogout(token))).toBe('invalid');
    expect(asked).toEqual([]);
    signer = 'foreign';
    expect(await fault(provider.redeemLogout(await logout()))).toBe('invalid');
  });

  test('an issuer with a slash at the end is the same for the first look; its own spelling decides', async () => {
    const slashed = `${ISSUER}/`;
    metadata['issuer'] = slashed;
    const provider = make({ issuer: slashed });
    expect((await provider.redeemLogout(await logout({ iss: slashed }))).issuer).toBe(slashed);
    expect(await fault(provider.redeemLogout(await logout({ iss: ISSUER })))).toBe('invalid');
    expect(await fault(provider.redeemLogout(await logout({ iss: `${ISSUER}/x` })))).toBe('invalid');
  });

  test('needs keys, which may be elsewhere after the metadata changed', async () => {
    const provider = make();
    delete metadata['jwks_uri'];
    expect(await fault(provider.redeemLogout(await logout()))).toBe('invalid');
    metadata['jwks_uri'] = `${ISSUER}/jwks`;
    nowMs += 10 * MINUTE_MS;
    await provider.redeemLogout(await logout());
    metadata['jwks_uri'] = `${ISSUER}/new-keys`;
    answers.set('/jwks', () => json({ keys: [] }));
    answers.set('/new-keys', () => json({ keys: [keys.jwk] }));
    nowMs += 10 * MINUTE_MS;
    expect((await provider.redeemLogout(await logout())).subject).toBe('ada');
    expect(asked.at(-1)?.path).toBe('/new-keys');
  });

  test('waits for a provider that can be reached', async () => {
    answers.set('/.well-known/openid-configuration', outbound);
    expect(await fault(make().redeemLogout(await logout()))).toBe('unreachable');
    answers.clear();
    answers.set('/jwks', outbound);
    expect(await fault(make().redeemLogout(await logout()))).toBe('unreachable');
  });
});
