import { routesOf } from '../../alerts/notify/routing.ts';
import { documentOfRouting, routeTimeErrors, routingErrors, routingOf } from '../../alerts/rules/documents.ts';
import { routingRoutes } from '../contract/routing.ts';
import { implement } from '../implement.ts';
import { rejectInvalid } from '../validation.ts';

export const routingHandlers = implement(routingRoutes, {
  getAlertRouting: async ({ context }) => documentOfRouting(context.alerts.routing()),
  previewAlertRouting: async ({ context, body }) => {
    const stored = documentOfRouting(context.alerts.routing());
    const next = { routes: body.routes ?? stored.routes, inhibitions: [] };
    const receivers = new Set(context.alerts.receivers().map((receiver) => receiver.id));
    rejectInvalid(routingErrors(next, receivers));
    const { routes } = routingOf(next);
    const matched = routesOf(body.labels, routes);
    return { matched: matched.map((route) => ({ route: routes.indexOf(route), receiver: route.receiverId })) };
  },
  updateAlertRouting: async ({ context, body }) => {
    const before = documentOfRouting(context.alerts.routing());
    const { routes = before.routes, inhibitions = before.inhibitions } = body;
    const next = { routes, inhibitions };
    const receivers = new Set(context.alerts.receivers().map((receiver) => receiver.id));
    // Routes that were stored before their times had a range are kept by a change of inhibitions alone.
    rejectInvalid([...routingErrors(next, receivers), ...routeTimeErrors(body.routes ?? [])]);
    await context.alerts.saveRouting(routingOf(next));
    return documentOfRouting(context.alerts.routing());
  },
});
