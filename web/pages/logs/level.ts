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
  return `${bracketed(rest)} level:>=${level}`;
}

/** Lines that are not those of the Lambda service in which nothing failed. */
const NOT_ROUTINE = ['source:function', 'level:error'].join(' OR ');

/** The search without lines of the Lambda service, but for those that state a failure; as it is if it asks for a source, a status, a stream or a request itself. */
export function withoutRoutine(search: string): string {
  if (/\b(?:source|status|stream|request):/.test(search)) return search;
  return `${bracketed(search)} (${NOT_ROUTINE})`.trim();
}

/** Without brackets, a further condition would be of the last alternative only. */
function bracketed(search: string): string {
  return / OR /.test(search) && !/^\([^()]*\)$/.test(search) ? `(${search})` : search;
}
