/** Alert rules, what fires, silences and routing. */

import { DAY_MS, iso, isoOrNull } from '../../../ingest/records/time.ts';
import type { Alert } from '../../alerts/evaluate/alert.ts';
import { dryRun } from '../../alerts/evaluate/dry-run.ts';
import { metricSource } from '../../alerts/evaluate/metric-source.ts';
import { Signals } from '../../alerts/evaluate/signals.ts';
import { inhibitor, isSilenced } from '../../alerts/notify/routing.ts';
import {
  documentOf,
  documentOfRouting,
  faultsOfRouting,
  faultsOfRule,
  routingOf,
  ruleOf,
} from '../../alerts/rules/documents.ts';
import { faultOf } from '../../alerts/rules/matchers.ts';
import type { Rule } from '../../alerts/rules/rule.ts';
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
    if (body.id !== params.id) refuse([{ field: 'id', message: `expected ${params.id}, as in the path` }]);
    refuse(faultsOfRule(body));
    await context.alerts.saveRule(ruleOf(body));
    return ruleView(ruleNamed(params.id, context), context);
  },
  deleteAlertRule: async ({ context, params }) => {
    ruleNamed(params.id, context);
    await context.alerts.removeRule(params.id);
    return {};
  },
  dryRunAlertRule: async ({ context, params, body }) => {
    if (body.rule !== undefined) refuse(faultsOfRule(body.rule));
    const rule = body.rule === undefined ? ruleNamed(params.id, context) : ruleOf(body.rule);
    const toMs = context.now();
    const fromMs = toMs - body.days * DAY_MS;
    const signals = new Signals(context.store.read, metricSource(context.store.read));
    try {
      const { fired, stepMs, evaluations } = await dryRun(rule, signals, fromMs, toMs);
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
    const nowMs = context.now();
    const all = context.alerts.instances();
    const firing = all.filter(({ state }) => state.phase === 'firing').map(({ alert }) => alert.labels);
    const isInhibited = inhibitor(context.alerts.routing().inhibitions, firing);
    return {
      items: all.map(({ alert, state }) => ({
        ...alertView(alert),
        state: state.phase === 'firing' ? ('firing' as const) : ('pending' as const),
        failing: state.failing,
        silenced: isSilenced(alert.labels, context.alerts.silences(), nowMs),
        inhibited: isInhibited(alert.labels),
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
        ...alertView(JSON.parse(alert) as Alert),
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
    const startsMs = body.startsAt === undefined ? context.now() : Date.parse(body.startsAt);
    const endsMs = Date.parse(body.endsAt);
    const faults = body.matchers.flatMap((matcher, at) => {
      const fault = faultOf(matcher);
      return fault === null ? [] : [{ field: `matchers.${at}.value`, message: fault }];
    });
    if (endsMs <= startsMs) faults.push({ field: 'endsAt', message: 'expected to be after startsAt' });
    refuse(faults);
    const { matchers, createdBy, comment } = body;
    const silence = { id: `si_${context.alerts.newId()}`, matchers, startsMs, endsMs, createdBy, comment };
    await context.alerts.saveSilence(silence);
    return silenceView(silence, context.now());
  },
  expireSilence: async ({ context, params }) => {
    const silence = context.alerts.silences().find((one) => one.id === params.id);
    if (silence === undefined) throw new ProblemError('not-found', `No silence ${params.id}`);
    const nowMs = context.now();
    const ended = {
      ...silence,
      endsMs: Math.min(silence.endsMs, nowMs),
      startsMs: Math.min(silence.startsMs, nowMs),
    };
    await context.alerts.saveSilence(ended);
    return silenceView(ended, nowMs);
  },
});

export const routingHandlers = implement(routingRoutes, {
  getAlertRouting: async ({ context }) => documentOfRouting(context.alerts.routing()),
  updateAlertRouting: async ({ context, body }) => {
    const before = documentOfRouting(context.alerts.routing());
    const { routes = before.routes, inhibitions = before.inhibitions } = body;
    const next = { routes, inhibitions };
    refuse(faultsOfRouting(next, new Set(context.alerts.receivers().map((receiver) => receiver.id))));
    await context.alerts.saveRouting(routingOf(next));
    return documentOfRouting(context.alerts.routing());
  },
});

function refuse(faults: readonly { readonly field: string; readonly message: string }[]): void {
  if (faults.length > 0) throw new ProblemError('invalid-request', 'The body is not valid', faults);
}

function ruleNamed(id: string, { alerts }: Context): Rule {
  const rule = alerts.rule(id);
  if (rule === null) throw new ProblemError('not-found', `No alert rule ${id}`);
  return rule;
}

function ruleView(rule: Rule, { alerts }: Context) {
  const watch = alerts.watch(rule.id);
  const mine = alerts.instances().filter(({ alert }) => alert.ruleId === rule.id);
  const count = (phase: string): number => mine.filter(({ state }) => state.phase === phase).length;
  const [firing, pending] = [count('firing'), count('pending')];
  const error = watch?.error ?? null;
  const state = !rule.enabled
    ? ('disabled' as const)
    : error !== null
      ? ('error' as const)
      : firing > 0
        ? ('firing' as const)
        : pending > 0
          ? ('pending' as const)
          : ('inactive' as const);
  return {
    ...documentOf(rule),
    state,
    firing,
    pending,
    evaluatedUntil: isoOrNull(watch?.untilMs ?? null),
    error,
    skipped: watch?.skipped ?? 0,
    late: watch?.late ?? 0,
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

function silenceView(
  { matchers, startsMs, endsMs, ...silence }: ReturnType<Context['alerts']['silences']>[number],
  nowMs: number,
) {
  return {
    ...silence,
    matchers: [...matchers],
    startsAt: iso(startsMs),
    endsAt: iso(endsMs),
    state: endsMs <= nowMs ? ('expired' as const) : startsMs > nowMs ? ('pending' as const) : ('active' as const),
  };
}
