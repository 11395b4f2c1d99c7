/** Credentials in error texts. The key ids are the examples of AWS's documentation; the other values are made up. */
import { expect, test } from 'vitest';
import { leastCpuMs } from '../../test/support/cpu.ts';
import { withoutSecrets } from './secrets.ts';

test.each([
  [
    'connect to postgres://app:hunter2x@db.internal:5432/shop failed',
    'connect to postgres://app:[removed]@db.internal:5432/shop failed',
  ],
  ['The AWS Access Key Id AKIAIOSFODNN7EXAMPLE is not valid', 'The AWS Access Key Id [removed] is not valid'],
  ['401 for Authorization: Bearer abc.def-ghi_jkl', '401 for Authorization: Bearer [removed]'],
  ['bad token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.s5-_x', 'bad token [removed]'],
  [
    'GET https://b.s3.amazonaws.com/k?X-Amz-Signature=0123abcd&X-Amz-Expires=60',
    'GET https://b.s3.amazonaws.com/k?X-Amz-Signature=[removed]&X-Amz-Expires=60',
  ],
  ['{"user":"a","password":"p4ss-w0rd","n":1}', '{"user":"a","password":"[removed]","n":1}'],
  ['Server=db;User Id=sa;Password=Str0ng!;Encrypt=true', 'Server=db;User Id=sa;Password=[removed];Encrypt=true'],
  ['key -----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- read', 'key [removed] read'],
])('%s', (text, expected) => {
  expect(withoutSecrets(text)).toBe(expected);
});

// The shortest text of each shape: a shape is not searched in texts that are shorter.
test.each([
  ['AKIAIOSFODNN7EXAMPLE', '[removed]'],
  ['eyJabcdefgh.eyJabcdefgh.', '[removed]'],
  ['xoxb-0123456789', '[removed]'],
  ['-----BEGIN PRIVATE KEY-----', '[removed]'],
  ['ab://:x@', 'ab://:[removed]@'],
  ['bearer abcdefgh', 'bearer [removed]'],
  ['pwd=abcd', 'pwd=[removed]'],
])('the shortest: %s', (text, expected) => {
  expect(withoutSecrets(text)).toBe(expected);
});

test.each([
  "Cannot read properties of undefined (reading 'token')",
  'order 7f3c not found: at File "/var/task/app.py", line 7, in handler',
  'missing secret: set the parameter',
  'Basic authentication required',
  'https://example.com:8443/path@2x.png',
])('is unchanged: %s', (text) => {
  expect(withoutSecrets(text)).toBe(text);
});

test('takes time in proportion to the text', () => {
  const text = `${'password='.repeat(5000)}${'a://b:'.repeat(5000)}`;
  expect(leastCpuMs(() => withoutSecrets(text), 500)).toBeLessThan(500);
});
