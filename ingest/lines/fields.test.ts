/** `Key: value` pairs of platform lines, in every way in which their separators are lost; numbers and units. */
import { describe, expect, test } from 'vitest';
import {
  bracketList,
  decimal,
  firstWord,
  KNOWN_KEYS,
  leadingDuration,
  leadingSize,
  scanFields,
  unescapeSeparators,
} from './fields.ts';

describe('pairs', () => {
  const pairs = (text: string, from = 0) => {
    const fields = scanFields(text, from);
    const values = KNOWN_KEYS.map((key) => [key, fields.get(key)]).filter(([, value]) => value !== undefined);
    return [Object.fromEntries(values), fields.unknownKeys];
  };

  test.each([
    ['tabs', 'Duration: 1 ms\tBilled Duration: 2 ms', { Duration: '1 ms', 'Billed Duration': '2 ms' }, []],
    ['single spaces', 'Duration: 1 ms Billed Duration: 2 ms', { Duration: '1 ms', 'Billed Duration': '2 ms' }, []],
    ['several spaces', 'Duration: 1 ms    Memory Size: 3 MB', { Duration: '1 ms', 'Memory Size': '3 MB' }, []],
    ['newlines', 'Duration: 1 ms\nMemory Size: 3 MB', { Duration: '1 ms', 'Memory Size': '3 MB' }, []],
    [
      'none at all',
      'Duration: 1 msBilled Duration: 2 msMemory Size: 3 MBMax Memory Used: 4 MB',
      { Duration: '1 ms', 'Billed Duration': '2 ms', 'Memory Size': '3 MB', 'Max Memory Used': '4 MB' },
      [],
    ],
    ['no space after the colon', 'Duration:1 ms\tStatus:ok', { Duration: '1 ms', Status: 'ok' }, []],
    ['words of the value before the key', 'State: Ready Events: [A]', { State: 'Ready', Events: '[A]' }, []],
    ['two words of the value', 'State: Not Ready Events: [A]', { State: 'Not Ready', Events: '[A]' }, []],
    ['the first of a repeated key counts', 'Duration: 1 ms\tDuration: 2 ms', { Duration: '1 ms' }, []],
    [
      'a key that is not known',
      'Duration: 1 ms\tTmp Used: 5 MB\tStatus: ok',
      { Duration: '1 ms', Status: 'ok' },
      ['Tmp Used'],
    ],
    [
      'a type with dots is a value',
      'Error Type: Runtime.ExitError\tStatus: x',
      { 'Error Type': 'Runtime.ExitError', Status: 'x' },
      [],
    ],
    [
      'colons of an ARN belong to the value',
      'Runtime Version ARN: arn:aws:lambda:eu-west-1::runtime:ab',
      { 'Runtime Version ARN': 'arn:aws:lambda:eu-west-1::runtime:ab' },
      [],
    ],
    ['a name with a hyphen', 'Name: my-Agent: x', { Name: 'my-Agent: x' }, []],
    ['lower case is no key', 'Name: a b: c', { Name: 'a b: c' }, []],
    ['a number before the key', 'Duration: 12Status: x', { Duration: '12', Status: 'x' }, []],
    ['brackets and commas before it', 'Events: [A]State: x', { Events: '[A]', State: 'x' }, []],
    ['nothing', '', {}, []],
    ['a colon alone', ': x', {}, []],
    ['an empty value', 'Status:\tPhase: init', { Status: '', Phase: 'init' }, []],
  ] as const)('%s', (_, text, values, unknown) => {
    expect(pairs(text)).toEqual([values, unknown]);
  });

  test('from an offset on; what is before is no key', () => {
    expect(pairs('REPORT RequestId: a', 6)).toEqual([{ RequestId: 'a' }, []]);
    expect(pairs('Duration: 1 ms', 9)).toEqual([{}, []]);
  });

  test('keys have at most 60 characters, and text after 8,192 is not read', () => {
    const key = (words: number) => Array.from({ length: words }, () => 'Abcde').join(' ');
    // Ten words of five letters and nine spaces are 59 characters.
    expect(pairs(`${key(10)}: 1`)).toEqual([{}, [key(10)]]);
    expect(pairs(`Status: ${'x'.repeat(8180)}\tPhase: init`)[0]).toEqual({
      Status: expect.stringMatching(/^x{8180}/),
    });
    expect(pairs(`Status: ${'x'.repeat(8170)}\tPhase: init`)[0]).toMatchObject({ Phase: 'init' });
    // One word of 60 letters is a key; of 61, its 60 last letters begin in lower case.
    const word = (letters: number) => `A${'b'.repeat(letters - 1)}`;
    expect(pairs(`Phase: v\t${word(60)}: 1`)).toEqual([{ Phase: 'v' }, [word(60)]]);
    expect(pairs(`Phase: v\t${word(61)}: 1`)[0]).toEqual({ Phase: `v\t${word(61)}: 1` });
    // A blank and the seven characters of the key are of the 8,192, those before the offset are not.
    expect(pairs(`REPORT Status:${'x'.repeat(9000)}`, 6)[0]).toEqual({ Status: 'x'.repeat(8184) });
  });

  test('the characters behind which a key begins', () => {
    const characters = Array.from({ length: 127 }, (_, code) => String.fromCharCode(code));
    const begins = (char: string) => pairs(`Phase: v${char}Status: x`)[0] as Record<string, string>;
    const others = characters.filter((char) => !/[A-Za-z]/.test(char));
    expect(others.filter((char) => char > ' ' && begins(char)['Status'] === 'x').join('')).toBe(',0123456789:]');
    expect(others.filter((char) => char <= ' ').every((char) => begins(char)['Status'] === 'x')).toBe(true);
  });

  test.each([
    ['A to Z and a to z', 'Phase: v\tAzZa: 1', { Phase: 'v' }, ['AzZa']],
    ['Z first', 'Phase: v\tZzAa: 1', { Phase: 'v' }, ['ZzAa']],
    ...['@', '[', '`', '{', '-', '_', '5'].map(
      (char) => [`${char} within it`, `Phase: v\tA${char}c: 1`, { Phase: `v\tA${char}c: 1` }, []] as const,
    ),
    ['a unit before it', 'Phase: 1 msAb: 2', { Phase: '1 ms' }, ['Ab']],
    ['a unit of sizes before it', 'Phase: 1 MBAb: 2', { Phase: '1 MB' }, ['Ab']],
    ['a unit and one letter', 'Phase: 1 msA: 2', { Phase: '1 msA: 2' }, []],
    ['a unit and two capitals', 'Phase: 1 msAB: 2', { Phase: '1 msAB: 2' }, []],
    ['a unit and lower case', 'Phase: 1 msab: 2', { Phase: '1 msab: 2' }, []],
    ['another unit', 'Phase: 1 kbAb: 2', { Phase: '1 kbAb: 2' }, []],
    ['a unit alone', 'Phase: 1 MB: 2', { Phase: '1 MB: 2' }, []],
    ['a key that is not known behind a value', 'State: Ready Other: x', { State: 'Ready Other: x' }, []],
    ['a known key behind no value', 'State: Status: x', { State: '', Status: 'x' }, []],
    ['another key behind no value', 'State: Other: x', { State: 'Other: x' }, []],
    ['two words of a key, two blanks between', 'Phase: v\tInit  Duration: 1', { Phase: 'v\tInit', Duration: '1' }, []],
  ] as const)('a key: %s', (_, text, values, unknown) => {
    expect(pairs(text)).toEqual([values, unknown]);
  });

  test.each([
    'Billed Restore Duration',
    'Post Runtime Duration',
    'Runtime Version ARN',
    'Initialization Type',
    'Restore Duration',
    'Runtime Duration',
    'Runtime Version',
    'Billed Duration',
    'Max Memory Used',
    'XRAY TraceId',
    'Init Duration',
    'Memory Size',
    'Error Type',
    'SegmentId',
    'ErrorType',
    'RequestId',
    'Duration',
    'Sampled',
    'Version',
    'Status',
    'Events',
    'Phase',
    'Types',
    'Name',
  ])('%s is known: it is found behind a word of the value before it', (key) => {
    expect(pairs(`State: Ready ${key}: x`)).toEqual([{ State: 'Ready', [key]: 'x' }, []]);
  });

  test.each([
    ['another value', 'Duration: 1 ms\tDuration: 2 ms', true],
    ['the same value', 'Duration: 1 ms\tDuration:  1 ms ', false],
    ['another value of a key that is not known', 'Tmp Used: 1\tTmp Used: 2', false],
    ['no key twice', 'Duration: 1 ms\tInit Duration: 2 ms', false],
    ['another value at last', 'Duration: 1 ms\tDuration: 1 ms\tDuration: 3 ms', true],
  ])('a line contradicts itself: %s', (_, text, contradicts) => {
    expect(scanFields(text, 0).contradicts).toBe(contradicts);
  });
});

describe('durations and sizes', () => {
  test.each([
    ['84.11 ms', 84.11],
    ['84', 84],
    ['0 ms', 0],
    ['3 s', 3000],
    ['3.00 seconds', 3000],
    ['1 second', 1000],
    ['2 sec', 2000],
    ['2 secs', 2000],
    ['5 msec', 5],
    ['250 us', 0.25],
    ['250 µs', 0.25],
    ['250 μs', 0.25],
    ['1500 ns', 0.0015],
    ['2 min', 120_000],
    ['2 minutes', 120_000],
    ['12 milliseconds', 12],
    ['250 microseconds', 0.25],
    ['1500 nanoseconds', 0.0015],
    ['3 S', 3000],
    ['12ms', 12],
    ['12 ms)', 12],
    ['12 ms, more', 12],
    ['12 ms]', 12],
    ['12 ms.', 12],
    ['3 s.', 3000],
    ['3 seconds!', 3000],
    ['3 s<br>', 3000],
    ['3    s', 3000],
    ['12;', 12],
    ['12|', 12],
    ['12"', 12],
    ["12'", 12],
    ['12]', 12],
    ['12, more', 12],
    ['1.000000001 s', 1000.000001],
    ['1.123456789 ms', 1.123457],
  ])('%s', (text, ms) => {
    expect(leadingDuration(text)).toBe(ms);
  });

  test.each([
    ['128 MB', 128],
    ['128', 128],
    ['1 GB', 1024],
    ['1.5 GiB', 1536],
    ['512 kb', 0.5],
    ['2048 KiB', 2],
    ['3 mib', 3],
    ['128 megabytes', 128],
    ['2 gigabytes', 2048],
    ['1 megabyte', 1],
    ['1 gigabyte', 1024],
    ['2 GB.', 2048],
    [`${'0'.repeat(29)}7 MB`, 7],
  ])('%s', (text, mb) => {
    expect(leadingSize(text)).toBe(mb);
  });

  test.each([
    'ms',
    '-1 ms',
    '12 hectomicroseconds',
    '12 hundredthsofaminute',
    '1e5 ms',
    '0x10',
    '1,234 ms',
    '1.2.3 ms',
    '12 lightyears',
    '12 fortnights',
    '12 light-years',
    '12 nauticalmiletime', // Sixteen letters.
    '12.',
    '12. ms',
    '12,5',
    '12)5',
    '1h30',
    '1s500ms',
    '12%',
    'NaN',
    '1.0000000000 ms',
    `${'1'.repeat(31)} ms`,
  ])('%s is none', (text) => {
    expect(leadingDuration(text)).toBeNaN();
    expect(leadingSize(text)).toBeNaN();
  });

  test('absent is null; sizes and durations have their own units', () => {
    expect([leadingDuration(undefined), leadingDuration(''), leadingSize(undefined)]).toEqual([null, null, null]);
    expect([leadingDuration('1 MB'), leadingSize('1 ms')]).toEqual([Number.NaN, Number.NaN]);
  });

  test.each([
    ['12', 12],
    ['12.5', 12.5],
    ['012', 12],
    ['', Number.NaN],
    ['12 ', Number.NaN],
    ['1e3', Number.NaN],
    ['-1', Number.NaN],
    ['12.', Number.NaN],
  ])('the decimal %j is %d', (text, value) => {
    expect(decimal(text)).toBe(value);
  });
});

test.each([
  ['[A, B]', ['A', 'B']],
  ['[A,B]', ['A', 'B']],
  ['[A B]', ['A', 'B']],
  ['[INVOKE] rest', ['INVOKE']],
  ['[]', []],
  ['[ ]', []],
  ['A, B', null],
  [' [A]', null],
  ['[A', null],
  [undefined, null],
])('the list %j', (text, words) => {
  expect(bracketList(text)).toEqual(words);
});

test('the first word, of at most 512 characters', () => {
  expect([firstWord('a b'), firstWord('a\tb'), firstWord(''), firstWord(' a'), firstWord(undefined)]).toEqual([
    'a',
    'a',
    null,
    null,
    null,
  ]);
  expect(firstWord('x'.repeat(600))).toHaveLength(512);
});

test('separators that were escaped twice', () => {
  expect(unescapeSeparators('a\\tb\\nc')).toBe('a\tb\nc');
  expect(unescapeSeparators('a\\b')).toBe('a\\b');
});
