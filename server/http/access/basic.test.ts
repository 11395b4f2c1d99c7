/** RFC 7617: user-id and password, separated by the first colon, in base64. */
import { expect, test } from 'vitest';
import { basicPassword } from './basic.ts';

const of = (authorization: string | null): string | null =>
  basicPassword(new Request('http://x/', authorization === null ? {} : { headers: { authorization } }));

test.each([
  // The example of RFC 7617, section 2.
  ['Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'open sesame'],
  ['basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'open sesame'],
  // Section 2.1: "test" and "123£" in UTF-8.
  ['Basic dGVzdDoxMjPCow==', '123£'],
  // ":tc_read_a:b": no user name, and a colon in the password.
  ['Basic OnRjX3JlYWRfYTpi', 'tc_read_a:b'],
  // "user:"
  ['Basic dXNlcjo=', ''],
])('the password of %s is %j', (header, expected) => {
  expect(of(header)).toBe(expected);
});

test.each([
  null,
  '',
  'Basic',
  'Basic ',
  'Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
  'Basic dXNlcg==',
  'x Basic dXNlcjo=',
  'Basic dXNlcjo= x',
  'Basic dXNl*jo=',
])('%j has none', (header) => {
  expect(of(header)).toBeNull();
});
