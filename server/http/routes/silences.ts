/** Handlers of silences. */
import { iso } from '../../../ingest/records/time.ts';
import type { NamedSilence } from '../../alerts/notify/routing.ts';
import { expireSilence, silenceErrors, silenceOf, silenceState } from '../../alerts/notify/silences.ts';
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
  expireSilence: async ({ context, params }) => {
    const silence = context.alerts.silences().find((one) => one.id === params.id);
    if (silence === undefined) throw new ProblemError('not-found', `No silence ${params.id}`);
    const nowMs = context.now();
    const expired = expireSilence(silence, nowMs);
    await context.alerts.saveSilence(expired);
    return silenceBody(expired, nowMs);
  },
});

function silenceBody({ matchers, startsMs, endsMs, ...silence }: NamedSilence, nowMs: number) {
  return {
    ...silence,
    matchers: [...matchers],
    startsAt: iso(startsMs),
    endsAt: iso(endsMs),
    state: silenceState({ startsMs, endsMs }, nowMs),
  };
}
