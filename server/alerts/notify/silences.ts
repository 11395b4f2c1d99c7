/** Creates, validates and expires silences. Pure. */
import type * as z from 'zod';
import { DAY_MS, parseRfc3339 } from '../../../ingest/records/time.ts';
import type { newSilence } from '../../http/contract/silences.ts';
import type { FieldError } from '../rules/documents.ts';
import { matcherError } from '../rules/matchers.ts';
import type { NamedSilence } from './routing.ts';

type NewSilence = z.infer<typeof newSilence>;

/** Converts an API document into a silence. It starts at `nowMs` unless the document names a start. */
export function silenceOf(document: NewSilence, id: string, nowMs: number): NamedSilence {
  const { matchers, startsAt, endsAt, createdBy, comment } = document;
  const startsMs = startsAt === undefined ? nowMs : timeOf(startsAt);
  return { id, matchers, startsMs, endsMs: timeOf(endsAt), createdBy, comment };
}

/** The schema has checked the text. */
const timeOf = (text: string): number => parseRfc3339(text) ?? Number.NaN;

/** A silence that was forgotten hides every alert of its kind: longer ones are turned off in the rule. */
const LONGEST_SILENCE_MS = 366 * DAY_MS;

/** Validation errors of a silence beyond the schema; empty if it is valid. */
export function silenceErrors({ matchers, startsMs, endsMs }: NamedSilence, nowMs: number): readonly FieldError[] {
  const errors = matchers.flatMap((matcher, at): FieldError[] => {
    const message = matcherError(matcher);
    return message === null ? [] : [{ field: `matchers.${at}.value`, message }];
  });
  if (endsMs <= startsMs) errors.push({ field: 'endsAt', message: 'must be after startsAt' });
  else if (endsMs <= nowMs) errors.push({ field: 'endsAt', message: 'must be in the future' });
  else if (endsMs - startsMs > LONGEST_SILENCE_MS)
    errors.push({ field: 'endsAt', message: 'expected at most 366 days after startsAt' });
  if (startsMs - nowMs > LONGEST_SILENCE_MS)
    errors.push({ field: 'startsAt', message: 'expected at most 366 days from now' });
  return errors;
}

/** The silence, ended at `nowMs`. A silence that has not started yet never takes effect. */
export function expireSilence(silence: NamedSilence, nowMs: number): NamedSilence {
  return { ...silence, startsMs: Math.min(silence.startsMs, nowMs), endsMs: Math.min(silence.endsMs, nowMs) };
}

export function silenceState(
  { startsMs, endsMs }: Pick<NamedSilence, 'startsMs' | 'endsMs'>,
  nowMs: number,
): 'active' | 'pending' | 'expired' {
  if (endsMs <= nowMs) return 'expired';
  return startsMs > nowMs ? 'pending' : 'active';
}
