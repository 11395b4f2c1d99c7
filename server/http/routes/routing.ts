import { WHOLE } from '../../alerts/code/managed.ts';
import { routesOf } from '../../alerts/notify/routing.ts';
import { documentOfRouting, routeTimeErrors, routingErrors, routingOf } from '../../alerts/rules/documents.ts';
import { revisionOfRouting } from '../../alerts/rules/revision.ts';
import type { Context } from '../context.ts';
import { routingRoutes } from '../contract/routing.ts';
import { implement } from '../implement.ts';
import { managedBy, rejectManaged } from '../presentation/managed.ts';
import { ProblemError } from '../problems.ts';
import { rejectInvalid } from '../validation.ts';

export const routingHandlers = implement(routingRoutes, {
  getAlertRouting: async ({ context }) => routingBody(context),
  previewAlertRouting: async ({ context, body }) => {
    const stored = documentOfRouting(context.alerts.routing());
    const next = { routes: body.routes ?? stored.routes, inhibitions: [] };
    const receivers = new Set(context.alerts.receivers().map((receiver) => receiver.id));
    rejectInvalid(routingErrors(next, receivers));
    const { routes } = routingOf(next);
    const matched = routesOf(body.labels, routes);
    return { matched: matched.map((route) => ({ route: routes.indexOf(route), receiver: route.receiverId })) };
  },
  updateAlertRouting: async ({ context, body: { revision, ...change } }) => {
    const kinds = (['routes', 'inhibitions'] as const).filter((kind) => change[kind] !== undefined);
    const rejectLists = (): void => {
      for (const kind of kinds) rejectManaged(context, kind, WHOLE);
    };
    rejectLists();
    const stored = context.alerts.routing();
    // What the change omits is that of the routing which was read.
    if (revision !== undefined && revisionOfRouting(stored) !== revision) throw changedMeanwhile();
    const before = documentOfRouting(stored);
    const { routes = before.routes, inhibitions = before.inhibitions } = change;
    const next = { routes, inhibitions };
    const receivers = new Set(context.alerts.receivers().map((receiver) => receiver.id));
    // Routes that were stored before their times had a range are kept by a change of inhibitions alone.
    rejectInvalid([...routingErrors(next, receivers), ...routeTimeErrors(change.routes ?? [])]);
    const isSaved = await context.alerts.saveRouting(
      routingOf(next),
      (now) =>
        kinds.every((kind) => context.alerts.managed(kind, WHOLE) === null) &&
        (revision === undefined || revisionOfRouting(now) === revision),
    );
    rejectLists();
    if (!isSaved) throw changedMeanwhile();
    return routingBody(context);
  },
});

function changedMeanwhile(): ProblemError {
  return new ProblemError(
    'conflict',
    'The routing was changed after it was read. Nothing was saved. Read it again, apply your change to it and save that.',
  );
}

function routingBody({ alerts }: Context) {
  const routing = alerts.routing();
  return {
    ...documentOfRouting(routing),
    revision: revisionOfRouting(routing),
    managed: {
      routes: managedBy(alerts.managed('routes', WHOLE)),
      inhibitions: managedBy(alerts.managed('inhibitions', WHOLE)),
    },
  };
}
