/** The book of tags over a store that knows three functions. */
import { expect, test } from 'vitest';
import type { StoredTags } from '../storage/ports.ts';
import { TagBook } from './tag-book.ts';
import type { TagRule } from './tag-rule.ts';

const IDS = ['1:eu-west-1:cart', '1:eu-west-1:checkout', '2:us-east-1:a:b'];

function bookOf(rules: readonly TagRule[] | null = []) {
  let stored: StoredTags[] = [];
  let isFailing = false;
  let changed = (): void => undefined;
  /** For what the next reads wait. */
  const reads: Promise<void>[] = [];
  const saved: number[] = [];
  const file = {
    isRead: true,
    rules: () => rules ?? [],
    onChange: (notify: () => void) => {
      changed = notify;
    },
  };
  const book = new TagBook({
    read: {
      functionTags: async () => {
        const read = stored;
        await reads.shift();
        if (isFailing) throw new Error('damaged');
        return read;
      },
      knownFunctions: async () => ({
        functionIds: [11, 12, 13],
        ids: IDS,
        architectures: ['arm64', null, 'x86_64'],
        runtimes: ['nodejs22.x', 'python3.13', null],
        vpcs: [true, false, null],
      }),
    },
    control: {
      saveTags: async (source, functions, updatedMs) => {
        saved.push(updatedMs);
        const isNew = (one: StoredTags): boolean =>
          one.source !== source || functions.every(({ name }) => name !== one.name);
        stored = [...stored.filter(isNew), ...functions.map((one) => ({ ...one, source, updatedMs }))];
      },
    },
    file: rules === null ? null : file,
    teamKey: 'team',
    now: () => 77,
  });
  const failing = (is: boolean): void => {
    isFailing = is;
  };
  return { book, file, fileChanged: () => changed(), failing, reads, saved };
}

const CART = { account: '1', region: 'eu-west-1', name: 'cart' };

test.each([
  [{ tags: [] }, undefined],
  [{ tags: [], account: '1' }, [11, 12]],
  [{ tags: [], region: 'us-east-1' }, [13]],
  [{ tags: [], architecture: 'arm64' }, [11]],
  [{ tags: [], runtime: 'python3.13' }, [12]],
  // Whether the third is in a VPC is not known: it is neither.
  [{ tags: [], vpc: true }, [11]],
  [{ tags: [], vpc: false }, [12]],
  [{ tags: [{ key: 'team', value: null, is: 'absent' }] }, [12, 13]],
  [{ tags: [{ key: 'team', value: 'shop', is: 'value' }], vpc: false }, []],
] as const)('%j selects %j', async (selection, expected) => {
  const { book } = bookOf();
  await book.save('manual', [{ ...CART, tags: { team: 'shop' } }]);
  expect(await book.selected(selection)).toEqual(expected);
});

test('what is saved replaces what the source had, and increases the revision, as a change of the file does', async () => {
  const { book, fileChanged } = bookOf([
    { functions: ['cart'], accounts: null, regions: null, tags: [['team', 'of the file']] },
  ]);
  const teamOf = () => book.tagsOf(CART).get('team')?.value;
  expect(teamOf()).toBe('of the file');
  const before = book.revision;
  await book.save('manual', [{ ...CART, tags: { team: 'by hand' } }]);
  expect(teamOf()).toBe('by hand');
  await book.save('manual', [{ ...CART, tags: {} }]);
  await book.save('inventory', [{ ...CART, tags: { team: 'of AWS' } }]);
  expect(teamOf()).toBe('of the file');
  const afterwards = book.revision;
  expect(afterwards).toBeGreaterThan(before);
  fileChanged();
  expect(book.revision).toBeGreaterThan(afterwards);
});

test('values of dimensions by function; only tags have any', async () => {
  const { book } = bookOf();
  await book.save('inventory', [{ account: '2', region: 'us-east-1', name: 'a:b', tags: { team: 'web' } }]);
  expect(await book.valuesOf(['function', 'region'])).toBeUndefined();
  expect(await book.valuesOf(['function', 'tag.team', 'tag.none'])).toEqual(
    new Map([
      ['tag.team', new Map([[13, 'web']])],
      ['tag.none', new Map()],
    ]),
  );
  await book.removeAccount('2');
  expect(await book.keys()).toEqual([]);
});

test('keys and values with the number of functions that have them', async () => {
  const { book } = bookOf();
  const CHECKOUT = { account: '1', region: 'eu-west-1', name: 'checkout' };
  const NAMED_AB = { account: '2', region: 'us-east-1', name: 'a:b' };
  await book.save('manual', [
    { ...CART, tags: { team: 'shop', stage: 'prod' } },
    { ...CHECKOUT, tags: { team: 'web', stage: 'prod' } },
    { ...NAMED_AB, tags: { team: 'web' } },
  ]);
  const team = (...values: readonly [string, number][]) => ({
    key: 'team',
    functions: values.reduce((sum, [, functions]) => sum + functions, 0),
    values: values.map(([value, functions]) => ({ value, functions })),
  });
  const stage = { key: 'stage', functions: 2, values: [{ value: 'prod', functions: 2 }] };
  expect(await book.keys()).toEqual([stage, team(['web', 2], ['shop', 1])]);
  expect(await book.keys(({ account }) => account === '1')).toEqual([stage, team(['shop', 1], ['web', 1])]);
  expect(await book.tagged()).toEqual(
    new Map([
      [11, { team: 'shop', stage: 'prod' }],
      [12, { team: 'web', stage: 'prod' }],
      [13, { team: 'web' }],
    ]),
  );
});

test('a book without a file', async () => {
  const { book } = bookOf(null);
  expect([...book.tagsOf(CART)]).toEqual([]);
  await book.save('inventory', [{ ...CART, tags: { team: 'of AWS' } }]);
  expect(book.storedTags('inventory', CART)).toEqual({ team: 'of AWS' });
  expect(book.storedTags('manual', CART)).toEqual({});
});

test('functions by what they are and have', async () => {
  const { book } = bookOf();
  await book.save('manual', [{ ...CART, tags: { team: 'shop' } }]);
  expect(await book.functionsWhere((owner) => book.tagsOf(owner).has('team') || owner.name === 'a:b')).toEqual({
    names: ['1:eu-west-1:cart', '2:us-east-1:a:b'],
    functionIds: [11, 13],
  });
});

test('tags are not current while the file, or what is stored, could not be read', async () => {
  const { book, file, failing } = bookOf();
  file.isRead = false;
  expect(book.isCurrent).toBe(false);
  file.isRead = true;
  expect(book.isCurrent).toBe(true);
  failing(true);
  await expect(book.save('manual', [{ ...CART, tags: { team: 'shop' } }])).rejects.toThrow('damaged');
  expect(book.isCurrent).toBe(false);
  failing(false);
  await book.load();
  expect(book.isCurrent).toBe(true);
  expect(book.tagsOf(CART).get('team')?.value).toBe('shop');
});

const tagged = (name: string, tags: Record<string, string>, account = '1') => ({
  ...{ account, region: 'eu-west-1', name, tags },
});

test('of two reads at once, the one that began later decides: a tag that was taken away does not come back', async () => {
  const { book, reads, failing } = bookOf();
  await book.save('manual', [tagged('cart', { team: 'shop' })]);
  let endSlow: () => void = () => undefined;
  const holdNext = (): void => {
    reads.push(
      new Promise((resolve) => {
        endSlow = resolve;
      }),
    );
  };
  holdNext();
  const slow = book.load();
  await book.save('manual', [tagged('cart', {})]);
  const { revision } = book;
  endSlow();
  await slow;
  expect([book.tagsOf(CART).size, book.revision]).toEqual([0, revision]);
  // An older failure says nothing of what was read since.
  holdNext();
  const failed = book.load();
  await book.load();
  failing(true);
  endSlow();
  await expect(failed).rejects.toThrow('damaged');
  expect(book.isCurrent).toBe(true);
});

test('a selection by several fields selects what has all of them, as ids and as names', async () => {
  const { book } = bookOf();
  await book.save('manual', [tagged('cart', { team: 'shop' }), tagged('checkout', { team: 'shop' })]);
  const shop = [{ key: 'team', value: 'shop', is: 'value' }] as const;
  expect(await book.selected({ tags: shop })).toEqual([11, 12]);
  expect(await book.selectedNames({ tags: shop, runtime: 'python3.13' })).toEqual(new Set(['1:eu-west-1:checkout']));
  expect(await book.selectedNames({ tags: [], account: '2', region: 'us-east-1' })).toEqual(
    new Set(['2:us-east-1:a:b']),
  );
  expect(await book.selected({ tags: [], account: '2', region: 'eu-west-1' })).toEqual([]);
  expect(
    await book.selected({ tags: [], account: '1', region: 'eu-west-1', architecture: 'arm64', vpc: false }),
  ).toEqual([]);
  expect(await book.selectedNames({ tags: [], account: undefined, vpc: undefined })).toBeUndefined();
});

test('the stored tags of an account go, of both sources, and those of no other account', async () => {
  const { book, saved } = bookOf();
  await book.save('manual', [tagged('cart', { a: '1' }), tagged('x', { a: '1' }, '11')]);
  await book.save('inventory', [tagged('checkout', { b: '1' }), tagged('y:z', { b: '1' }, '1')]);
  expect(saved).toEqual([77, 77]);
  await book.removeAccount('1');
  expect(book.storedTags('manual', CART)).toEqual({});
  for (const name of ['checkout', 'y:z']) expect(book.storedTags('inventory', { ...CART, name })).toEqual({});
  expect(book.storedTags('manual', { ...CART, account: '11', name: 'x' })).toEqual({ a: '1' });
  expect(saved).toHaveLength(4);
  // Where nothing is stored, nothing is written.
  await book.removeAccount('7');
  expect(saved).toHaveLength(4);
});

test('the stored tags of a function go, where it has any', async () => {
  const { book, saved } = bookOf();
  await book.save('inventory', [tagged('cart', { team: 'shop' }), tagged('checkout', { team: 'web' })]);
  await book.forget({ account: '1', region: 'eu-west-1', name: 'cart' });
  expect([book.storedTags('inventory', CART), saved.length]).toEqual([{}, 2]);
  expect(book.storedTags('inventory', { ...CART, name: 'checkout' })).toEqual({ team: 'web' });
});

test('the same name in another account or region is another function', async () => {
  const { book } = bookOf();
  await book.save('manual', [tagged('cart', { team: 'shop' })]);
  expect(book.tagsOf({ ...CART, account: '2' }).size).toBe(0);
  expect(book.tagsOf({ ...CART, region: 'us-east-1' }).size).toBe(0);
  expect(book.tagsOf(CART).get('team')).toEqual({ key: 'team', value: 'shop', source: 'manual', overridden: [] });
});

test('tags by name, of the functions that have any', async () => {
  const { book } = bookOf([{ functions: ['a:b'], accounts: null, regions: null, tags: [['team', 'web']] }]);
  expect(await book.taggedByName()).toEqual(new Map([['2:us-east-1:a:b', { team: 'web' }]]));
  expect(await book.tagged()).toEqual(new Map([[13, { team: 'web' }]]));
});

test('values that as many functions have are in alphabetical order, and so are keys', async () => {
  const { book } = bookOf();
  // The first function has a key that comes later in the alphabet, and a value that does.
  await book.save('manual', [tagged('cart', { z: 'c' }), tagged('checkout', { z: 'a', a: 'b', m: '' })]);
  const one = (value: string) => ({ value, functions: 1 });
  expect(await book.keys()).toEqual([
    { key: 'a', functions: 1, values: [one('b')] },
    { key: 'm', functions: 1, values: [one('')] },
    { key: 'z', functions: 2, values: [one('a'), one('c')] },
  ]);
  expect(book.teamKey).toBe('team');
});
