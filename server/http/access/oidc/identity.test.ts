/** The identity provider of the settings is asked through the client of outgoing requests, and loaded once. */
import { expect, test } from 'vitest';
import type { OidcSettings } from '../../../config/oidc-settings.ts';
import { CALLBACK_PATH, identityOf, LOGIN_PATH } from './identity.ts';

const SETTINGS: OidcSettings = {
  ...{ issuer: 'https://id.example.com', clientId: 'thermocline', clientSecret: null, name: 'Acme' },
  ...{ scopes: 'openid', claim: 'groups', roles: [] },
};
const LOGIN = { state: 's', nonce: 'n', verifier: 'v'.repeat(43), returnTo: '/', expiresMs: 0 };
type Egress = Parameters<typeof identityOf>[0]['egress'];
type Sent = Parameters<Egress['send']>[0];

function identity(sent: Sent[], change: Partial<{ oidc: OidcSettings | null; publicUrl: string | null }> = {}) {
  const metadata = {
    ...{ issuer: SETTINGS.issuer, authorization_endpoint: 'https://id.example.com/a' },
    ...{ token_endpoint: 'https://id.example.com/t', jwks_uri: 'https://id.example.com/k' },
  };
  const send = async (request: Sent) => {
    sent.push(request);
    const isToken = request.url.endsWith('/t');
    const body = isToken ? '' : JSON.stringify(metadata);
    return { status: isToken ? 204 : 200, headers: { 'content-type': 'application/json' }, body };
  };
  return identityOf({
    config: { oidc: SETTINGS, publicUrl: 'https://thermocline.example.com', ...change },
    egress: { send } as unknown as Egress,
    now: () => Date.now(),
  });
}

test('without settings, or without a public address to return to, there is none', () => {
  expect([identity([], { oidc: null }), identity([], { publicUrl: null })]).toEqual([null, null]);
});

test('the paths are those that docs/integrations.md names', () => {
  expect([LOGIN_PATH, CALLBACK_PATH]).toEqual(['/auth/oidc/login', '/auth/oidc/callback']);
});

test('it is loaded once, and sends the browser back to the callback', async () => {
  const sent: Sent[] = [];
  const made = identity(sent);
  const [one, other] = [await made?.provider(), await made?.provider()];
  expect(one).toBe(other);
  const url = await one?.authorizationUrl(LOGIN);
  expect(url?.searchParams.get('redirect_uri')).toBe('https://thermocline.example.com/auth/oidc/callback');
  expect(sent).toMatchObject([{ method: 'GET', url: 'https://id.example.com/.well-known/openid-configuration' }]);
});

test('codes are posted, and an answer without a body is one', async () => {
  const sent: Sent[] = [];
  const provider = await identity(sent)?.provider();
  await expect(provider?.redeem('?code=c&state=s', LOGIN)).rejects.toMatchObject({
    fault: 'invalid',
    message: expect.not.stringContaining('Invalid response status'),
  });
  expect(sent[1]).toMatchObject({
    method: 'POST',
    url: 'https://id.example.com/t',
    body: expect.stringContaining('code=c'),
  });
});
