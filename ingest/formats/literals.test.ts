/** Values as programs print them, scalars of YAML, and text in several encodings. After the documentation of each printer. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { eachLiteral } from './literals.ts';
import { decodedText, decodeText, NotTextError } from './text-encoding.ts';
import { doubleQuoted, foldedBlock, plain, singleQuoted } from './yaml-scalars.ts';

function parseLiterals(text: string) {
  const values: unknown[] = [];
  const { n, rest, isShortened } = eachLiteral(text, (value) => values.push(value));
  expect(n).toBe(values.length);
  return { values, rest, isShortened };
}

describe('printed values', () => {
  const read = (text: string) => parseLiterals(text).values;

  test.each([
    ['Python', `{'a': True, 'b': False, 'c': None, 'd': 1, 'e': -1.5}`, { a: true, b: false, c: null, d: 1, e: -1.5 }],
    ['Python 2', `{u'a': 5L, b'b': u'x'}`, { a: 5, b: 'x' }],
    ['Node.js', `{ a: true, b: undefined, 'c-d': null, e: 12n }`, { a: true, b: null, 'c-d': null, e: 12 }],
    ['Ruby', `{"a" => nil, "b" => [1, 2]}`, { a: null, b: [1, 2] }],
    [
      'rubydebug',
      `{\n  "@timestamp" => 2026-11-20T12:00:00.000Z,\n  "a" => "b"\n}`,
      { '@timestamp': '2026-11-20T12:00:00.000Z', a: 'b' },
    ],
    ['three kinds of quotes', '{a: \'x"y\', b: "x\'y", c: `x"y`}', { a: 'x"y', b: "x'y", c: 'x"y' }],
    ['a string in pieces', `{a: 'x' +\n  'y' + "z"}`, { a: 'xyz' }],
    ['nested', `{a: {b: [{c: 1}, []]}}`, { a: { b: [{ c: 1 }, []] } }],
    ['keys with signs', `{$a_1.b-c: 1, @d: 2, _e: 3}`, { '$a_1.b-c': 1, '@d': 2, _e: 3 }],
    ['words', `{a: datetime.utc, b: [x y z, 1x]}`, { a: 'datetime.utc', b: ['x y z', '1x'] }],
    ['a long number is text', `{a: 123456789012345678}`, { a: '123456789012345678' }],
  ])('%s', (_, text, value) => {
    expect(parseLiterals(text)).toEqual({ values: [value], rest: '', isShortened: false });
  });

  test.each<[string, unknown]>([
    ['0', 0],
    ['007', 7],
    ['123456789012345', 123_456_789_012_345],
    ['1234567890123456', 1_234_567_890_123_456],
    ['123456789012345678', '123456789012345678'],
    ['1.5', 1.5],
    ['1.25 ', 1.25],
    ['12.', '12.'],
    ['.5', '.5'],
    ['1.123456789012', 1.123456789012],
    ['1.1234567890123', '1.1234567890123'],
    ['-5', -5],
    ['-1.5', -1.5],
    ['-', '-'],
    ['+5', '+5'],
    ['5n', 5],
    ['5L', 5],
    ['-5L', -5],
    ['5.5n', 5.5],
    ['5nn', '5nn'],
    ['5x', '5x'],
    ['1e5', '1e5'],
    ['1.2.3', '1.2.3'],
    ['5 apples', '5 apples'],
    ['12:15:30', '12:15:30'],
    ['true', true],
    ['True', true],
    ['TRUE', 'TRUE'],
    ['false', false],
    ['False', false],
    ['null', null],
    ['None', null],
    ['nil', null],
    ['undefined', null],
    ['NaN', 'NaN'],
    ['constructor', 'constructor'],
    ["'5'", '5'],
    ["b'x'", 'x'],
    ['u"x"', 'x'],
    ['bytes', 'bytes'],
    ["'a' + 'b'", 'ab'],
    ['\'a\' +\n  "b" + `c`', 'abc'],
    ["'a\\'b' + 'c'", "a'bc"],
    ["'a\\\\'", 'a\\'],
  ])('the value %s', (text, value) => {
    expect(read(`[${text}]`)).toEqual([[value]]);
    expect(read(`{a: ${text}, b: 1}`)).toEqual([{ a: value, b: 1 }]);
    expect(read(`{a: ${text}}`)).toEqual([{ a: value }]);
  });

  test.each<[string, unknown]>([
    ['{a : 1}', { a: 1 }],
    ['{a:1}', { a: 1 }],
    ['{a:\n\t1\r}', { a: 1 }],
    ['{a:\u00a01}', { a: 1 }],
    ["{'a': 1}", { a: 1 }],
    ["{'a'=>1}", { a: 1 }],
    ['{"a" => 1}', { a: 1 }],
    ['{"a b": 1}', { 'a b': 1 }],
    ["{b'a': 1}", { a: 1 }],
    ['{a.b-c_9: 1}', { 'a.b-c_9': 1 }],
    ['{Z: 1, z: 2}', { Z: 1, z: 2 }],
    ['{a: 1,, b: 2,}', { a: 1, b: 2 }],
    ['{a: 1; b: 2}', { a: '1; b: 2' }],
    ['{a: [1]; b: 2}', { a: [1], b: 2 }],
    ['{a: 1, a: 2}', { a: 2 }],
    ['{}', {}],
    ['{ }', {}],
    ['[1, 2,]', [1, 2]],
    ['[,1]', [1]],
    ['[1,\u00a02]', [1, 2]],
    ['[\n]', []],
    ['[[], {}]', [[], {}]],
  ])('%j', (text, value) => {
    expect(parseLiterals(text)).toEqual({ values: [value], rest: '', isShortened: false });
  });

  test('a member of the name __proto__ is one of the object', () => {
    const [value] = read('{__proto__: {a: 1}, b: 2}') as unknown as readonly [object];
    expect(Object.entries(value)).toEqual([
      ['__proto__', { a: 1 }],
      ['b', 2],
    ]);
  });

  test.each([
    '{a => 1}',
    "{'a' = 1}",
    "{'a' > 1}",
    "{'a' 1}",
    '{-a: 1}',
    '{.a: 1}',
    '{1a: 1}',
    '{a b: 1}',
    '{: 1}',
    '{`a`: 1}',
    '{[1]: 2}',
    "['a]",
    "['a\\']",
    '(1)',
    '5',
  ])('%s cannot be read', (text) => {
    expect(parseLiterals(text)).toEqual({ values: [], rest: text, isShortened: false });
  });

  test.each([
    ['\\n\\t\\r\\b\\f\\v', '\n\t\r\b\f\v'],
    ['\\e[0m', '\u001b[0m'],
    ['\\0\\a', '\0\u0007'],
    ['\\x41\\u0042\\u{43}\\U00000044', 'ABCD'],
    ['\\u{110000}', '\ufffd'],
    ['\\\\\\"\\\'', '\\"\''],
    ['\\q', 'q'],
  ])('the escape %s', (text, value) => {
    expect(read(`["${text}"]`)).toEqual([[value]]);
  });

  test('several values, between blanks, commas and labels', () => {
    expect(read(`{a: 1}\n{a: 2}, [3]; {a: 4}`)).toEqual([{ a: 1 }, { a: 2 }, [3], { a: 4 }]);
    // Fluent Bit numbers its records.
    expect(read(`[0] tag.name: [1700000000.5, {"log"=>"x"}]\n[1] tag.name: [1700000001.5, {"log"=>"y"}]`)).toEqual([
      [1700000000.5, { log: 'x' }],
      [1700000001.5, { log: 'y' }],
    ]);
    expect(parseLiterals('')).toEqual({ values: [], rest: '', isShortened: false });
    // At the second character, behind a blank, and with one behind it.
    expect(parseLiterals(' {a: 1} ')).toEqual({ values: [{ a: 1 }], rest: '', isShortened: false });
    expect(parseLiterals('\u00a0[1]')).toEqual({ values: [[1]], rest: '', isShortened: false });
  });

  test.each(['[1, 2, ... 20 more items]', '{a: 1, ... 3 more items}', '[1, ...]', '[... 100 more items]'])(
    'a printer left items out: %s',
    (text) => {
      expect(parseLiterals(text).isShortened).toBe(true);
      expect(parseLiterals(text).values).toHaveLength(1);
    },
  );

  test.each(['{a: 1', '[1, 2', '{a 1}', '{a: }', `{'a': 'x}`, '{1: 2}', 'text', '"text"', '[}'])(
    'what cannot be read is left: %s',
    (broken) => {
      expect(parseLiterals(`{ok: 1}\n${broken}`)).toEqual({ values: [{ ok: 1 }], rest: broken, isShortened: false });
    },
  );

  test('no deeper than JSON is read', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(parseLiterals(nested(256)).values).toHaveLength(1);
    expect(parseLiterals(nested(257))).toMatchObject({ values: [], rest: nested(257) });
    expect(parseLiterals(`${'{a: '.repeat(256)}1${'}'.repeat(256)}`).values).toHaveLength(0);
    expect(parseLiterals(`${'{a: '.repeat(255)}1${'}'.repeat(255)}`).values).toHaveLength(1);
    expect(parseLiterals(nested(100_000))).toMatchObject({ values: [], rest: nested(100_000) });
  });
});

describe('scalars of YAML are those of the yaml package', () => {
  const WORDS = [
    '~',
    'null',
    'Null',
    'NULL',
    'nULL',
    'true',
    'True',
    'TRUE',
    'tRUE',
    'false',
    'False',
    'FALSE',
    'no',
    'yes',
  ];
  const NUMBERS = [
    '0',
    '-1',
    '+12',
    '007',
    '0o17',
    '0o8',
    '0x1F',
    '0xG',
    '1.5',
    '-.5',
    '.5',
    '5.',
    '1e3',
    '1E-3',
    '1e',
    '.',
    '-',
    '+',
    '1_000',
  ];
  const OTHERS = [
    '.nan',
    '.NaN',
    '.NAN',
    '.Nan',
    '.inf',
    '-.INF',
    '+.Inf',
    '.iNF',
    'text',
    'n',
    't1',
    '2026-11-20',
    '1:30',
    'a b',
  ];

  test.each([...WORDS, ...NUMBERS, ...OTHERS].filter((text) => text !== '-'))('%s', (text) => {
    expect(plain(text)).toEqual(parse(text));
  });

  test.each(['a b', 'a\n b', 'a \n \n  b', 'a\n\n\nb', "it''s", ' a '])('single quotes: %j', (text) => {
    expect(singleQuoted(text)).toBe(parse(`'${text}'`));
  });

  test.each([
    'a\\nb',
    '\\x41\\u0042\\U00000043',
    '\\N\\_\\L\\P',
    '\\0\\a\\b\\e\\f\\n\\r\\t\\v',
    '\\"\\/\\\\',
    'a\\\n  b',
    'a\n\n b',
    'a  \\tb',
    'a \n b\\n',
  ])('double quotes: %j', (text) => {
    expect(doubleQuoted(text)).toBe(parse(`"${text}"`));
  });

  test.each(['\\q', '\\U00110000', '\\x4'])('the escape %j is invalid', (text) => {
    expect(doubleQuoted(text)).toBe(null);
  });

  test.each([
    [['a', 'b', 'c']],
    [['a', '', 'b']],
    [['a', '', '', 'b']],
    [['', 'a', 'b']],
    [['a', '  indented', 'b']],
    [['a', '', '  indented', '  more', '', 'b']],
    [['a', '\tx', '', 'b']],
  ])('a folded block of %j', (lines) => {
    expect(foldedBlock(lines)).toBe(parse(`>-\n${lines.map((line) => (line === '' ? '' : ` ${line}`)).join('\n')}\n`));
  });
});

describe('text in files', () => {
  const utf16 = (text: string, bom = true) => Buffer.from(`${bom ? '\ufeff' : ''}${text}`, 'utf16le');
  const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();

  test.each([
    ['UTF-8', Buffer.from('aä\r\nb')],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffaä\r\nb')],
    ['UTF-16 LE', utf16('aä\r\nb')],
    ['UTF-16 BE', swapped(utf16('aä\r\nb'))],
    ['UTF-16 LE without a mark', utf16('aä\r\nb', false)],
    ['UTF-16 BE without a mark', swapped(utf16('aä\r\nb', false))],
  ])('%s', (_, bytes) => {
    expect(decodeText(bytes)).toBe('aä\nb');
  });

  const decoded = async (...chunks: readonly Buffer[]) => {
    const read: string[] = [];
    for await (const text of decodedText(
      (async function* () {
        yield* chunks;
      })(),
    ))
      read.push(text);
    return read.join('');
  };

  test('characters stay whole where chunks divide them', async () => {
    const bytes = Buffer.from(`${'x'.repeat(5000)}ä€😀 end`);
    for (const at of [5001, 5003, 5006])
      expect(await decoded(bytes.subarray(0, at), bytes.subarray(at))).toBe(bytes.toString());
    const single = Array.from({ length: 12 }, (_, at) => Buffer.from('aä€').subarray(at, at + 1));
    expect(await decoded(...single)).toBe('aä€');
    expect(await decoded()).toBe('');
  });

  test.each([
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0]), /^compressed with gzip more than 2 times/, true],
    ['binary data', Buffer.from(Array.from({ length: 64 }, (_, at) => at % 8)), /^binary data/, false],
    [
      'Latin-1',
      Buffer.from('\xe4\xf6\xfc'.repeat(20), 'latin1'),
      /^binary data, or text in an encoding other than/,
      false,
    ],
  ])('%s is refused', async (_, bytes, message, isKnownFormat) => {
    await expect(decoded(bytes)).rejects.toMatchObject({ name: 'NotTextError', isKnownFormat });
    await expect(decoded(bytes)).rejects.toThrow(message);
    await expect(decoded(bytes)).rejects.toBeInstanceOf(NotTextError);
  });

  test('a few foreign bytes, colours, and short texts are text', async () => {
    const text = `${'x'.repeat(95)}\u0001\u0002\u0003\u0004\u001b`;
    expect(await decoded(Buffer.from(text))).toBe(text);
    await expect(decoded(Buffer.from(`${'x'.repeat(94)}\u0001\u0002\u0003\u0004\u0005\u0006`))).rejects.toThrow(
      'binary',
    );
    expect(await decoded(Buffer.from('\u0001'.repeat(31)))).toBe('\u0001'.repeat(31));
  });
});
