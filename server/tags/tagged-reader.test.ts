/** Rules ask by tags: what they read gets the values of the tags that they filter or group by. */
import { expect, test } from 'vitest';
import type { AggregateQuery, Dimension, StoreReader } from '../storage/ports.ts';
import type { TagBook } from './tag-book.ts';
import { taggedReader, withTags } from './tagged-reader.ts';

const asked: (readonly Dimension[])[] = [];
const book = {
  teamKey: 'owner',
  tagsOf: ({ name }: { readonly name: string }) => new Map([[name, {}]]),
  valuesOf: async (dimensions: readonly Dimension[]) => {
    asked.push(dimensions);
    return dimensions.some((one) => one.startsWith('tag.'))
      ? new Map([['tag.team', new Map([[1, 'shop']])]])
      : undefined;
  },
} as unknown as TagBook;
const query = (groupBy: readonly string[], fields: readonly string[]): AggregateQuery =>
  ({ groupBy, filters: fields.map((field) => ({ field })), metric: 'm' }) as unknown as AggregateQuery;

test('of the tags that a query groups or filters by', async () => {
  asked.length = 0;
  const grouped = query(['tag.team'], ['region']);
  expect(await withTags(grouped, book)).toEqual({ ...grouped, tags: new Map([['tag.team', new Map([[1, 'shop']])]]) });
  expect(await withTags(query(['function'], ['tag.team']), book)).toHaveProperty('tags');
  const plain = query(['function'], ['region', 'account']);
  expect(await withTags(plain, book)).toBe(plain);
  expect(asked).toEqual([
    ['tag.team', 'region'],
    ['function', 'tag.team'],
    ['function', 'region', 'account'],
  ]);
});

test('a reader passes all else on', async () => {
  const given: unknown[] = [];
  const read = {
    aggregate: async (one: unknown) => given.push(one),
    overview: () => 'overview',
  } as unknown as StoreReader;
  const reader = taggedReader(read, book);
  await reader.aggregate(query(['tag.team'], []));
  expect(given).toEqual([expect.objectContaining({ tags: expect.any(Map), metric: 'm' })]);
  expect([reader.teamKey, [...reader.tagsOf({ account: '', region: '', name: 'a' }).keys()]]).toEqual(['owner', ['a']]);
  expect((reader as unknown as { overview(): string }).overview()).toBe('overview');
});
