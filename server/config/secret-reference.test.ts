import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeFolder, temporaryFolder } from '../../test/support/product.ts';
import { parseHeaders, readSecret, secretReference } from './secret-reference.ts';

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));

test.each([
  ['env:NAME', true],
  ['file:/run/secrets/x', true],
  ['file:relative', false],
  ['env:1', false],
  ['Bearer x', false],
  ['', false],
])('%j as a reference: %s', (text, isOne) => {
  expect(secretReference.safeParse(text).success).toBe(isOne);
});

test('a variable, a file, and what is not there', () => {
  const path = join(folder, 'secret');
  writeFileSync(path, 'authorization=Bearer%20x\n');
  expect(readSecret(`file:${path}`, {})).toBe('authorization=Bearer%20x');
  expect(readSecret('env:A', { A: 'b' })).toBe('b');
  // A password may end in a blank.
  expect(readSecret('env:A', { A: 'b ' })).toBe('b ');
  expect(() => readSecret('env:A', { A: '' })).toThrow('the variable A is not set');
  expect(() => readSecret(`file:${path}-no`, {})).toThrow('cannot be read');
});

test('headers as OTEL_EXPORTER_OTLP_HEADERS has them', () => {
  expect(parseHeaders('Authorization=Bearer%20a%3D=, x-scope=1,')).toEqual({
    authorization: 'Bearer a==',
    'x-scope': '1',
  });
  for (const text of ['a', 'a b=c', '=c', 'a=%0a', 'a=%', 'a=ü'])
    expect(() => parseHeaders(text)).toThrow(/OTEL_EXPORTER_OTLP_HEADERS/);
});
