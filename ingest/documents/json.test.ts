/** Access to members of parsed JSON: a value of the type that is asked for, or nothing. Syntax: RFC 8259. */
import { describe, expect, test } from 'vitest';
import {
  booleanAt,
  isObject,
  isoMs,
  jsonText,
  listAt,
  numberAt,
  objectAt,
  parseJson,
  textAt,
  textsOf,
} from './json.ts';

describe('a member is of its type, or absent', () => {
  const record = {
    text: 'x',
    empty: '',
    n: 0,
    yes: true,
    no: false,
    list: [1],
    object: { a: 1 },
    nothing: null,
    letters: { length: 2 },
  };

  test.each([
    ['text', { text: 'x' }],
    ['empty', {}],
    ['n', { number: 0 }],
    ['yes', { boolean: true }],
    ['no', { boolean: false }],
    ['list', { list: [1] }],
    ['object', { object: { a: 1 } }],
    ['nothing', {}],
    ['letters', { object: { length: 2 } }],
    ['missing', {}],
  ])('%s', (key, expected) => {
    const found = { text: null, number: null, boolean: null, object: null, list: [], ...expected };
    const read = (holder: typeof record | null) => ({
      text: textAt(holder, key),
      number: numberAt(holder, key),
      boolean: booleanAt(holder, key),
      object: objectAt(holder, key),
      list: listAt(holder, key),
    });
    expect(read(record)).toEqual(found);
    expect(read(null)).toEqual({ text: null, number: null, boolean: null, object: null, list: [] });
  });

  test('objects are neither null nor lists', () => {
    expect([{}, { a: 1 }].every(isObject)).toBe(true);
    expect([null, [], [{}], 'text', 5, true, undefined].some(isObject)).toBe(false);
  });

  test('texts are cut off after 2,048 characters', () => {
    const text = `${'a'.repeat(2047)}b`;
    expect(textAt({ text }, 'text')).toBe(text);
    expect(textAt({ text: `${text}c` }, 'text')).toBe(text);
  });

  test('numbers that are written as text have at most 20 digits and 12 decimals', () => {
    expect(numberAt({ n: '9'.repeat(20) }, 'n')).toBe(1e20);
    expect(numberAt({ n: '9'.repeat(21) }, 'n')).toBeNull();
    expect(numberAt({ n: `0.${'5'.repeat(12)}` }, 'n')).toBe(0.555555555555);
    expect(numberAt({ n: `0.${'5'.repeat(13)}` }, 'n')).toBeNull();
  });

  test('texts of a list leave out what is empty or no text', () => {
    expect(textsOf(['a', '', null, 5, ['b'], { c: 1 }, 'd'])).toEqual(['a', 'd']);
    expect(textsOf([])).toEqual([]);
    expect(textsOf([5])).toEqual([]);
  });

  test('a time in ISO 8601, or none', () => {
    expect(isoMs('2026-11-20T10:15:30Z')).toBe(Date.UTC(2026, 10, 20, 10, 15, 30));
    expect(isoMs('yesterday')).toBeNull();
    expect(isoMs(null)).toBeNull();
  });
});

test('JSON is an object, within limits', () => {
  expect(parseJson('{"a":[1]}')).toEqual({ a: [1] });
  for (const text of ['[1]', '"a"', '5', 'null', '{', 'a', '', `{"a":${'['.repeat(5000)}`])
    expect(parseJson(text)).toBeNull();
});

test('the text of a value; a note for one that is too deep for the stack', () => {
  expect(jsonText({ a: [1, null] })).toBe('{"a":[1,null]}');
  expect(jsonText(undefined)).toBe('');
  const deep = Array.from({ length: 50_000 }).reduce<unknown>((inner) => [inner], 5);
  expect(jsonText(deep)).toBe('nested too deeply to serialise');
});
