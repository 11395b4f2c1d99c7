import { expect, test } from 'vitest';
import { compileRules, replaced } from './redact.ts';
import type { PatternName } from './rules.ts';
import { PATTERN_NAMES } from './rules.ts';

const none = (): never => {
  throw new RangeError('no expressions here');
};

function redacted(pattern: PatternName, text: string): string {
  const rules = compileRules({ patterns: [pattern], keys: [], expressions: {} }, none);
  return replaced(text, rules.find(text));
}

/** Texts with what is replaced between ‹ and ›. */
const FOUND: readonly (readonly [PatternName, string])[] = [
  ['email', 'order of ‹ada.lovelace+shop@mail.example.co.uk›, paid'],
  ['email', '<‹a@b.de›>;‹c@d.io›'],
  ['email', 'GET /users?mail=‹ada%40example.com›&x=1'],
  ['email', '{"m":"to\\n‹ada@example.com›"}'],
  ['email', '‹müller@bücher.example›'],
  ['email', 'mailto:‹x@xn--bcher-kva.example›.'],
  // Access keys of the documentation of AWS.
  ['aws-keys', 'key ‹AKIAIOSFODNN7EXAMPLE› used'],
  ['aws-keys', 'aws_secret_access_key = ‹wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY›'],
  ['aws-keys', '{"SecretAccessKey":"‹wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY›"}'],
  ['aws-keys', '"{\\"SessionToken\\":\\"‹IQoJb3JpZ2luX2VjEXAMPLETOKEN0123456789=›\\"}"'],
  // RFC 7519, 3.1.
  ['jwt', 'token=‹eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ.dBjftJeZ4CVP-mB92K27›;'],
  ['bearer', 'Authorization: Bearer ‹mF_9.B5f-4.1JqM›'],
  // An opaque token of letters alone.
  ['bearer', 'Authorization: Bearer ‹abcdefghijkl›'],
  ['bearer', '{\\"Authorization\\": \\"Bearer ‹opaquetoken›\\"}'],
  ['bearer', 'sent Bearer ‹qwertzuiopasdfghjklyxcv› twice'],
  ['bearer', '"authorization":"Basic ‹QWxhZGRpbjpvcGVuIHNlc2FtZQ==›"'],
  // Numbers for tests that issuers publish.
  ['card', 'visa ‹4111111111111111›'],
  ['card', 'visa ‹4111 1111 1111 1111› 12/29'],
  ['card', 'mastercard ‹5555-5555-5555-4444›'],
  ['card', 'amex ‹3782 822463 10005›, diners ‹3056 930902 5904›'],
  ['card', 'discover ‹6011111111111117› jcb ‹3530111333300000›'],
  // Examples of the SWIFT registry.
  ['iban', 'to ‹DE89370400440532013000› and ‹GB29 NWBK 6016 1331 9268 19›.'],
  ['iban', '‹NO9386011117947›'],
  ['phone', 'call ‹+44 20 7946 0958› or ‹+1 (555) 010-9999›'],
  ['ipv4', 'from ‹203.0.113.7›:443'],
];

test.each(FOUND)('%s: %s', (pattern, marked) => {
  const expected = marked.replaceAll(/‹[^›]*›/g, `[redacted:${pattern}]`);
  expect(redacted(pattern, marked.replaceAll(/[‹›]/g, ''))).toBe(expected);
});

test.each<readonly [PatternName, string]>([
  ['email', 'npm i pkg@1.2.3, @decorated, user@localhost, a@b'],
  ['aws-keys', 'AKIAIOSFODNN7EXAMPL XAKIAIOSFODNN7EXAMPLE secret_access_key=short'],
  ['jwt', 'eyJhbGciOiJIUzI1NiJ9 eyJ.eyJ.x'],
  ['bearer', 'bearer authentication is required, basic networking'],
  // The last digit is changed, so that the check digit is wrong; milliseconds, a fraction, an id.
  ['card', '4111111111111112 1700000000003 0.4111111111111111 a4111111111111111 41111111111111110000'],
  ['card', '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16'],
  ['iban', 'DE88370400440532013000 ZZ89370400440532013000 DE8937040044053201300'],
  ['phone', '+00:00 a+12345678 +123'],
  ['ipv4', '1.2.3 1.2.3.4.5 256.1.1.1 v1.2.3.4'],
])('%s leaves %s', (pattern, text) => {
  expect(redacted(pattern, text)).toBe(text);
});

test('a marker is not replaced again', () => {
  for (const pattern of PATTERN_NAMES) expect(redacted(pattern, `x [redacted:${pattern}] y`)).toContain(pattern);
  expect(redacted('email', redacted('email', 'ada@example.com'))).toBe('[redacted:email]');
});

test('a number in JSON becomes a string', () => {
  expect(redacted('card', '{"card":4111111111111111,"list":[ 4111111111111111]}')).toBe(
    '{"card":"[redacted:card]","list":[ "[redacted:card]"]}',
  );
});
