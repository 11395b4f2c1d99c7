/** The sign-in page: what it sends, where it leads, and what it says of a refusal. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { SignIn } from './sign-in.tsx';

afterEach(restore);

const show = (search: string, refused = false) =>
  showPage(h(SignIn, {}), {
    path: '/sign-in',
    search,
    failures: refused ? { signIn: { code: 'unauthenticated', detail: 'The token is not valid' } } : {},
  });

test.each([
  ['', '/'],
  ['?next=%2Ffunctions%3Ffrom%3Dnow-7d%26to%3Dnow-1d', '/functions?from=now-7d&to=now-1d'],
  // Addresses of other sites.
  ['?next=https%3A%2F%2Fexample.com', '/'],
  ['?next=%2F%2Fexample.com', '/'],
  ['?next=%2F%5Cexample.com', '/'],
  // Browsers leave out tabs and line breaks.
  ['?next=%2F%09%2Fexample.com', '/'],
  ['?next=%2F%0D%0A%5Cexample.com', '/'],
  // No address at all.
  ['?next=%2F%2F', '/'],
])('after signing in at %s the page is %s', async (search, address) => {
  const page = await show(search);
  await page.fill('Token or password', 'tc_admin_EXAMPLE');
  await page.submit('Sign in');
  expect(page.sent).toEqual([['POST /api/v1/session', { secret: 'tc_admin_EXAMPLE' }]]);
  expect(page.address).toBe(address);
});

test('a refusal is shown, and leads nowhere', async () => {
  const page = await show('?next=%2Fmap', true);
  await page.submit('Sign in');
  expect(page.text).toContain('The token is not valid');
  expect(page.address).toBe('/sign-in?next=%2Fmap');
});

test('a link with a code signs in by itself', async () => {
  const page = await showPage(h(SignIn, {}), { path: '/sign-in', hash: '#code=a-1_b' });
  expect(page.sent).toEqual([['POST /api/v1/session', { code: 'a-1_b' }]]);
  expect(page.address).toBe('/');
});

test('the identity provider is offered, and leads back to the page', async () => {
  const page = await show('?next=%2Ffunctions%3Ffrom%3Dnow-7d');
  expect(page.link('Sign in with Okta')).toBe('/auth/oidc/login?returnTo=%2Ffunctions%3Ffrom%3Dnow-7d');
  const evil = await show('?next=https%3A%2F%2Fexample.com');
  expect(evil.link('Sign in with Okta')).toBe('/auth/oidc/login?returnTo=%2F');
});

test('without an identity provider there is the form alone', async () => {
  const page = await showPage(h(SignIn, {}), {
    path: '/sign-in',
    answers: { getSignInOptions: { oidc: null, users: false } },
  });
  expect(page.text).not.toContain('Sign in with');
});

test('a local user signs in with a name; without one the field takes tokens', async () => {
  const page = await show('');
  await page.fill('User name, if you have one', 'grace');
  await page.fill('Token or password', 'correct horse battery');
  await page.submit('Sign in');
  expect(page.sent).toEqual([['POST /api/v1/session', { user: 'grace', password: 'correct horse battery' }]]);
});

test('a link of an invitation asks for a password, and does not stay in the history', async () => {
  const page = await showPage(h(SignIn, {}), { path: '/sign-in', hash: '#invitation=a-1_b' });
  expect(page.sent).toEqual([]);
  expect(page.address).toBe('/sign-in');
  await page.fill('Choose a password, 12 characters or more', 'correct horse battery');
  await page.submit('Sign in');
  expect(page.sent).toEqual([['POST /api/v1/session', { invitation: 'a-1_b', password: 'correct horse battery' }]]);
  expect(page.address).toBe('/');
});
