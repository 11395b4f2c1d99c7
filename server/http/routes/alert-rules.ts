/** Handlers of alert rules. */
import { DAY_MS, iso, isoOrNull } from '../../../ingest/records/time.ts';
import type { DryRun } from '../../alerts/evaluate/dry-run.ts';
import { dryRun } from '../../alerts/evaluate/dry-run.ts';
import { previewRule } from '../../alerts/evaluate/preview.ts';
import type { FieldError } from '../../alerts/rules/documents.ts';
import { documentOf, ruleErrors, ruleOf } from '../../alerts/rules/documents.ts';
import { revisionOf } from '../../alerts/rules/revision.ts';
import type { Rule } from '../../alerts/rules/rule.ts';
import { ruleStatus } from '../../alerts/status.ts';
import type { TimeRange } from '../../storage/ports.ts';
import { taggedReader } from '../../tags/tagged-reader.ts';
import type { Context } from '../context.ts';
import { alertRuleRoutes } from '../contract/alert-rules.ts';
import { implement } from '../implement.ts';
import { managedBy, rejectManaged } from '../presentation/managed.ts';
import { ProblemError } from '../problems.ts';
import { rejectInvalid } from '../validation.ts';

const MOST_NAMED_FUNCTIONS = 100;

export const alertRuleHandlers = implement(alertRuleRoutes, {
  previewAlertRule: async ({ context, body }) => {
    rejectInvalid(inRule(ruleErrors(body.rule)));
    const toMs = context.now();
    const range = { fromMs: toMs - body.days * DAY_MS, toMs };
    const found = await previewRule(ruleOf(body.rule), readerOf(context), context.config.priceTerms, range);
    const { unit, functions, points, dataFromMs, notices } = found;
    return {
      ...dryRunBody(found, range),
      unit,
      matches: functions && { total: functions.length, functions: functions.slice(0, MOST_NAMED_FUNCTIONS) },
      points: points.map(({ atMs, value, labels, n }) => ({
        at: iso(atMs),
        value,
        function: labels['function'] ?? null,
        n,
      })),
      dataFrom: isoOrNull(dataFromMs),
      notices: [...notices],
    };
  },
  listAlertRules: async ({ context }) => ({
    items: context.alerts.rules().map((rule) => ruleBody(rule, context)),
    nextCursor: null,
  }),
  getAlertRule: async ({ context, params }) => ruleBody(ruleById(params.id, context), context),
  saveAlertRule: async ({ context, params, body }) => {
    if (body.id !== params.id) rejectInvalid([{ field: 'id', message: `must be ${params.id}, as in the path` }]);
    const { revision, ...document } = body;
    rejectInvalid([...ruleErrors(document), ...unknownReceivers(document.receivers, context)]);
    rejectManaged(context, 'rule', params.id);
    const isSaved = await context.alerts.saveRule(
      ruleOf(document),
      (stored) =>
        context.alerts.managed('rule', params.id) === null &&
        (revision === undefined || (stored !== null && revisionOf(stored) === revision)),
    );
    rejectManaged(context, 'rule', params.id);
    if (!isSaved) throw new ProblemError('conflict', changedMeanwhile(params.id, context));
    return ruleBody(ruleById(params.id, context), context);
  },
  deleteAlertRule: async ({ context, params }) => {
    ruleById(params.id, context);
    await context.alerts.removeRule(params.id, () => context.alerts.managed('rule', params.id) === null);
    rejectManaged(context, 'rule', params.id);
    return {};
  },
  dryRunAlertRule: async ({ context, params, body }) => {
    if (body.rule !== undefined) rejectInvalid(inRule(ruleErrors(body.rule)));
    const rule = body.rule === undefined ? ruleById(params.id, context) : ruleOf(body.rule);
    const toMs = context.now();
    const range = { fromMs: toMs - body.days * DAY_MS, toMs };
    try {
      return dryRunBody(await dryRun(rule, readerOf(context), context.config.priceTerms, range), range);
    } catch (error) {
      if (error instanceof RangeError) rejectInvalid([{ field: 'rule.signal.kind', message: error.message }]);
      throw error;
    }
  },
});

function readerOf({ store, tags }: Context) {
  return taggedReader(store.read, tags);
}

function dryRunBody({ fired, stepMs, evaluations }: DryRun, { fromMs, toMs }: TimeRange) {
  return {
    from: iso(fromMs),
    to: iso(toMs),
    stepMs,
    evaluations,
    fired: fired.map(({ labels, summary, summaryCode, ...at }) => ({
      labels: { ...labels },
      summary,
      summaryCode: summaryCode ?? null,
      from: iso(at.fromMs),
      to: isoOrNull(at.toMs),
    })),
  };
}

/** Errors of a rule that is a field of the body. */
function inRule(errors: readonly FieldError[]): readonly FieldError[] {
  return errors.map(({ field, message }) => ({ field: `rule.${field}`, message }));
}

function unknownReceivers(ids: readonly string[], { alerts }: Context): readonly FieldError[] {
  return ids.flatMap((id, at) =>
    alerts.receiver(id) === null ? [{ field: `receivers.${at}`, message: `unknown receiver ${id}` }] : [],
  );
}

function changedMeanwhile(id: string, { alerts }: Context): string {
  const what = alerts.rule(id) === null ? 'deleted' : 'changed';
  return `Rule ${id} was ${what} after it was read. Nothing was saved. Read it again, apply your change to it and save that.`;
}

function ruleById(id: string, { alerts }: Context): Rule {
  const rule = alerts.rule(id);
  if (rule === null) throw new ProblemError('not-found', `No alert rule ${id}`);
  return rule;
}

function ruleBody(rule: Rule, { alerts }: Context) {
  const ruleState = alerts.ruleState(rule.id);
  return {
    ...documentOf(rule),
    ...ruleStatus(rule, ruleState, alerts.instances()),
    evaluatedUntil: isoOrNull(ruleState?.untilMs ?? null),
    error: ruleState?.error ?? null,
    skipped: ruleState?.skipped ?? 0,
    late: ruleState?.late ?? 0,
    warning: alerts.warning(rule.id),
    revision: revisionOf(rule),
    managed: managedBy(alerts.managed('rule', rule.id)),
  };
}
