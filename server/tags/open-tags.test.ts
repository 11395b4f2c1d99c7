/** At the start the file is read before anything is permitted by its tags. */
import { expect, test } from 'vitest';
import { openTags } from './open-tags.ts';
import type { TagsFileResult } from './tags-file.ts';

type Given = Parameters<typeof openTags>[0];
const RULES = {
  ok: true,
  rules: [{ functions: ['a'], accounts: null, regions: null, tags: [['team', 'file']] }],
} as const;

function given(tagsFile: string | null, result: TagsFileResult): Given {
  const functionTags = async () => [
    { source: 'inventory', account: '', region: '', name: 'a', tags: { team: 'aws', stage: 'prod' }, updatedMs: 0 },
  ];
  return {
    config: { tagsFile, teamTag: 'squad' },
    store: { read: { functionTags }, control: {} },
    files: { run: async () => ({ stamp: 's', result }) },
    now: () => 5,
    log: { info: () => undefined, warn: () => undefined },
  } as unknown as Given;
}
const A = { account: '', region: '', name: 'a' };

test('what is stored and the file are known at once; the file goes before AWS', async () => {
  const { tags, tagsFile, ofRules } = await openTags(given('/tags.yaml', RULES));
  expect(tagsFile?.state()).toEqual({ rules: 1, errors: [], readMs: 5 });
  expect([tags.isCurrent, tags.teamKey, ofRules.teamKey]).toEqual([true, 'squad', 'squad']);
  expect(['team', 'stage'].map((key) => ofRules.tagsOf(A).get(key)?.value)).toEqual(['file', 'prod']);
});

test('without a file there is none; with one that cannot be used, tags are not known', async () => {
  const without = await openTags(given(null, RULES));
  expect([without.tagsFile, without.tags.isCurrent, without.tags.tagsOf(A).get('team')?.value]).toEqual([
    null,
    true,
    'aws',
  ]);
  const broken = await openTags(given('/tags.yaml', { ok: false, errors: ['line 1: x'] }));
  expect([broken.tagsFile?.state().errors, broken.tags.isCurrent]).toEqual([['line 1: x'], false]);
});
