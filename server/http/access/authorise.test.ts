/** Who may use a route: scopes of docs/api.md, and writes with a cookie from the same origin only (SECURITY.md). */
import { describe, expect, test } from 'vitest';
import type { Scope } from '../../storage/ports.ts';
import { restrictionOf } from '../../storage/restriction.ts';
import type { RouteDeclaration } from '../contract/route.ts';
import { ProblemError } from '../problems.ts';
import type { Authenticator, Principal } from './auth.ts';
import { authorise, principalOf } from './authorise.ts';

const PLAIN: Parameters<typeof authorise>[0] = { publicUrl: null, trustProxy: false };
const route = (scope: RouteDeclaration['scope'], method = 'get', path = '/api/v1/functions'): RouteDeclaration =>
  ({ scope, method, path }) as unknown as RouteDeclaration;
const caller = (scope: Scope, change: Partial<Principal> = {}): Principal => ({
  ...{ tokenId: 't', name: 'T', restriction: null, session: null, scope },
  ...change,
});
const ask = (headers: Record<string, string> = {}, url = 'http://thermocline.test:8020/api/v1/functions'): Request =>
  new Request(url, { headers });

/** The problem of a refusal; null if the request may go on. */
function refusal(...given: Parameters<typeof authorise>): { readonly code: string; readonly message: string } | null {
  try {
    authorise(...given);
    return null;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return { code: error.code, message: error.message };
  }
}
const code = (...given: Parameters<typeof authorise>): string | null => refusal(...given)?.code ?? null;

describe('scopes', () => {
  test('public routes need no credential, and know no caller', () => {
    expect(authorise(PLAIN, route('public', 'post'), ask(), caller('admin'))).toBeNull();
    expect(authorise(PLAIN, route('public', 'post'), ask(), null)).toBeNull();
  });

  test('without a credential nothing else is answered', () => {
    for (const scope of ['ingest', 'read', 'deploy', 'edit', 'admin'] as const)
      expect(code(PLAIN, route(scope), ask(), null)).toBe('unauthenticated');
  });

  test('a caller of the scope is returned; one of less learns which is needed', () => {
    const reader = caller('read');
    expect(authorise(PLAIN, route('read'), ask(), reader)).toBe(reader);
    expect(refusal(PLAIN, route('admin'), ask(), reader)).toEqual({
      code: 'forbidden',
      message: 'Scope admin is required; this token has scope read',
    });
    expect(code(PLAIN, route('read'), ask(), caller('ingest'))).toBe('forbidden');
    expect(code(PLAIN, route('ingest', 'post'), ask(), caller('edit'))).toBe('forbidden');
  });

  test('a restricted caller gets answers about functions, not about the fleet', () => {
    const restricted = caller('edit', { restriction: restrictionOf(['function:pay-*']) });
    expect(code(PLAIN, route('read'), ask(), restricted)).toBeNull();
    expect(refusal(PLAIN, route('read', 'get', '/api/v1/ingest/status'), ask(), restricted)).toEqual({
      code: 'forbidden',
      message: expect.stringContaining('restricted to some functions'),
    });
    expect(code(PLAIN, route('read', 'get', '/api/v1/ingest/status'), ask(), caller('edit'))).toBeNull();
  });
});

describe('writes with a session cookie', () => {
  const session = caller('admin', { session: 'ab' });
  const writes = (headers: Record<string, string>, config = PLAIN, url?: string): string | null =>
    code(config, route('admin', 'post'), ask(headers, url), session);
  const HERE = 'http://thermocline.test:8020';

  test('without either header they are refused, and say why', () => {
    expect(refusal(PLAIN, route('admin', 'delete'), ask(), session)).toEqual({
      code: 'forbidden',
      message: 'Cross-site requests with a session cookie are refused',
    });
  });

  test('reads need neither, and tokens are sent on purpose', () => {
    expect(code(PLAIN, route('admin', 'get'), ask({ origin: 'https://evil.example' }), session)).toBeNull();
    expect(code(PLAIN, route('admin', 'post'), ask({ 'sec-fetch-site': 'cross-site' }), caller('admin'))).toBeNull();
  });

  test.each([
    ['same-origin', null],
    ['same-site', 'forbidden'],
    ['cross-site', 'forbidden'],
    ['none', 'forbidden'],
    ['', 'forbidden'],
  ])('Sec-Fetch-Site: %s, whatever the origin', (site, expected) => {
    expect(writes({ 'sec-fetch-site': site, origin: expected === null ? 'https://evil.example' : HERE })).toBe(
      expected,
    );
  });

  // SECURITY.md: the same scheme, host and port.
  test.each([
    [HERE, null],
    ['https://thermocline.test:8020', 'forbidden'],
    ['http://thermocline.test', 'forbidden'],
    ['http://thermocline.test:8021', 'forbidden'],
    ['http://evil.test:8020', 'forbidden'],
    ['http://x.thermocline.test:8020', 'forbidden'],
    ['null', 'forbidden'],
    ['', 'forbidden'],
    ['thermocline.test:8020', 'forbidden'],
  ])('from the origin %s', (origin, expected) => {
    expect(writes({ origin })).toBe(expected);
  });

  test('the public address is the origin behind a proxy', () => {
    const config = { ...PLAIN, publicUrl: 'https://thermocline.example.com/' };
    expect(writes({ origin: 'https://thermocline.example.com' }, config)).toBeNull();
    expect(writes({ origin: 'http://thermocline.example.com' }, config)).toBe('forbidden');
    expect(writes({ origin: 'https://thermocline.example.com:8443' }, config)).toBe('forbidden');
    // Asked directly, under the name that it was sent to.
    expect(writes({ origin: HERE }, config)).toBeNull();
  });

  test('only a trusted proxy says by which scheme it was asked, and the last one counts', () => {
    const secure = { origin: 'https://thermocline.test:8020' };
    const trusted = { ...PLAIN, trustProxy: true };
    expect(writes({ ...secure, 'x-forwarded-proto': 'https' })).toBe('forbidden');
    expect(writes({ ...secure, 'x-forwarded-proto': 'https' }, trusted)).toBeNull();
    expect(writes({ ...secure, 'x-forwarded-proto': 'http, https ' }, trusted)).toBeNull();
    expect(writes({ ...secure, 'x-forwarded-proto': 'https, http' }, trusted)).toBe('forbidden');
    expect(writes({ ...secure, 'x-forwarded-proto': 'ftp' }, trusted)).toBe('forbidden');
    expect(writes(secure, trusted)).toBe('forbidden');
    expect(writes({ origin: HERE, 'x-forwarded-proto': 'https' }, trusted)).toBe('forbidden');
    expect(
      writes({ origin: HERE, 'x-forwarded-proto': 'http' }, trusted, 'https://thermocline.test:8020/x'),
    ).toBeNull();
  });
});

describe('whose credential a request carries', () => {
  const asked: string[] = [];
  const auth = {
    byToken: (text: string) => {
      asked.push(`token ${text}`);
      return text.startsWith('good') ? caller('read', { name: text }) : null;
    },
    bySession: (text: string) => {
      asked.push(`session ${text}`);
      return caller('read', { name: text, session: 'ab' });
    },
  } as unknown as Authenticator;
  const who = (
    headers: Record<string, string>,
    config: Parameters<typeof principalOf>[2] = PLAIN,
  ): string | undefined => principalOf(auth, ask(headers), config)?.name;
  const cookie = 'thermocline_session=mine';

  test('a bearer token, Firehose’s header, or the cookie, in this order', () => {
    expect(who({ authorization: 'Bearer good one' })).toBe('good one');
    expect(who({ authorization: 'bearer good' })).toBe('good');
    expect(who({ 'x-amz-firehose-access-key': 'good key' })).toBe('good key');
    expect(who({ cookie })).toBe('mine');
    expect(who({ authorization: 'Bearer good', 'x-amz-firehose-access-key': 'other', cookie })).toBe('good');
    expect(who({ 'x-amz-firehose-access-key': 'good key', cookie })).toBe('good key');
    expect(who({})).toBeUndefined();
  });

  test('a wrong token is not replaced by a cookie that is right', () => {
    asked.length = 0;
    expect(who({ authorization: 'Bearer bad', cookie })).toBeUndefined();
    expect(who({ 'x-amz-firehose-access-key': '', cookie })).toBeUndefined();
    expect(asked).toEqual(['token bad', 'token ']);
  });

  test('other ways of authorization are none, and leave the cookie', () => {
    for (const authorization of ['Basic good', 'xBearer good', 'Bearer', 'Bearergood'])
      expect(who({ authorization })).toBeUndefined();
    expect(who({ authorization: 'Basic eDp5', cookie })).toBe('mine');
  });

  test('by HTTPS only the cookie that no neighbouring site can set', () => {
    const config = { publicUrl: 'https://thermocline.example.com', trustProxy: false };
    expect(who({ cookie }, config)).toBeUndefined();
    expect(who({ cookie: '__Host-thermocline_session=mine' }, config)).toBe('mine');
  });
});
