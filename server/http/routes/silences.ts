/** Handlers of silences. */
import { iso } from '../../../ingest/records/time.ts';
import type { NamedSilence } from '../../alerts/notify/routing.ts';
import { expireSilence, silenceErrors, silenceOf, silenceState } from '../../alerts/notify/silences.ts';
import { revisionOfSilence } from '../../alerts/rules/revision.ts';
import type { Context } from '../context.ts';
import { silenceRoutes } from '../contract/silences.ts';
import { implement } from '../implement.ts';
import { ProblemError } from '../problems.ts';
import { rejectInvalid } from '../validation.ts';

export const silenceHandlers = implement(silenceRoutes, {
  listSilences: async ({ context }) => ({
    items: context.alerts.silences().map((silence) => silenceBody(silence, context.now())),
    nextCursor: null,
  }),
  createSilence: async ({ context, body }) => {
    const nowMs = context.now();
    const silence = silenceOf(body, `si_${context.alerts.newId()}`, nowMs);
    rejectInvalid(silenceErrors(silence, nowMs));
    await context.alerts.saveSilence(silence);
    return silenceBody(silence, nowMs);
  },
  updateSilence: async ({ context, params, body: { revision, ...change } }) => {
    const nowMs = context.now();
    const stored = silenceById(params.id, context);
    const { matchers, endsAt, startsAt = iso(stored.startsMs), createdBy, comment } = change;
    const said = { createdBy: createdBy ?? stored.createdBy, comment: comment ?? stored.comment };
    const changed = silenceOf({ matchers, startsAt, endsAt, ...said }, stored.id, nowMs);
    const replaces = (now: NamedSilence | null): boolean =>
      now !== null && now.endsMs > nowMs && (revision === undefined || revisionOfSilence(now) === revision);
    if (stored.endsMs <= nowMs)
      throw new ProblemError('conflict', `Silence ${stored.id} has ended. Nothing was saved. Create another one.`);
    if (!replaces(stored)) throw changedMeanwhile(stored.id);
    rejectInvalid(silenceErrors(changed, nowMs));
    if (!(await context.alerts.saveSilence(changed, replaces))) throw changedMeanwhile(stored.id);
    return silenceBody(changed, nowMs);
  },
  expireSilence: async ({ context, params }) => {
    const silence = silenceById(params.id, context);
    const nowMs = context.now();
    const expired = expireSilence(silence, nowMs);
    await context.alerts.saveSilence(expired);
    return silenceBody(expired, nowMs);
  },
});

/** @throws ProblemError (404) if there is no such silence */
function silenceById(id: string, { alerts }: Context): NamedSilence {
  const found = alerts.silences().find((one) => one.id === id);
  if (found === undefined) throw new ProblemError('not-found', `No silence ${id}`);
  return found;
}

function changedMeanwhile(id: string): ProblemError {
  return new ProblemError(
    'conflict',
    `Silence ${id} was changed after it was read. Nothing was saved. Read it again, apply your change to it and save that.`,
  );
}

function silenceBody(stored: NamedSilence, nowMs: number) {
  const { matchers, startsMs, endsMs, ...silence } = stored;
  return {
    ...silence,
    revision: revisionOfSilence(stored),
    matchers: [...matchers],
    startsAt: iso(startsMs),
    endsAt: iso(endsMs),
    state: silenceState({ startsMs, endsMs }, nowMs),
  };
}
