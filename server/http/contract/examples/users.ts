/** Examples of the operations in ../users.ts. */
import type { ExamplesOf } from '../route.ts';
import type { userRoutes } from '../users.ts';

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
} as const;
const user = {
  ...ada,
  restriction: [...ada.restriction],
  assigned: { role: ada.assigned.role, restriction: [...ada.assigned.restriction] },
};

export const userExamples: ExamplesOf<typeof userRoutes> = {
  listUsers: { answer: { items: [user], nextCursor: null } },
  updateUser: {
    params: { id: ada.id },
    body: { assigned: user.assigned, disabled: false },
    answer: user,
  },
  endUserSessions: { params: { id: ada.id }, answer: {} },
};
