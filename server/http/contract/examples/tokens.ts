/** Examples of the operations in ../tokens.ts, as a server with the demo fleet answered them; lists are cut to one entry. */
import type { ExamplesOf } from '../route.ts';
import type { tokenRoutes } from '../tokens.ts';

export const tokenExamples: ExamplesOf<typeof tokenRoutes> = {
  listTokens: {
    answer: {
      items: [
        {
          id: 'e8892c33c60a',
          name: 'configured admin',
          scope: 'admin',
          createdAt: '2026-11-28T07:56:19.385Z',
          expiresAt: null,
          lastUsedAt: null,
          revokedAt: null,
          restriction: null,
        },
      ],
      nextCursor: null,
    },
  },
  createToken: {
    body: {
      name: 'grafana',
      scope: 'read',
      expiresInDays: 90,
      restriction: ['function:payments-*', 'account:111122223333'],
    },
    answer: {
      id: '898fafe6840d',
      name: 'grafana',
      scope: 'read',
      createdAt: '2026-11-28T07:57:03.185Z',
      expiresAt: '2027-02-26T07:57:03.185Z',
      lastUsedAt: null,
      revokedAt: null,
      restriction: ['account:111122223333', 'function:payments-*'],
      token: 'tc_read_EXAMPLE',
    },
  },
  revokeToken: { params: { id: '8aab2c7e19cd' }, answer: {} },
  rotateToken: {
    params: { id: '898fafe6840d' },
    body: { graceHours: 24 },
    answer: {
      id: '8aab2c7e19cd',
      name: 'grafana',
      scope: 'read',
      createdAt: '2026-11-28T07:57:03.273Z',
      expiresAt: '2027-02-26T07:57:03.185Z',
      lastUsedAt: null,
      revokedAt: null,
      restriction: null,
      token: 'tc_read_EXAMPLE',
    },
  },
};
