/** Notification routing: routes, mute times and inhibitions. */
import * as z from 'zod';
import { duration, labelName, labels, managed, revision } from './alert-fields.ts';
import { declareRoutes } from './route.ts';
import { matchers } from './silences.ts';

const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'expected HH:MM' });
const timing = {
  groupWait: duration.default('30s').describe('Up to 1d'),
  groupInterval: duration.default('5m').describe('1s to 7d'),
  repeatInterval: duration.default('4h').describe('1s to 31d'),
};
export const routingDocument = z
  .strictObject({
    routes: z
      .array(
        z.strictObject({
          matchers: matchers.default([]),
          receiver: z.string().max(64),
          groupBy: z
            .array(z.union([labelName, z.literal('...')]))
            .max(10)
            .default(['alertname']),
          ...timing,
          muteTimes: z
            .array(
              z.strictObject({
                timeZone: z.string().max(64).default('UTC').describe('IANA name, such as Europe/Berlin'),
                weekdays: z.array(z.number().int().min(1).max(7)).max(7).default([1, 2, 3, 4, 5, 6, 7]),
                from: clock,
                to: clock,
              }),
            )
            .max(20)
            .default([]),
          continue: z.boolean().default(false),
        }),
      )
      .max(200)
      .default([])
      .describe('Ordered; the first match wins, unless it has continue'),
    inhibitions: z
      .array(
        z.strictObject({
          source: matchers.min(1),
          target: matchers.min(1),
          equal: z.array(labelName).max(10).default([]),
        }),
      )
      .max(100)
      .default([]),
  })
  .meta({ id: 'AlertRouting' });
export type RoutingDocument = z.infer<typeof routingDocument>;
const managedLists = z.object({ routes: managed, inhibitions: managed });
/** Omitted fields keep their values. */
export const routingChange = z
  .strictObject({
    managed: managedLists.optional().describe('As it was answered; it changes nothing'),
    routes: routingDocument.shape.routes.unwrap().optional(),
    inhibitions: routingDocument.shape.inhibitions.unwrap().optional(),
    revision: revision
      .optional()
      .describe(
        'That of the routing which was read and changed: 409 if the stored one is another by now. Without it, whatever is stored is replaced',
      ),
  })
  .meta({ id: 'AlertRoutingUpdate' });

export const routingPreviewBody = z
  .strictObject({
    labels: labels.describe('Labels of the alert, such as alertname, severity and function'),
    routes: routingDocument.shape.routes.unwrap().optional().describe('Default: the stored routes'),
  })
  .meta({ id: 'AlertRoutingPreviewRequest' });
export const routingPreviewAnswer = z
  .object({
    matched: z
      .array(z.object({ route: z.number().int().describe('Index in the list of routes'), receiver: z.string() }))
      .describe('Routes that take the alert, in order; empty if no receiver is notified'),
  })
  .meta({ id: 'AlertRoutingPreview' });
export const routingAnswer = routingDocument
  .extend({
    revision: revision.describe('Changes with routes and inhibitions'),
    managed: managedLists,
  })
  .meta({ id: 'AlertRoutingWithRevision' });

export const routingRoutes = declareRoutes({
  previewAlertRouting: {
    method: 'post',
    path: '/api/v1/alerts/routing/preview',
    scope: 'edit',
    tag: 'Alerts',
    summary: 'Say which receivers an alert with these labels would be sent to',
    body: routingPreviewBody,
    answer: routingPreviewAnswer,
  },
  getAlertRouting: {
    method: 'get',
    path: '/api/v1/alerts/routing',
    scope: 'edit',
    tag: 'Alerts',
    summary: 'Get routes and inhibitions',
    answer: routingAnswer,
  },
  updateAlertRouting: {
    method: 'put',
    path: '/api/v1/alerts/routing',
    scope: 'admin',
    tag: 'Alerts',
    summary: 'Replace routes, inhibitions or both; omitted fields keep their values',
    body: routingChange,
    answer: routingAnswer,
    problems: ['conflict'],
  },
});
