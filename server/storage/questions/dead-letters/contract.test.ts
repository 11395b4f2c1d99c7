import { expect, test } from 'vitest';
import { onBoth, queryBoth } from '../../../../test/support/contract.ts';
import { DEAD_LETTER } from '../../../../test/support/contract-fixture.ts';
import type { Page } from '../shared-types.ts';
import type { StoredDeadLetter } from './types.ts';

const expected = {
  reason: DEAD_LETTER.reason,
  detail: DEAD_LETTER.detail,
  seen: 1,
  replayedMs: null,
};

test('records that could not be read', async () => {
  const byPreview = (page: Page<StoredDeadLetter>) => page.items.toSorted((a, b) => (a.preview < b.preview ? -1 : 1));
  const page = await queryBoth('deadLetters', () => ({ limit: 10 }), byPreview);
  expect(byPreview(page)).toMatchObject([
    { ...expected, preview: '{"surprise": false}' },
    { ...expected, preview: '{"surprise": true}' },
  ]);
});

test('pages of one record give what one page gives, although both came in the same millisecond', async () => {
  await onBoth(async ({ fetch: request }) => {
    const page = async (query: string) => {
      const response = await request(`/api/v1/rejects?${query}`);
      expect([query, response.status]).toEqual([query, 200]);
      return (await response.json()) as {
        readonly items: readonly { readonly id: number }[];
        nextCursor: string | null;
      };
    };
    const whole = await page('limit=10');
    const found: { readonly id: number }[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { items, nextCursor } = await page(`limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      found.push(...items);
      cursor = nextCursor;
    }
    expect(whole.items).toHaveLength(2);
    expect(found).toEqual(whole.items);
    const refused = await request('/api/v1/rejects?cursor=nonsense');
    expect(refused.status).toBe(400);
  });
});

test('a cursor of another server', async () => {
  await expect(queryBoth('deadLetters', () => ({ limit: 10, cursor: 'nonsense' }))).rejects.toThrow();
});
