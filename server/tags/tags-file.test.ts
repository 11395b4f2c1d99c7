import { expect, test } from 'vitest';
import { MOST_FILE_BYTES, readTagsFile } from './tags-file.ts';

const errorsOf = async (text: string): Promise<readonly string[]> => {
  const read = await readTagsFile(text);
  return read.ok ? [] : read.errors;
};

test('rules of a file, of which every scalar is text', async () => {
  const read = await readTagsFile(`
rules:
  - functions: ['checkout-*', cart]
    accounts: [012345678901]
    tags: {team: shop, cost-center: 0815, empty: }
  - regions: [eu-*]
    tags:
      "aws is fine: inside": yes
`);
  expect(read).toEqual({
    ok: true,
    rules: [
      {
        functions: ['checkout-*', 'cart'],
        accounts: ['012345678901'],
        regions: null,
        tags: [
          ['team', 'shop'],
          ['cost-center', '0815'],
          ['empty', ''],
        ],
      },
      { functions: null, accounts: null, regions: ['eu-*'], tags: [['aws is fine: inside', 'yes']] },
    ],
  });
});

test('JSON is YAML; a file without rules gives no tags', async () => {
  expect(await readTagsFile('{"rules":[{"functions":["a"],"tags":{"team":"x"}}]}')).toMatchObject({ ok: true });
  expect(await readTagsFile('rules: []')).toEqual({ ok: true, rules: [] });
});

test.each([
  ['', ['line 1: rules: expected a list of rules']],
  ['- a', ['line 1: file: expected rules: and a list of them']],
  [
    'rules:\n  - functions: checkout\n    tags: {team: a}',
    ['line 2: rules.0.functions: expected a list of names or patterns with * and ?'],
  ],
  ['rules:\n  - tags: {team: a}', ['line 2: rules.0: expected functions, accounts or regions to match']],
  [
    'rules:\n  - functions: []\n    tags: {team: a}',
    ['line 2: rules.0.functions: expected at least one name or pattern'],
  ],
  ['rules:\n  - functions: [a]', ['line 2: rules.0.tags: expected tags, such as team: shop']],
  ['rules:\n  - functions: [a]\n    tags: {team: [a, b]}', ['line 3: rules.0.tags.team: expected text']],
  [
    'rules:\n  - functions: [a]\n    tags:\n      aws:stack: b',
    ['line 4: rules.0.tags.aws:stack: keys that begin with aws: are reserved for AWS'],
  ],
  [
    'rules:\n  - functions: [a]\n    tags:\n      team: "a\u202eb"',
    ['line 4: rules.0.tags.team: expected no control, direction or invisible characters'],
  ],
  ['rules:\n  - functions: [a]\n    tag: {team: a}\n    tags: {team: a}', ['line 3: rules.0.tag: unknown field']],
  [
    `rules:\n  - functions: [${'a'.repeat(257)}]\n    tags: {team: a}`,
    ['line 2: rules.0.functions.0: expected at most 256 characters'],
  ],
  ['rules: []\nteams: []', ['line 2: teams: unknown field']],
])('%j is refused with the line, the field and what was expected', async (text, expected) => {
  expect(await errorsOf(text)).toEqual(expected);
});

test('a key that appears twice, and text that is no YAML', async () => {
  expect(await errorsOf('rules:\n  - functions: [a]\n    tags: {team: a, team: b}')).toEqual([
    'line 3: Map keys must be unique',
  ]);
  expect((await errorsOf('rules: ['))[0]).toMatch(/^line 1: /);
});

test('aliases are refused before they are expanded', async () => {
  const bomb = Array.from({ length: 30 }, (_, at) =>
    at === 0 ? 'a0: &a0 [x, x]' : `a${at}: &a${at} [*a${at - 1}, *a${at - 1}]`,
  ).join('\n');
  expect(await errorsOf(`${bomb}\nrules: *a29`)).toEqual(['YAML aliases (*name) are not supported']);
});

test('a file, a rule or patterns beyond their limits', async () => {
  expect(await errorsOf('#'.repeat(MOST_FILE_BYTES + 1))).toEqual([
    'the file has 262,145 bytes; expected at most 262,144',
  ]);
  const rules = (n: number, of: string) => `rules:\n${`  - {functions: [${of}], tags: {team: a}}\n`.repeat(n)}`;
  expect(await errorsOf(rules(1001, 'a'))).toEqual(['line 2: rules: expected at most 1,000 rules']);
  expect(await errorsOf(rules(1000, 'a,b,c,d,e,f'))).toEqual(['rules: 6,000 patterns; expected at most 5,000']);
  const tags = Array.from({ length: 51 }, (_, at) => `k${at}: v`).join(', ');
  expect(await errorsOf(`rules:\n  - functions: [a]\n    tags: {${tags}}`)).toEqual([
    'line 3: rules.0.tags: expected at most 50 tags',
  ]);
});

test('of many errors, the first twenty are stated', async () => {
  const errors = await errorsOf(`rules:\n${'  - {}\n'.repeat(40)}`);
  expect(errors).toHaveLength(21);
  expect(errors.at(-1)).toBe('and 20 more');
});

test('what is just within the limits is taken', async () => {
  const rules = (n: number, of: string) => `rules:\n${`  - {functions: [${of}], tags: {team: a}}\n`.repeat(n)}`;
  expect(await readTagsFile(rules(1000, 'a,b,c,d,e'))).toMatchObject({ ok: true });
  expect(
    await errorsOf(
      `${rules(1000, 'a,b,c,d,e')}`.replace('functions: [a,', 'accounts: [z], regions: [z], functions: [a,'),
    ),
  ).toEqual(['rules: 5,002 patterns; expected at most 5,000']);
  expect(await errorsOf(`rules: []${'\n'.repeat(MOST_FILE_BYTES - 9)}`)).toEqual([]);
  const tags = Array.from({ length: 50 }, (_, at) => `k${at}: v`).join(', ');
  expect(await errorsOf(`rules:\n  - functions: [${'a'.repeat(256)}]\n    tags: {${tags}}`)).toEqual([]);
  expect(await errorsOf(`rules:\n${'  - {}\n'.repeat(20)}`)).toHaveLength(20);
});

test.each([
  ['rules: {}', ['line 1: rules: expected a list of rules']],
  ['rules: [a]', ['line 1: rules.0: expected functions, accounts, regions and tags']],
  [
    'rules: [{functions: [""], tags: {a: b}}]',
    ['line 1: rules.0.functions.0: expected a name or a pattern with * and ?'],
  ],
  ['rules: [{regions: [[a]], tags: {a: b}}]', ['line 1: rules.0.regions.0: expected text']],
  ['rules: [{accounts: [], tags: {a: b}}]', ['line 1: rules.0.accounts: expected at least one name or pattern']],
  [
    'rules:\n  - functions: [a]\n    tags:\n      k: v\n      " x": v',
    ['line 5: rules.0.tags. x: expected a key of 1 to 128 characters, without blanks around it'],
  ],
  ['a: 1\nb: 2\nrules: []', ['line 1: a: unknown field', 'line 2: b: unknown field']],
])('%j is refused as well', async (text, expected) => {
  expect(await errorsOf(text)).toEqual(expected);
});

test('a rule for accounts or regions alone has the others open', async () => {
  expect(await readTagsFile('rules: [{accounts: [1], tags: {}}, {regions: [r], tags: {a: ""}}]')).toEqual({
    ok: true,
    rules: [
      { functions: null, accounts: ['1'], regions: null, tags: [] },
      { functions: null, accounts: null, regions: ['r'], tags: [['a', '']] },
    ],
  });
});
