/** docs/operations.md: a file with errors is not used, the log names what was expected, and the rules that were read last stay in use. */
import { beforeEach, expect, test } from 'vitest';
import type { TagRule } from './tag-rule.ts';
import type { TagsFileResult } from './tags-file.ts';
import { TagsFile } from './tags-file-watch.ts';

const RULE: TagRule = { functions: ['a'], accounts: null, regions: null, tags: [['team', 'shop']] };
const OTHER: TagRule = { ...RULE, tags: [['team', 'web']] };

let nowMs = 0;
let notified = 0;
/** What is read next, and what was asked with which stamp. */
let next: { readonly stamp: string | null; readonly result: TagsFileResult | null } | Error | string;
let asked: unknown[] = [];
let logged: unknown[] = [];
let file: TagsFile;

beforeEach(() => {
  [nowMs, notified, asked, logged] = [1000, 0, [], []];
  const log = (level: string) => (fields: object, message: string) => logged.push([level, fields, message]);
  file = new TagsFile({
    path: '/etc/tags.yaml',
    files: {
      run: async (...given) => {
        asked.push(given);
        if (next instanceof Error) throw next;
        // Of a library that throws something else.
        if (typeof next === 'string') throw next;
        return next;
      },
    },
    now: () => nowMs,
    log: { info: log('info'), warn: log('warn') } as unknown as ConstructorParameters<typeof TagsFile>[0]['log'],
  });
});
const reads = (result: TagsFileResult | null, stamp: string | null) => {
  next = { result, stamp };
  return file.round();
};

test('before the first round nothing is known of the file', () => {
  expect([file.isRead, file.rules(), file.state()]).toEqual([false, [], { rules: 0, errors: [], readMs: null }]);
});

test('the file is read once for each of its states, and who listens hears of it', async () => {
  await reads({ ok: true, rules: [RULE] }, 's1');
  file.onChange(() => {
    notified += 1;
  });
  expect([file.isRead, file.rules(), file.state()]).toEqual([true, [RULE], { rules: 1, errors: [], readMs: 1000 }]);
  nowMs = 2000;
  await reads(null, 's1');
  expect([file.rules(), file.state().readMs, notified]).toEqual([[RULE], 1000, 0]);
  await reads({ ok: true, rules: [OTHER, RULE] }, 's2');
  expect([file.rules(), file.state(), notified]).toEqual([[OTHER, RULE], { rules: 2, errors: [], readMs: 2000 }, 1]);
  await reads(null, 's2');
  expect(asked).toEqual([null, 's1', 's1', 's2'].map((known) => ['readTags', '/etc/tags.yaml', known]));
  expect(logged).toEqual([
    ['info', { rules: 1 }, 'tags: the file was read'],
    ['info', { rules: 2 }, 'tags: the file was read'],
  ]);
});

test('with errors the rules read before stay, which is said once for each set of errors', async () => {
  await reads({ ok: true, rules: [RULE] }, 's1');
  file.onChange(() => {
    notified += 1;
  });
  nowMs = 2000;
  await reads({ ok: false, errors: ['line 1: a', 'line 2: b'] }, 's2');
  expect([file.isRead, file.rules(), notified]).toEqual([true, [RULE], 0]);
  expect(file.state()).toEqual({ rules: 1, errors: ['line 1: a', 'line 2: b'], readMs: 1000 });
  await reads({ ok: false, errors: ['line 1: a', 'line 2: b'] }, 's3');
  await reads({ ok: false, errors: ['line 1: a'] }, 's4');
  const stays = 'tags: the file cannot be used; the tags read before stay in use';
  expect(logged.slice(1)).toEqual([
    ['warn', { errors: ['line 1: a', 'line 2: b'] }, stays],
    ['warn', { errors: ['line 1: a'] }, stays],
  ]);
  expect(asked.at(-1)).toEqual(['readTags', '/etc/tags.yaml', 's3']);
  await reads({ ok: true, rules: [OTHER] }, 's5');
  expect([file.rules(), file.state().errors, notified]).toEqual([[OTHER], [], 1]);
});

test('a file that cannot be read at the start is not read: no tag of it is known', async () => {
  next = new Error('no such file');
  await file.round();
  expect([file.isRead, file.state()]).toEqual([false, { rules: 0, errors: ['no such file'], readMs: null }]);
  next = 'no text';
  await file.round();
  expect(file.state().errors).toEqual(['no text']);
  const none = 'tags: the file cannot be used; no tags of a file are in use';
  expect(logged).toEqual([
    ['warn', { errors: ['no such file'] }, none],
    ['warn', { errors: ['no text'] }, none],
  ]);
  // Looked at again each time, whatever it was before.
  await reads({ ok: true, rules: [RULE] }, 's1');
  next = new Error('gone');
  await file.round();
  await reads({ ok: true, rules: [RULE] }, 's1');
  expect(asked.map((given) => (given as readonly unknown[])[2])).toEqual([null, null, null, 's1', null]);
});
