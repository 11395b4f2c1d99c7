/** Handlers of alert rules, alerts, silences and routing. */
import { DAY_MS, iso, isoOrNull } from '../../../ingest/records/time.ts';
import type { Alert } from '../../alerts/evaluate/alert.ts';
import { dryRun } from '../../alerts/evaluate/dry-run.ts';
import type { NamedSilence } from '../../alerts/notify/routing.ts';
import { expireSilence, silenceErrors, silenceOf, silenceState } from '../../alerts/notify/silences.ts';
import {
  documentOf,
  documentOfRouting,
  routingErrors,
  routingOf,
  ruleErrors,
  ruleOf,
} from '../../alerts/rules/documents.ts';
import type { Rule } from '../../alerts/rules/rule.ts';
import { instanceStatuses, ruleStatus } from '../../alerts/status.ts';
import { parseStored } from '../../alerts/stored-state.ts';
import type { Context } from '../context.ts';
import { alertInstanceRoutes } from '../contract/alert-instances.ts';
import { alertRuleRoutes } from '../contract/alert-rules.ts';
import { routingRoutes } from '../contract/routing.ts';
import { silenceRoutes } from '../contract/silences.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';

export const alertRuleHandlers = implement(alertRuleRoutes, {
  listAlertRules: async ({ context }) => ({
    items: context.alerts.rules().map((rule) => ruleView(rule, context)),
    nextCursor: null,
  }),
  getAlertRule: async ({ context, params }) => ruleView(ruleNamed(params.id, context), context),
  saveAlertRule: async ({ context, params, body }) => {
    if (body.id !== params.id) refuse([{ field: 'id', message: `must be ${params.id}, as in the path` }]);
    refuse(ruleErrors(body));
    await context.alerts.saveRule(ruleOf(body));
    return ruleView(ruleNamed(params.id, context), context);
  },
  deleteAlertRule: async ({ context, params }) => {
    ruleNamed(params.id, context);
    await context.alerts.removeRule(params.id);
    return {};
  },
  dryRunAlertRule: async ({ context, params, body }) => {
    if (body.rule !== undefined) refuse(ruleErrors(body.rule));
    const rule = body.rule === undefined ? ruleNamed(params.id, context) : ruleOf(body.rule);
    const toMs = context.now();
    const fromMs = toMs - body.days * DAY_MS;
    try {
      const { fired, stepMs, evaluations } = await dryRun(rule, context.store.read, fromMs, toMs);
      return {
        from: iso(fromMs),
        to: iso(toMs),
        stepMs,
        evaluations,
        fired: fired.map(({ labels, summary, ...at }) => ({
          labels: { ...labels },
          summary,
          from: iso(at.fromMs),
          to: isoOrNull(at.toMs),
        })),
      };
    } catch (error) {
      if (error instanceof RangeError) refuse([{ field: 'rule.signal.kind', message: error.message }]);
      throw error;
    }
  },
});

export const alertInstanceHandlers = implement(alertInstanceRoutes, {
  listAlerts: async ({ context }) => {
    const { alerts } = context;
    const statuses = instanceStatuses(alerts.instances(), alerts.routing(), alerts.silences(), context.now());
    return {
      items: statuses.map(({ alert, state, phase, silenced, inhibited }) => ({
        ...alertView(alert),
        state: phase,
        failing: state.failing,
        silenced,
        inhibited,
      })),
      nextCursor: null,
    };
  },
  listAlertHistory: async ({ context, query }) => {
    const { ruleId, limit, cursor } = query;
    const events = await context.store.read.alertEvents({
      ...(ruleId === undefined ? {} : { ruleId }),
      ...(cursor === undefined ? {} : { beforeSeq: cursor }),
      newestFirst: true,
      limit: limit + 1,
    });
    const shown = events.slice(0, limit);
    return {
      items: shown.map(({ alert, status, atMs }) => ({
        ...alertView(parseStored('alert', alert)),
        status,
        at: iso(atMs),
      })),
      nextCursor: events.length > limit ? String(shown.at(-1)?.seq) : null,
    };
  },
});

export const silenceHandlers = implement(silenceRoutes, {
  listSilences: async ({ context }) => ({
    items: context.alerts.silences().map((silence) => silenceView(silence, context.now())),
    nextCursor: null,
  }),
  createSilence: async ({ context, body }) => {
    const silence = silenceOf(body, `si_${context.alerts.newId()}`, context.now());
    refuse(silenceErrors(silence));
    await context.alerts.saveSilence(silence);
    return silenceView(silence, context.now());
  },
  expireSilence: async ({ context, params }) => {
    const silence = context.alerts.silences().find((one) => one.id === params.id);
    if (silence === undefined) throw new ProblemError('not-found', `No silence ${params.id}`);
    const nowMs = context.now();
    const expired = expireSilence(silence, nowMs);
    await context.alerts.saveSilence(expired);
    return silenceView(expired, nowMs);
  },
});

export const routingHandlers = implement(routingRoutes, {
  getAlertRouting: async ({ context }) => documentOfRouting(context.alerts.routing()),
  updateAlertRouting: async ({ context, body }) => {
    const before = documentOfRouting(context.alerts.routing());
    const { routes = before.routes, inhibitions = before.inhibitions } = body;
    const next = { routes, inhibitions };
    refuse(routingErrors(next, new Set(context.alerts.receivers().map((receiver) => receiver.id))));
    await context.alerts.saveRouting(routingOf(next));
    return documentOfRouting(context.alerts.routing());
  },
});

/** @throws ProblemError if there are validation errors. */
function refuse(errors: readonly { readonly field: string; readonly message: string }[]): void {
  if (errors.length > 0) throw new ProblemError('invalid-request', 'The body is not valid', errors);
}

function ruleNamed(id: string, { alerts }: Context): Rule {
  const rule = alerts.rule(id);
  if (rule === null) throw new ProblemError('not-found', `No alert rule ${id}`);
  return rule;
}

function ruleView(rule: Rule, { alerts }: Context) {
  const ruleState = alerts.ruleState(rule.id);
  return {
    ...documentOf(rule),
    ...ruleStatus(rule, ruleState, alerts.instances()),
    evaluatedUntil: isoOrNull(ruleState?.untilMs ?? null),
    error: ruleState?.error ?? null,
    skipped: ruleState?.skipped ?? 0,
    late: ruleState?.late ?? 0,
    warning: alerts.warning(rule.id),
  };
}

function alertView({ labels, annotations, interval, evidence, ...alert }: Alert) {
  return {
    ...alert,
    labels: { ...labels },
    annotations: { ...annotations },
    interval: interval === null ? null : [...interval],
    evidence: [...evidence],
  };
}

function silenceView({ matchers, startsMs, endsMs, ...silence }: NamedSilence, nowMs: number) {
  return {
    ...silence,
    matchers: [...matchers],
    startsAt: iso(startsMs),
    endsAt: iso(endsMs),
    state: silenceState({ startsMs, endsMs }, nowMs),
  };
}
