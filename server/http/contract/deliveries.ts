/** Deliveries of notifications with their attempts. */
import * as z from 'zod';
import { isoTime, timeInput } from './common.ts';
import { declareRoutes } from './route.ts';

const attempt = z.object({
  attempt: z.number().int(),
  at: isoTime,
  tookMs: z.number(),
  status: z.number().int().nullable(),
  error: z.string().nullable(),
  answer: z.string().nullable().describe('First KiB of the response body'),
});

export const deliveriesQuery = z.strictObject({
  receiver: z.string().max(64).optional(),
  state: z.enum(['pending', 'delivered', 'superseded', 'refused', 'exhausted', 'gone', 'cancelled']).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.coerce.number().int().min(1).optional(),
});
export const deliveriesAnswer = z
  .object({
    items: z.array(
      z.object({
        id: z.string().describe('webhook-id header, the same for all attempts'),
        receiver: z.string(),
        type: z.string(),
        state: z.enum(['pending', 'delivered', 'superseded', 'refused', 'exhausted', 'gone', 'cancelled']),
        createdAt: isoTime,
        nextAttemptAt: isoTime.nullable(),
        endedAt: isoTime.nullable(),
        body: z.string(),
        attempts: z.array(attempt),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'DeliveryList' });
export const redeliver = z
  .strictObject({
    ids: z.array(z.string().max(64)).min(1).max(1000).optional(),
    failedSince: timeInput.optional().describe('All refused and exhausted deliveries since this time'),
  })
  .meta({ id: 'RedeliverRequest' });
export const redeliverAnswer = z.object({ again: z.number().int() }).meta({ id: 'Redelivery' });
export const deliveryParams = z.object({ id: z.string().max(128) });

export type DeliveriesAnswer = z.infer<typeof deliveriesAnswer>;

export const deliveryRoutes = declareRoutes({
  listDeliveries: {
    method: 'get',
    path: '/api/v1/alerts/deliveries',
    scope: 'admin',
    tag: 'Receivers',
    summary: 'List deliveries with their attempts, newest first',
    query: deliveriesQuery,
    answer: deliveriesAnswer,
  },
  redeliverDeliveries: {
    method: 'post',
    path: '/api/v1/alerts/deliveries/redeliver',
    scope: 'admin',
    tag: 'Receivers',
    summary: 'Send deliveries again under the same webhook-id: by id, or all refused and exhausted since a time',
    body: redeliver,
    answer: redeliverAnswer,
  },
  redeliverDelivery: {
    method: 'post',
    path: '/api/v1/alerts/deliveries/:id/redeliver',
    scope: 'admin',
    tag: 'Receivers',
    summary: 'Send a delivery again under the same webhook-id',
    params: deliveryParams,
    answer: redeliverAnswer,
  },
});
