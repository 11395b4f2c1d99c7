/** The list of `aws lambda list-functions` as a body: all of it, or the field that is wrong. */
import { expect, test } from 'vitest';
import { readInventoryList } from './inventory-list.ts';

const entry = (name: string) => ({
  FunctionName: name,
  FunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
});
const read = (value: unknown) => readInventoryList(typeof value === 'string' ? value : JSON.stringify(value));

test('each function of the list', () => {
  expect(read({ Functions: [] })).toEqual({ ok: true, facts: [] });
  const found = read({ Functions: [entry('f'), entry('g')] });
  expect(found.ok && found.facts.map(({ name }) => name)).toEqual(['f', 'g']);
});

const NO_LIST = 'expected the list of aws lambda list-functions in a body of this size';
test.each<[string, unknown, string, string]>([
  ['no list', {}, 'Functions', NO_LIST],
  ['another value', { Functions: {} }, 'Functions', NO_LIST],
  ['a list at the top', [entry('f')], 'Functions', NO_LIST],
  [
    'declared facts beside it',
    { Functions: [], functions: [] },
    'functions',
    'expected either declared facts or the list of aws lambda list-functions',
  ],
  ['an entry that is no object', { Functions: [entry('f'), 5] }, 'Functions.1', 'expected an object'],
  ['an entry without a name', { Functions: [{}] }, 'Functions.0.FunctionName', 'expected a string'],
])('%s is refused with its field', (_, value, field, message) => {
  expect(read(value)).toEqual({ ok: false, error: { field, message } });
});

test('text that is no JSON is refused', () => {
  expect(read('{').ok).toBe(false);
});
