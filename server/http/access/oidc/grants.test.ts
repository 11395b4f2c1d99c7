import { expect, test } from 'vitest';
import { parseRoleMappings } from '../../../config/oidc-settings.ts';
import { grantOf, namesOf, valuesOf } from './grants.ts';

test.each<[string, Record<string, unknown>, readonly string[]]>([
  ['groups', { groups: ['a', 'b'] }, ['a', 'b']],
  ['groups', { groups: 'a' }, ['a']],
  ['groups', { groups: [1, { x: 1 }, null, 'a'] }, ['1', 'a']],
  ['groups', {}, []],
  ['realm_access.roles', { realm_access: { roles: ['a'] } }, ['a']],
  // A name with dots goes before a path.
  ['https://example.com/groups', { 'https://example.com/groups': ['a'] }, ['a']],
  ['a.b', { 'a.b': 'x', a: { b: 'y' } }, ['x']],
  ['a.b', { a: 'b' }, []],
  ['__proto__', {}, []],
  ['constructor.name', {}, []],
  ['email', { email: 'a@b.c', email_verified: true }, ['a@b.c']],
  ['email', { email: 'a@b.c', email_verified: 'true' }, []],
  ['email', { email: 'a@b.c' }, []],
])('values of %s in %j', (claim, claims, expected) => {
  expect(valuesOf(claims, claim)).toEqual(expected);
});

test('the first mapping that matches holds, in the order of the setting', () => {
  const roles = parseRoleMappings('ops=admin; pay*=editor function:pay-*; *=viewer');
  const of = (...groups: string[]) => grantOf({ groups }, { claim: 'groups', roles });
  const payments = { role: 'editor', restriction: [{ kind: 'function', anyOf: ['pay-*'] }] };
  expect(of('payments', 'ops')).toEqual({ role: 'admin', restriction: null });
  expect(of('payments')).toEqual(payments);
  expect(of('other')).toEqual({ role: 'viewer', restriction: null });
  expect(grantOf({}, { claim: 'groups', roles })).toEqual({ role: 'viewer', restriction: null });
  expect(grantOf({ groups: ['x'] }, { claim: 'groups', roles: parseRoleMappings('y=viewer') })).toBeNull();
  // A group of the provider that looks like a pattern.
  expect(grantOf({ groups: ['*'] }, { claim: 'groups', roles: parseRoleMappings('ops=admin') })).toBeNull();
});

test.each([
  [
    { name: 'Ada', email: 'a@b.c', sub: 's' },
    { name: 'Ada', email: 'a@b.c' },
  ],
  [
    { preferred_username: 'ada', sub: 's' },
    { name: 'ada', email: null },
  ],
  [
    { name: ' \u202e ', sub: 's' },
    { name: 's', email: null },
  ],
  [
    { name: 'A\u0007d\u202ea\n', sub: 's' },
    { name: 'Ada', email: null },
  ],
  [{ name: 'x'.repeat(101) }, { name: 'x'.repeat(100), email: null }],
  [{ name: 5 }, { name: 'unnamed', email: null }],
])('the names in %j', (claims, expected) => {
  expect(namesOf(claims)).toEqual(expected);
});
