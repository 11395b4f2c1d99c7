import { expect, test } from 'vitest';
import type { TagRule } from './tag-rule.ts';
import { resolveTags, tagsByRules } from './tag-rule.ts';

const CHECKOUT = { account: '123456789012', region: 'eu-west-1', name: 'checkout' };
const rule = (given: Partial<TagRule>): TagRule => ({
  functions: null,
  accounts: null,
  regions: null,
  tags: [],
  ...given,
});

test.each([
  [{ functions: ['check*'] }, true],
  [{ functions: ['search', 'checkout'] }, true],
  [{ functions: ['Checkout'] }, false],
  [{ functions: ['123456789012:*:checkout'] }, true],
  [{ accounts: ['1234567890??'] }, true],
  [{ accounts: ['9*', '123456789012'] }, true],
  [{ accounts: ['9*'] }, false],
  [{ regions: ['us-*', 'eu-west-1'] }, true],
  [{ regions: ['us-*'] }, false],
  [{ accounts: ['123456789012'], regions: ['us-*'] }, false],
  [{ functions: ['checkout'], regions: ['eu-*'] }, true],
] as const)('a rule for %j gives its tags to checkout: %s', (given, expected) => {
  expect(tagsByRules([rule({ ...given, tags: [['team', 'shop']] })], CHECKOUT).has('team')).toBe(expected);
});

test('of rules with the same key, the later one decides', () => {
  const rules = [
    rule({
      functions: ['*'],
      tags: [
        ['team', 'platform'],
        ['tier', 'silver'],
      ],
    }),
    rule({ functions: ['check*'], tags: [['team', 'shop']] }),
  ];
  expect([...tagsByRules(rules, CHECKOUT)]).toEqual([
    ['team', 'shop'],
    ['tier', 'silver'],
  ]);
});

test('by hand has precedence over the file, and that over AWS, key by key', () => {
  const resolved = resolveTags({
    manual: new Map([['team', 'shop']]),
    file: new Map([
      ['team', 'web'],
      ['tier', 'gold'],
    ]),
    inventory: new Map([
      ['team', 'legacy'],
      ['tier', ''],
      ['aws:cloudformation:stack-name', 's'],
    ]),
  });
  expect([...resolved.values()]).toEqual([
    { key: 'aws:cloudformation:stack-name', value: 's', source: 'inventory', overridden: [] },
    {
      key: 'team',
      value: 'shop',
      source: 'manual',
      overridden: [
        { source: 'file', value: 'web' },
        { source: 'inventory', value: 'legacy' },
      ],
    },
    { key: 'tier', value: 'gold', source: 'file', overridden: [{ source: 'inventory', value: '' }] },
  ]);
});
