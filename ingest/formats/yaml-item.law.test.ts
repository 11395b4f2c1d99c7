/** Items of YAML lists are read as the `yaml` package reads them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CreateNodeOptions, DocumentOptions, SchemaOptions, ToStringOptions } from 'yaml';
import { parse, stringify } from 'yaml';
import { law } from '../../test/support/law.ts';
import { isFlatItem, readFlatItem, readFlatPair } from './yaml-item.ts';

/** Null where the package finds an error, and where the item must not be given to it. */
function byPackage(text: string): unknown {
  if (!isFlatItem(text)) return null;
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, prettyErrors: false, logLevel: 'error' });
    return Array.isArray(value) ? value[0] : null;
  } catch {
    return null;
  }
}

const pieces = fc.constantFrom(
  ...[' ', '  ', '    ', '\n', '\n  ', '\n    ', '\n\n', '\t', '\r', '\u00a0', '\u2028', '\ufeff'],
  ...['a', 'é', '👍', 'message', '"', "'", "''", '\\', '\\"', '\\n', '\\ ', '\\\n', '\\x41', '\\u00e9', '\\U0001F600'],
  ...['\\U99999999', '\\x4', '\\q', ': ', ':', '- ', '#', ' #', '|', '>', '>-\n    ', '|\n    ', '[', '{', '&', '*'],
  ...['!', '%', '@', '`', ',', '?', '---', '...', '__proto__', '+', '-', '.', '~', 'true', 'null', '1', '1.50', '0x1F'],
  ...['0o17', '1e5', '-.inf', '.nan'],
);
const text = fc.array(pieces, { minLength: 1, maxLength: 6 }).map((all) => all.join(''));
const keys = fc.constantFrom(
  'message',
  'timestamp',
  'a',
  '"a"',
  "'b'",
  'eventId',
  'null',
  'True',
  '1',
  '_x',
  '"__proto__"',
);
const colons = fc.constantFrom(': ', ': ', ': ', ':  ', ':', ':\t');
const ends = fc.constantFrom('\n', '\n', '\n\n', '\n  \n', '\n \t\n', '');
const blocks = fc.constantFrom('|', '>', '|-', '>-', '|+', '>+', '|2', '>2-', '|1+', '|+1', '|0', '> ');
const styles = fc.constantFrom('as it is', 'indented', '"', "'", 'block');
const margins = fc.constantFrom('', '  ', '   ');
const values = fc.tuple(styles, text, blocks, margins).map(([style, value, head, margin]) => (pad: string): string => {
  const deeper = (by: string): string => value.replaceAll('\n', `\n${pad}${by}`);
  if (style === 'as it is') return value;
  if (style === 'indented') return deeper(' ');
  return style === 'block' ? `${head}\n${pad}  ${deeper(margin)}` : `${style}${deeper(' ')}${style}`;
});
/** Nearly valid items. */
const items = fc
  .tuple(
    fc.constantFrom('', '', ' ', '  '),
    fc.array(fc.tuple(keys, colons, values, ends), { minLength: 1, maxLength: 3 }),
  )
  .map(([lead, members]) => {
    const pad = `${lead}  `;
    return `${lead}- ${members.map(([key, colon, value, end]) => key + colon + value(pad) + end).join(pad)}`;
  });

test('whatever is read is what the package reads', () => {
  const outcomes = { read: 0, refused: 0, left: 0 };
  law(
    fc.property(items, (item) => {
      const flat = readFlatItem(item);
      outcomes[flat === undefined ? 'left' : flat === null ? 'refused' : 'read'] += 1;
      if (flat !== undefined) expect(flat).toEqual(byPackage(item));
    }),
    { numRuns: 5000 },
  );
  // The items are drawn so that each outcome is common.
  expect(Math.min(outcomes.read, outcomes.refused, outcomes.left)).toBeGreaterThan(50);
});

test('a pair is read as the item with its keys', () => {
  const outcomes = { read: 0, refused: 0, left: 0 };
  const times = fc.constantFrom('1795888751426', "'2026-11-26T10:00:01Z'", '"2026-11-26T10:00:01+01:00"');
  const margin = fc.constantFrom('', ' ', '  ');
  const rest = fc.constantFrom('', '', '', '  a: b\n', '  message: x\n', ' a: b\n');
  law(
    fc.property(margin, times, values, ends, rest, (lead, time, value, end, after) => {
      const message = value(`${lead}  `);
      fc.pre(/^\S/.test(message));
      const own = `${message}${end}${after === '' ? '' : lead + after}`;
      const pair = readFlatPair(`${lead}- - ${time}\n${lead}  - ${own}`);
      outcomes[pair === undefined ? 'left' : pair === null ? 'refused' : 'read'] += 1;
      if (pair !== undefined)
        expect(pair).toEqual(readFlatItem(`${lead}- timestamp: ${time}\n${lead}  message: ${own}`));
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(outcomes.read, outcomes.refused, outcomes.left)).toBeGreaterThan(50);
});

test.each([
  ['a time without quotes', '- - 2026-11-26T10:00:01Z\n  - x\n'],
  ['a quote that is not closed', "- - '2026-11-26T10:00:01Z\n  - x\n"],
  ['the second at another column', '- - 1795888751426\n   - x\n'],
  ['a carriage return', '- - 1795888751426\n  - x\r\n'],
  ['no pair', '- message: x\n'],
])('is no plain pair: %s', (_name, item) => expect(readFlatPair(item)).toBeUndefined());

type Style = DocumentOptions & SchemaOptions & CreateNodeOptions & ToStringOptions;
const STYLES: readonly Style[] = [
  {},
  { lineWidth: 0 },
  { blockQuote: false },
  { defaultStringType: 'QUOTE_DOUBLE' },
  { defaultStringType: 'QUOTE_SINGLE' },
  { defaultStringType: 'BLOCK_LITERAL', defaultKeyType: 'PLAIN' },
  { defaultStringType: 'BLOCK_FOLDED', defaultKeyType: 'PLAIN' },
];
const printed = fc.constantFrom(
  ...[
    'a',
    'Größe',
    '東京',
    ' ',
    '\n',
    '\t',
    '"',
    "'",
    '\\',
    ': ',
    '- ',
    '#',
    ' #',
    '|',
    '{"a":1}',
    '%',
    '@',
    '1',
    'true',
  ],
  ...[
    'REPORT RequestId: x\tDuration: 1 ms\t\n',
    'words of a line that goes on and on until it is folded ',
    '\u0007',
    '👍',
  ],
);

test('what is printed is read without the package', () => {
  law(
    fc.property(fc.array(printed, { maxLength: 12 }), fc.constantFrom(...STYLES), (words, style) => {
      // Blanks between line breaks may be text of a block or its indentation.
      const message = words.join('').replaceAll(/^[ \t]+(?=\n|$)/gm, '');
      const event = { logStreamName: 's', timestamp: 1_795_888_751_426, message, eventId: '3'.repeat(56) };
      const item = stringify([event], style);
      expect(readFlatItem(item)).toEqual(byPackage(item));
    }),
    { numRuns: 400 },
  );
});
