import { documentOfRouting, routingErrors, routingOf } from '../../alerts/rules/documents.ts';
import { routingRoutes } from '../contract/routing.ts';
import { implement } from '../implement.ts';
import { rejectInvalid } from '../validation.ts';

export const routingHandlers = implement(routingRoutes, {
  getAlertRouting: async ({ context }) => documentOfRouting(context.alerts.routing()),
  updateAlertRouting: async ({ context, body }) => {
    const before = documentOfRouting(context.alerts.routing());
    const { routes = before.routes, inhibitions = before.inhibitions } = body;
    const next = { routes, inhibitions };
    rejectInvalid(routingErrors(next, new Set(context.alerts.receivers().map((receiver) => receiver.id))));
    await context.alerts.saveRouting(routingOf(next));
    return documentOfRouting(context.alerts.routing());
  },
});
