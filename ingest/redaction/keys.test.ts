import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { law } from '../../test/support/law.ts';
import { compileRules, replaced } from './redact.ts';

const none = (): never => {
  throw new RangeError('no expressions here');
};
const rules = compileRules(
  { patterns: [], keys: ['password', 'api_key', '*token*', 'card.number'], expressions: {} },
  none,
);
const redacted = (text: string): string => replaced(text, rules.find(text));

test.each([
  ['{"user":"ada","password":"a\\"b","n":1}', '{"user":"ada","password":"[redacted:key]","n":1}'],
  ['{"a":{"b":[{"PassWord" : "x"}]}}', '{"a":{"b":[{"PassWord" : "[redacted:key]"}]}}'],
  [
    '{"apiKey":1,"api-key":true,"API_KEY":null}',
    '{"apiKey":"[redacted:key]","api-key":"[redacted:key]","API_KEY":null}',
  ],
  ['{"authToken":{"a":"}","b":[1]},"c":2}', '{"authToken":"[redacted:key]","c":2}'],
  ['{"tokens":["a","]"],"c":2}', '{"tokens":"[redacted:key]","c":2}'],
  // JSON in a string of JSON, as API Gateway passes bodies.
  [
    '{"body":"{\\"password\\":\\"x\\\\\\"y\\",\\"k\\":1}"}',
    '{"body":"{\\"password\\":\\"[redacted:key]\\",\\"k\\":1}"}',
  ],
  ['{"body":"{\\"token\\":{\\"a\\":1},\\"k\\":1}"}', '{"body":"{\\"token\\":\\"[redacted:key]\\",\\"k\\":1}"}'],
  // What Node.js and Python print of objects, and Ruby.
  ["{ password: 'it\\'s', ok: true }", "{ password: '[redacted:key]', ok: true }"],
  ["{'password': 'x', 'n': 1}", "{'password': '[redacted:key]', 'n': 1}"],
  ['{"password"=>"x", "n"=>1}', '{"password"=>"[redacted:key]", "n"=>1}'],
  ['level=info password=hunter2 n=1', 'level=info password=[redacted:key] n=1'],
  ['GET /x?a=1&access_token=abc.def&b=2', 'GET /x?a=1&access_token=[redacted:key]&b=2'],
  ['token: Bearer abc, next', 'token: [redacted:key], next'],
  // A line that is cut ends within the value.
  ['{"password":"secr', '{"password":"[redacted:key]'],
  ['{"token":{"a":"secr', '{"token":"[redacted:key]"'],
  ['line one\\npassword=x', 'line one\\npassword=[redacted:key]'],
])('%s', (text, expected) => {
  expect(redacted(text)).toBe(expected);
});

test.each([
  '{"user":"password","passwords":"x","n":"token"}',
  'the password is wrong',
  '{"password":""}',
  '{"password":"[redacted:key]"} password=[redacted:key]',
])('%s stays as it is', (text) => {
  expect(redacted(text)).toBe(text);
});

test('no value of a member survives, and JSON stays JSON', () => {
  const secret = fc.string({ unit: 'binary', minLength: 1 }).filter((text) => !text.startsWith('[redacted:'));
  law(
    fc.property(secret, fc.jsonValue(), fc.integer({ min: 0, max: 3 }), (value, other, depth) => {
      let document: unknown = { other, password: value, after: 1 };
      for (let at = 0; at < depth; at += 1) document = { body: JSON.stringify(document) };
      let read: unknown = JSON.parse(redacted(JSON.stringify(document)));
      for (let at = 0; at < depth; at += 1) read = JSON.parse((read as { body: string }).body);
      expect(read).toMatchObject({ password: '[redacted:key]', after: 1 });
    }),
  );
});
