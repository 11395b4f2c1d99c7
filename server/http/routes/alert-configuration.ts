/** Handlers of rules as code. */
import type { ConfigurationPlan } from '../../alerts/code/plan.ts';
import { planConfiguration } from '../../alerts/code/plan.ts';
import { configurationRevision } from '../../alerts/code/revision.ts';
import { newSecret } from '../../alerts/notify/signature.ts';
import type { Context } from '../context.ts';
import type { ConfigurationDocument, PlanAnswer } from '../contract/alert-configuration.ts';
import { alertConfigurationRoutes } from '../contract/alert-configuration.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';

export const alertConfigurationHandlers = implement(alertConfigurationRoutes, {
  exportAlertConfiguration: async ({ context }) => {
    const { exportConfiguration } = await import('../../alerts/code/export.ts');
    let text = '';
    await context.alerts.changeConfiguration((stored) => {
      text = exportConfiguration(stored);
      return null;
    });
    return new Response(text, {
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': 'attachment; filename="thermocline-rules.yaml"',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      },
    });
  },
  planAlertConfiguration: ({ context, body }) => planned(context, body, { applies: false }),
  applyAlertConfiguration: ({ context, body: { revision, ...desired } }) =>
    planned(context, desired, { applies: true, revision }),
  releaseAlertConfiguration: async ({ context, params: { owner } }) => {
    let released = 0;
    await context.alerts.changeConfiguration(({ managed }) => {
      const others = [...managed.values()].filter((mark) => mark.owner !== owner);
      released = managed.size - others.length;
      if (released === 0) return null;
      return {
        savedRules: [],
        removedRules: [],
        savedReceivers: [],
        removedReceivers: [],
        routing: null,
        managed: others,
      };
    });
    return { released };
  },
});

interface Mode {
  readonly applies: boolean;
  readonly revision?: string | undefined;
}

/** @throws ProblemError (400, or 409 for what another owner manages or what changed since the plan); nothing is stored then */
async function planned(
  context: Context,
  desired: ConfigurationDocument,
  { applies, revision }: Mode,
): Promise<PlanAnswer> {
  const { alerts } = context;
  let plan: ConfigurationPlan | null = null;
  let found = '';
  const reports = (await context.store.read.reportSchedules({})).map(({ schedule }) => schedule);
  await alerts.changeConfiguration((stored) => {
    found = configurationRevision(stored);
    if (revision !== undefined && revision !== found) return null;
    plan = planConfiguration(desired, stored, {
      blockReason: (url) => alerts.urlBlockReason(url),
      isMailConfigured: context.config.smtp !== null,
      newSecret,
      reports,
      nowMs: context.now(),
      enablesAgain: true,
    });
    return plan.ok && applies ? plan.change : null;
  });
  const made = plan as ConfigurationPlan | null;
  if (made === null)
    throw new ProblemError(
      'conflict',
      'Rules, receivers or routes were changed after the plan. Nothing was saved. Plan again.',
    );
  if (!made.ok)
    throw new ProblemError(
      made.isConflict ? 'conflict' : 'invalid-request',
      made.isConflict
        ? 'Another owner manages some of it. Nothing was saved'
        : 'The files are not valid. Nothing was saved',
      made.errors,
    );
  return { revision: found, counts: made.counts, changes: [...made.changes] };
}
