/** Users in the settings: what is shown, and what is sent. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { entriesIn, Users } from './users.tsx';

afterEach(restore);

const [ada] = examples.listUsers.answer.items;
const show = (answers: Answers = {}) => showPage(h(Users, {}), { path: '/settings', answers });
const path = '/api/v1/users/user%3AZb0xN3pQk1fT';

test('role, functions, sessions and when users were seen', async () => {
  const { table } = await show();
  expect(table('Users').map((row) => row.slice(0, 5))).toEqual([
    ['Name', 'Role', 'Functions', 'Last seen', 'Sessions'],
    ['Ada Lovelace', 'editor assigned', 'account:111122223333 function:payments-*', '2026-11-28 09:12:44', '2'],
  ]);
});

test('without users the setting is named', async () => {
  const { text } = await show({ listUsers: { items: [], nextCursor: null } });
  expect(text).toContain('set THERMOCLINE_OIDC_ISSUER to let users sign in');
});

test('a user is signed out, and disabled with the role that was assigned', async () => {
  const page = await show();
  await page.click('Sign out Ada Lovelace');
  await page.click('Disable Ada Lovelace');
  expect(page.sent).toEqual([
    [`DELETE ${path}/sessions`, undefined],
    [`PUT ${path}`, { assigned: ada?.assigned, disabled: true }],
  ]);
});

test('another role is assigned, with functions', async () => {
  const page = await show();
  await page.click('Change role Ada Lovelace');
  await page.fill('Role of Ada Lovelace', 'viewer');
  await page.fill('Functions', 'function:a-*, region:eu-*');
  await page.submit('Save');
  expect(page.sent).toEqual([
    [`PUT ${path}`, { assigned: { role: 'viewer', restriction: ['function:a-*', 'region:eu-*'] }, disabled: false }],
  ]);
});

test('the role of the groups is restored', async () => {
  const page = await show();
  await page.click('Change role Ada Lovelace');
  await page.fill('Role of Ada Lovelace', '');
  await page.submit('Save');
  expect(page.sent).toEqual([[`PUT ${path}`, { assigned: null, disabled: false }]]);
});

test.each([
  ['', null],
  [' , ', null],
  ['function:a region:b', ['function:a', 'region:b']],
])('the entries in %j', (text, expected) => {
  expect(entriesIn(text)).toEqual(expected);
});

const grace = { ...examples.inviteUser.answer.user, sessions: 1 };
const withGrace: Answers = { listUsers: { items: [grace], nextCursor: null } };

test('a user is invited, and the link is shown', async () => {
  const page = await show();
  await page.fill('User name', 'grace');
  await page.fill('Functions', 'tag:team=payments');
  await page.submit('Invite user');
  expect(page.sent).toEqual([
    ['POST /api/v1/users', { name: 'grace', role: 'viewer', restriction: ['tag:team=payments'] }],
  ]);
  expect(page.text).toContain('/sign-in#invitation=EXAMPLE');
});

test('the password of a local user is reset; there are no groups to choose the role by', async () => {
  const page = await show(withGrace);
  await page.click('Reset password grace');
  await page.click('Change role grace');
  expect(page.text).not.toContain('by the groups');
  await page.fill('Role of grace', 'admin');
  await page.submit('Save');
  const own = '/api/v1/users/user%3Alocal%3Ab1EXAMPLE';
  expect(page.sent).toEqual([
    [`POST ${own}/invitation`, undefined],
    [`PUT ${own}`, { assigned: { role: 'admin', restriction: null }, disabled: false }],
  ]);
});
