/** What is managed by files: how the API says so, and that it refuses to change it. */
import type { ManagedKind, ManagedMark } from '../../alerts/code/managed.ts';
import { managedSentence } from '../../alerts/code/managed.ts';
import type { Context } from '../context.ts';
import { ProblemError } from '../problems.ts';

/** The file of a mark; null without one. */
export function managedBy(mark: ManagedMark | null): { readonly file: string; readonly owner: string } | null {
  return mark === null ? null : { file: mark.file, owner: mark.owner };
}

/** @throws ProblemError (409) that names the file which a rule, a receiver or a list is managed by */
export function rejectManaged({ alerts }: Pick<Context, 'alerts'>, kind: ManagedKind, id: string): void {
  const mark = alerts.managed(kind, id);
  if (mark !== null) throw new ProblemError('conflict', managedSentence(mark));
}
