import { expect, test } from 'vitest';
import { readConfig } from './environment.ts';
import { parseRoleMappings } from './oidc-settings.ts';

const COMPLETE = {
  THERMOCLINE_PUBLIC_URL: 'https://thermocline.example.com',
  THERMOCLINE_OIDC_ISSUER: 'https://id.example.com/realms/x',
  THERMOCLINE_OIDC_CLIENT_ID: 'thermocline',
  THERMOCLINE_OIDC_ROLES: 'Platform Team=admin; /pay = editor function:pay-* account:111122223333 ;a=b=viewer;',
};

test('a provider of the settings', () => {
  expect(readConfig(COMPLETE).oidc).toEqual({
    issuer: 'https://id.example.com/realms/x',
    clientId: 'thermocline',
    clientSecret: null,
    name: 'id.example.com',
    scopes: 'openid profile email',
    claim: 'groups',
    roles: [
      { value: 'Platform Team', grant: { role: 'admin', restriction: null } },
      {
        value: '/pay',
        grant: {
          role: 'editor',
          restriction: [
            { kind: 'account', anyOf: ['111122223333'] },
            { kind: 'function', anyOf: ['pay-*'] },
          ],
        },
      },
      { value: 'a=b', grant: { role: 'viewer', restriction: null } },
    ],
  });
  expect(readConfig({}).oidc).toBeNull();
});

test.each([
  [{ THERMOCLINE_PUBLIC_URL: '' }, 'THERMOCLINE_OIDC_ISSUER: expected THERMOCLINE_PUBLIC_URL to be set as well'],
  [{ THERMOCLINE_OIDC_ROLES: '' }, 'THERMOCLINE_OIDC_ISSUER: expected THERMOCLINE_OIDC_ROLES to be set as well'],
  [
    { THERMOCLINE_OIDC_CLIENT_ID: '' },
    'THERMOCLINE_OIDC_ISSUER: expected THERMOCLINE_OIDC_CLIENT_ID to be set as well',
  ],
  [{ THERMOCLINE_OIDC_ISSUER: '' }, 'THERMOCLINE_OIDC_ROLES: expected THERMOCLINE_OIDC_ISSUER to be set as well'],
  [{ THERMOCLINE_OIDC_ISSUER: 'https://u:p@id.example.com' }, 'expected a URL without user'],
  [{ THERMOCLINE_OIDC_SCOPES: 'profile' }, 'with openid among them'],
])('%j is refused', (change, sentence) => {
  expect(() => readConfig({ ...COMPLETE, ...change })).toThrow(sentence);
});

test('the value of a tag may look like a role', () => {
  expect(parseRoleMappings('cn=ops=editor tag:team=viewer tag:stage=a=admin;a=viewer b=editor')).toEqual([
    {
      value: 'cn=ops',
      grant: {
        role: 'editor',
        restriction: [
          { kind: 'tag', key: 'stage', anyOf: ['a=admin'] },
          { kind: 'tag', key: 'team', anyOf: ['viewer'] },
        ],
      },
    },
    { value: 'a=viewer b', grant: { role: 'editor', restriction: null } },
  ]);
});

test.each([
  ['', 'expected 1 to 200 mappings'],
  ['admins', 'admins: expected VALUE=ROLE'],
  ['admins=owner', 'roles are viewer, editor, admin'],
  ['=viewer', 'expected VALUE=ROLE'],
  ['x=viewer payments', 'payments: expected account:…'],
  ['x=admin function:y', 'admins cannot be restricted'],
])('mappings %j are refused', (text, sentence) => {
  expect(() => parseRoleMappings(text)).toThrow(sentence);
});
