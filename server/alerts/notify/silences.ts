/** Creates, validates and expires silences. Pure. */
import type * as z from 'zod';
import { parseRfc3339 } from '../../../ingest/records/time.ts';
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

/** Validation errors of a silence beyond the schema; empty if it is valid. */
export function silenceErrors({ matchers, startsMs, endsMs }: NamedSilence): readonly FieldError[] {
  const errors = matchers.flatMap((matcher, at): FieldError[] => {
    const message = matcherError(matcher);
    return message === null ? [] : [{ field: `matchers.${at}.value`, message }];
  });
  return endsMs > startsMs ? errors : [...errors, { field: 'endsAt', message: 'must be after startsAt' }];
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
