/** What restrictions by tag permit, over a book that answers by hand. */
import { beforeEach, expect, test } from 'vitest';
import type { RestrictedFunction, Restriction } from '../storage/restriction.ts';
import { restrictionOf } from '../storage/restriction.ts';
import { PermittedFunctions } from './permitted-functions.ts';
import type { TagBook } from './tag-book.ts';

const PLACE = { account: '111122223333', region: 'eu-west-1' };
const at = (name: string): RestrictedFunction => ({ ...PLACE, name });
const idOf = (name: string): string => `${PLACE.account}:${PLACE.region}:${name}`;
const TEAM = restrictionOf(['tag:team=payments', 'region:eu-*']) ?? [];

let now = 0;
let looked = 0;
let known: string[] = [];
let team = new Map<string, string>();
let revision = 1;
let isCurrent = true;
let load = async (): Promise<void> => undefined;

const tags: ConstructorParameters<typeof PermittedFunctions>[0] = {
  get revision() {
    return revision;
  },
  get isCurrent() {
    return isCurrent;
  },
  load: () => load(),
  tagsOf: ({ name }) => {
    const value = team.get(name);
    const tag = { key: 'team', value: value ?? '', source: 'manual' as const, overridden: [] };
    return new Map(value === undefined ? [] : [['team', tag]]);
  },
  functionsWhere: async (isWanted: Parameters<TagBook['functionsWhere']>[0]) => {
    looked += 1;
    const found = known.filter((name) => isWanted(at(name)));
    return { names: found.map(idOf), functionIds: found.map((name) => known.indexOf(name)) };
  },
};
let permitted: PermittedFunctions;
const namesOf = async (restriction: Restriction) => {
  const [condition] = await permitted.inForce(restriction);
  return condition?.kind === 'tagged' ? condition.names.split('\n') : condition;
};

beforeEach(() => {
  now = looked = 0;
  known = ['pay', 'cart'];
  team = new Map([['pay', 'payments']]);
  revision = 1;
  isCurrent = true;
  load = async () => undefined;
  permitted = new PermittedFunctions(tags, () => now);
});

test('functions that have the tag, and meet the other conditions', async () => {
  expect(await permitted.inForce(TEAM)).toEqual([{ kind: 'tagged', names: idOf('pay'), functionIds: [0] }]);
  expect(permitted.permits(TEAM, at('pay'))).toBe(true);
  expect(permitted.permits(TEAM, { ...at('pay'), region: 'us-east-1' })).toBe(false);
  expect(permitted.permits(TEAM, at('cart'))).toBe(false);
  expect(permitted.permits(null, at('cart'))).toBe(true);
});

test('a change of tags holds at once, and the functions are not looked for again without one', async () => {
  await namesOf(TEAM);
  expect(await namesOf(TEAM)).toEqual([idOf('pay')]);
  expect(looked).toBe(1);
  team = new Map([['cart', 'payments']]);
  revision = 2;
  expect(await namesOf(TEAM)).toEqual([idOf('cart')]);
  expect(permitted.permits(TEAM, at('pay'))).toBe(false);
  team.clear();
  revision = 3;
  expect(await namesOf(TEAM)).toEqual(['']);
});

test('a function that is new is seen within five seconds', async () => {
  await namesOf(TEAM);
  known.push('refund');
  team.set('refund', 'payments');
  now = 5000;
  expect(await namesOf(TEAM)).toEqual([idOf('pay'), idOf('refund')]);
});

test('nothing is permitted while tags cannot be read', async () => {
  await namesOf(TEAM);
  isCurrent = false;
  load = () => Promise.reject(new Error('damaged'));
  await expect(permitted.inForce(TEAM)).rejects.toThrow('damaged');
  expect(permitted.permits(TEAM, at('pay'))).toBe(false);
  // What is not about tags holds meanwhile.
  const byName = restrictionOf(['function:pay']) ?? [];
  expect(await permitted.inForce(byName)).toEqual(byName);
  expect(permitted.permits(byName, at('pay'))).toBe(true);
});

test('a failure to find functions is not remembered', async () => {
  const failing = new PermittedFunctions(
    {
      ...tags,
      revision,
      isCurrent,
      functionsWhere: () => (looked++ === 0 ? Promise.reject(new Error('busy')) : tags.functionsWhere(() => true)),
    },
    () => now,
  );
  await expect(failing.inForce(TEAM)).rejects.toThrow('busy');
  expect(await failing.inForce(TEAM)).toHaveLength(1);
});

test('a name with a line feed does not become another function', async () => {
  known = [`pay\n${idOf('secret')}`];
  team.set(known[0] ?? '', 'payments');
  expect(await namesOf(TEAM)).toEqual(['']);
});

test('for less than five seconds the functions that were found hold', async () => {
  await namesOf(TEAM);
  now = 4999;
  await namesOf(TEAM);
  expect(looked).toBe(1);
  now = 5000;
  await namesOf(TEAM);
  expect(looked).toBe(2);
  // From when they were looked for again.
  now = 9999;
  await namesOf(TEAM);
  expect(looked).toBe(2);
});

test('a hundred restrictions are kept in mind, and the one unused for longest is forgotten', async () => {
  const of = (n: number) => restrictionOf([`tag:team=t${n}`]) ?? [];
  for (let n = 0; n < 100; n += 1) await permitted.inForce(of(n));
  await permitted.inForce(of(0));
  expect(looked).toBe(100);
  await permitted.inForce(of(100));
  await permitted.inForce(of(0));
  expect(looked).toBe(101);
  await permitted.inForce(of(1));
  expect(looked).toBe(102);
});

test('each restriction finds its own functions', async () => {
  team.set('cart', 'web');
  expect(await namesOf(TEAM)).toEqual([idOf('pay')]);
  expect(await namesOf(restrictionOf(['tag:team=web']) ?? [])).toEqual([idOf('cart')]);
  expect(await namesOf(restrictionOf(['tag:team=*']) ?? [])).toEqual([idOf('pay'), idOf('cart')]);
  // Conditions without a tag are passed on as they are.
  expect(await permitted.inForce(restrictionOf(['function:pay', 'account:1*']) ?? [])).toEqual([
    { kind: 'account', anyOf: ['1*'] },
    { kind: 'function', anyOf: ['pay'] },
  ]);
});

test('tags are read again before anything is permitted by them, if they are not current', async () => {
  load = () => Promise.reject(new Error('not needed'));
  expect(await namesOf(TEAM)).toEqual([idOf('pay')]);
  permitted = new PermittedFunctions(tags, () => now);
  isCurrent = false;
  load = async () => {
    isCurrent = true;
  };
  expect(await namesOf(TEAM)).toEqual([idOf('pay')]);
});
