/** The least level of lines, as a condition of a search. Pure. */
import { message } from '../../i18n/translate.ts';

export const LEVELS = [
  ['info', message('info and above')],
  ['warn', message('warnings and errors')],
  ['error', message('errors only')],
] as const;
type Level = (typeof LEVELS)[number][0];

const CONDITION = / ?\blevel:>=(\w+)$/;

/** The level that a search ends with; null if it ends otherwise. */
export function levelOf(search: string): Level | null {
  const [, found] = CONDITION.exec(search) ?? [];
  return LEVELS.find(([level]) => level === found)?.[0] ?? null;
}

/** The search, with another level at its end; none if it is empty. */
export function withLevel(search: string, level: string): string {
  const rest = search.replace(CONDITION, '').trim();
  if (level === '') return rest;
  if (rest === '') return `level:>=${level}`;
  // Without brackets the condition would be of the last alternative only.
  return `${/ OR /.test(rest) && !/^\([^()]*\)$/.test(rest) ? `(${rest})` : rest} level:>=${level}`;
}
