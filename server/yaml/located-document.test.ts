/** Lines of fields in YAML. */
import { expect, test } from 'vitest';
import { parseLocated } from './located-document.ts';

const TEXT = `# what follows
rules:
  - id: a
    labels:
      10: ten
  - id: b`;

test('the line of a value, or of the nearest one around it', () => {
  const { value, errors, firstLine, lineOf } = parseLocated(TEXT, 'failsafe');
  expect(errors).toEqual([]);
  expect(value).toEqual({ rules: [{ id: 'a', labels: { 10: 'ten' } }, { id: 'b' }] });
  expect(firstLine).toBe(2);
  expect(lineOf(['rules'])).toBe(3);
  expect(lineOf(['rules', 0, 'labels', '10'])).toBe(5);
  expect(lineOf(['rules', 1, 'id'])).toBe(6);
  expect(lineOf(['rules', 1, 'missing', 'deeper'])).toBe(6);
  expect(lineOf(['missing'])).toBeNull();
  expect(lineOf([])).toBeNull();
});

test('schemas: numbers are numbers, or every scalar is text', () => {
  expect(parseLocated('a: 0815').value).toEqual({ a: 815 });
  expect(parseLocated('a: 0815', 'failsafe').value).toEqual({ a: '0815' });
});

test('errors have their lines; aliases are an error of the whole document', () => {
  expect(parseLocated('a: 1\na: 2').errors).toEqual([{ line: 2, message: 'Map keys must be unique' }]);
  expect(parseLocated('a: &x 1\nb: *x')).toMatchObject({
    value: undefined,
    errors: [{ line: null, message: 'YAML aliases (*name) are not supported' }],
  });
  expect(parseLocated('').value).toBeNull();
});
