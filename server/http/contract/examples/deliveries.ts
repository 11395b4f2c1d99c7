/** Examples of the operations in ../deliveries.ts, as a server with the demo fleet answered them; lists are cut to one entry. */

import type { deliveryRoutes } from '../deliveries.ts';
import type { ExamplesOf } from '../route.ts';

export const deliveryExamples: ExamplesOf<typeof deliveryRoutes> = {
  listDeliveries: { query: { state: 'exhausted', limit: 50 }, answer: { items: [], nextCursor: null } },
  redeliverDeliveries: { body: { failedSince: '2026-11-27T00:00:00.000Z' }, answer: { again: 0 } },
  redeliverDelivery: { params: { id: 'msg_2f6c8a1e' }, answer: { again: 0 } },
};
