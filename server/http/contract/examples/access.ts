/** Examples of the operations in ../access.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { accessRoutes } from '../access.ts';
import type { ExamplesOf } from '../route.ts';

export const accessExamples: ExamplesOf<typeof accessRoutes> = {
  signIn: {
    body: { secret: 'tc_admin_EXAMPLE' },
    answer: { scope: 'admin', name: 'configured admin', restriction: null, how: 'token' },
  },
  createSignInCode: { body: {}, answer: { code: 'EXAMPLE', name: 'configured admin' } },
  getSession: { answer: { scope: 'admin', name: 'configured admin', restriction: null, how: 'token' } },
  signOut: { answer: { redirect: null } },
  getSignInOptions: { answer: { oidc: { name: 'Okta', path: '/auth/oidc/login' }, users: true } },
  changeOwnPassword: {
    body: { current: 'EXAMPLE', password: 'correct horse battery staple' },
    answer: { set: true },
  },
  setPassword: { body: { password: 'correct horse battery staple' }, answer: { set: true } },
  removePassword: { answer: { set: false } },
  listAuditLog: {
    query: { limit: 50 },
    answer: {
      items: [
        {
          tokenId: 'e8892c33c60a',
          name: 'configured admin',
          how: 'token',
          client: '127.0.0.1',
          method: 'DELETE',
          path: '/api/v1/password',
          status: 200,
          at: '2026-11-28T07:57:05.316Z',
        },
      ],
      nextCursor: null,
    },
  },
};
