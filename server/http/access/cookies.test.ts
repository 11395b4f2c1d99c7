/** SECURITY.md: with an https: public URL the session cookie is Secure and has the prefix __Host-. */
import { expect, test } from 'vitest';
import { isHttps, loginCookie, loginCookieOf, sessionCookie, sessionCookieName, sessionCookieOf } from './cookies.ts';

const HTTPS = { publicUrl: 'https://thermocline.example.com' };
const HTTP = { publicUrl: 'http://thermocline.example.com' };
const NONE = { publicUrl: null };
const asked = (cookie: string | null): Request =>
  new Request('http://x/', cookie === null ? {} : { headers: { cookie } });
/** The attributes of a Set-Cookie header, in any order (RFC 6265: their order and case have no meaning). */
const parts = (header: string): readonly [string, readonly string[]] => {
  const [pair = '', ...attributes] = header.split('; ');
  return [pair, attributes.map((one) => one.toLowerCase()).toSorted()];
};

test('only a public address with https: is one by HTTPS', () => {
  expect([HTTPS, { publicUrl: 'HTTPS://X.example' }, HTTP, NONE, { publicUrl: 'http://https:1' }].map(isHttps)).toEqual(
    [true, true, false, false, false],
  );
});

test('the session cookie is for this host, not for scripts, and not sent with writes of other sites', () => {
  expect(parts(sessionCookie('abc', 60, HTTPS))).toEqual([
    '__Host-thermocline_session=abc',
    ['httponly', 'max-age=60', 'path=/', 'samesite=lax', 'secure'],
  ]);
  for (const config of [HTTP, NONE])
    expect(parts(sessionCookie('abc', 60, config))).toEqual([
      'thermocline_session=abc',
      ['httponly', 'max-age=60', 'path=/', 'samesite=lax'],
    ]);
  expect(parts(sessionCookie('', 0, HTTPS))[1]).toContain('max-age=0');
});

test('a session is read from the cookie of its own name only: a plain one is no session by HTTPS', () => {
  expect([sessionCookieName(HTTPS), sessionCookieName(NONE)]).toEqual([
    '__Host-thermocline_session',
    'thermocline_session',
  ]);
  const both = 'thermocline_session=plain; other=x; __Host-thermocline_session=safe';
  expect([sessionCookieOf(asked(both), HTTPS), sessionCookieOf(asked(both), HTTP)]).toEqual(['safe', 'plain']);
  expect(sessionCookieOf(asked('thermocline_session=plain'), HTTPS)).toBeNull();
  expect(sessionCookieOf(asked('xthermocline_session=plain'), NONE)).toBeNull();
  expect(sessionCookieOf(asked(null), NONE)).toBeNull();
});

test('each sign-in under way has a cookie of its own', () => {
  const [one, two] = ['aaaaaaaaBBBB', 'aaaaaaabCCCC'];
  expect(parts(loginCookie(one, 'sealed', 600, HTTPS))).toEqual([
    '__Host-thermocline_login_aaaaaaaa=sealed',
    ['httponly', 'max-age=600', 'path=/', 'samesite=lax', 'secure'],
  ]);
  expect(parts(loginCookie(two, 'sealed', 600, HTTP))).toEqual([
    'thermocline_login_aaaaaaab=sealed',
    ['httponly', 'max-age=600', 'path=/', 'samesite=lax'],
  ]);
  const brought = asked(
    '__Host-thermocline_login_aaaaaaaa=1; __Host-thermocline_login_aaaaaaab=2; thermocline_login_aaaaaaaa=3',
  );
  expect([loginCookieOf(brought, one, HTTPS), loginCookieOf(brought, two, HTTPS)]).toEqual(['1', '2']);
  expect([loginCookieOf(brought, one, HTTP), loginCookieOf(brought, two, HTTP)]).toEqual(['3', null]);
  expect(loginCookieOf(asked(null), one, HTTPS)).toBeNull();
});

test('what a stranger writes into the state does not end in the name of a cookie', () => {
  expect(loginCookie('a=b; Ã-_x', 'v', 1, NONE)).toMatch(/^thermocline_login_ab-_=v; /);
  expect(loginCookie('=;, \r\n\t"', 'v', 1, NONE)).toMatch(/^thermocline_login_=v; /);
});
