/** Examples of the operations in ../users.ts. */
import type { ExamplesOf } from '../route.ts';
import type { UserItem, userRoutes } from '../users.ts';

const ada = {
  id: 'user:Zb0xN3pQk1fT',
  name: 'Ada Lovelace',
  email: 'ada@example.com',
  issuer: 'https://id.example.com',
  subject: '00u1abcd',
  role: 'editor',
  restriction: ['account:111122223333', 'function:payments-*'],
  claimed: { role: 'viewer', restriction: null },
  assigned: { role: 'editor', restriction: ['account:111122223333', 'function:payments-*'] },
  createdAt: '2026-11-02T08:14:03.185Z',
  signedInAt: '2026-11-28T07:57:03.185Z',
  lastSeenAt: '2026-11-28T09:12:44.021Z',
  sessions: 2,
  disabled: false,
  invitedUntil: null,
} as const;
const user = {
  ...ada,
  restriction: [...ada.restriction],
  assigned: { role: ada.assigned.role, restriction: [...ada.assigned.restriction] },
};

const invited: UserItem = {
  ...{ id: 'user:local:b1EXAMPLE', name: 'grace', email: null, issuer: 'local', subject: 'grace' },
  ...{ role: 'viewer', restriction: ['tag:team=payments'], assigned: null },
  claimed: { role: 'viewer', restriction: ['tag:team=payments'] },
  ...{ createdAt: '2026-11-28T07:57:03.185Z', signedInAt: null, lastSeenAt: null, sessions: 0, disabled: false },
  invitedUntil: '2026-11-28T08:57:03.185Z',
};
const invitation = {
  ...{ user: invited, code: 'EXAMPLE', path: '/sign-in#invitation=EXAMPLE', expiresAt: '2026-11-28T08:57:03.185Z' },
};

export const userExamples: ExamplesOf<typeof userRoutes> = {
  listUsers: { answer: { items: [user], nextCursor: null } },
  createUser: { body: { name: 'grace', role: 'viewer', restriction: ['tag:team=payments'] }, answer: invitation },
  inviteUser: { params: { id: invited.id }, answer: invitation },
  updateUser: {
    params: { id: ada.id },
    body: { assigned: user.assigned, disabled: false },
    answer: user,
  },
  endUserSessions: { params: { id: ada.id }, answer: {} },
};
