/** Silences, with Alertmanager's matchers. */
import * as z from 'zod';
import { labelName, revision } from './alert-fields.ts';
import { isoTime, timeInput } from './common.ts';
import { declareRoutes } from './route.ts';

export const matcher = z
  .strictObject({
    name: labelName,
    value: z.string().max(1024),
    isRegex: z.boolean().default(false),
    isEqual: z.boolean().default(true),
  })
  .meta({ id: 'Matcher' });
export const matchers = z.array(matcher).max(20);

export const newSilence = z
  .strictObject({
    matchers: matchers.min(1),
    startsAt: timeInput.optional().describe('RFC 3339, at most 366 days from now; default: now'),
    endsAt: timeInput.describe('RFC 3339, in the future, at most 366 days after startsAt'),
    createdBy: z.string().max(128).default(''),
    comment: z.string().max(1024).default(''),
  })
  .meta({ id: 'NewSilence' });
const changedSilence = newSilence
  .extend({
    startsAt: timeInput.optional().describe('RFC 3339, at most 366 days from now; default: as it is'),
    createdBy: z.string().max(128).optional().describe('Default: as it is'),
    comment: z.string().max(1024).optional().describe('Default: as it is'),
    revision: revision
      .optional()
      .describe(
        'That of the silence which was read and changed: 409 if the stored one is another by now. Without it, whatever is stored is replaced',
      ),
  })
  .meta({ id: 'SilenceUpdate' });
const silence = z
  .object({
    id: z.string(),
    matchers: z.array(matcher),
    startsAt: isoTime,
    endsAt: isoTime,
    createdBy: z.string(),
    comment: z.string(),
    state: z.enum(['active', 'pending', 'expired']),
    revision: revision.describe('Changes with the silence'),
  })
  .meta({ id: 'Silence' });
export const silenceAnswer = silence;
export const silencesAnswer = z.object({ items: z.array(silence), nextCursor: z.null() }).meta({ id: 'SilenceList' });
export const silenceParams = z.object({ id: z.string().max(128) });

export const silenceRoutes = declareRoutes({
  listSilences: {
    method: 'get',
    path: '/api/v1/alerts/silences',
    scope: 'read',
    tag: 'Alerts',
    summary: 'List active, pending and recently expired silences',
    answer: silencesAnswer,
  },
  createSilence: {
    method: 'post',
    path: '/api/v1/alerts/silences',
    scope: 'edit',
    tag: 'Alerts',
    summary: 'Create a silence for matching alerts',
    body: newSilence,
    answer: silenceAnswer,
  },
  updateSilence: {
    method: 'put',
    path: '/api/v1/alerts/silences/:id',
    scope: 'edit',
    tag: 'Alerts',
    summary: 'Extend, shorten or change a silence that has not ended',
    params: silenceParams,
    body: changedSilence,
    answer: silenceAnswer,
    problems: ['not-found', 'conflict'],
  },
  expireSilence: {
    method: 'delete',
    path: '/api/v1/alerts/silences/:id',
    scope: 'edit',
    tag: 'Alerts',
    summary: 'Expire a silence now',
    params: silenceParams,
    answer: silenceAnswer,
    problems: ['not-found'],
  },
});
