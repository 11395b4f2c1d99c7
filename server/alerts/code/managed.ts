/** Marks of what was applied from files: the API refuses to change it, and the next application knows what it may delete. */

export const MANAGED_KINDS = ['rule', 'receiver', 'routes', 'inhibitions'] as const;
export type ManagedKind = (typeof MANAGED_KINDS)[number];

/** Owner of what comes from the folder of `THERMOCLINE_RULES`. */
export const FOLDER_OWNER = 'folder';

/** Id of routes and of inhibitions: there is one list of each. */
export const WHOLE = '';

export interface ManagedMark {
  readonly kind: ManagedKind;
  /** Id of the rule or receiver; {@link WHOLE} for routes and inhibitions. */
  readonly id: string;
  /** Who applied it: `folder`, or the owner that `rules apply` named. */
  readonly owner: string;
  /** File that it was read from, as its author names it. */
  readonly file: string;
  /** Where its secrets come from, by field: `env:NAME` or `file:PATH`, never their values. */
  readonly references: Readonly<Record<string, string>>;
}

/** Key of a mark in a map. */
export function markKey(kind: ManagedKind, id: string): string {
  return `${kind} ${id}`;
}

/** What a mark or a change is about, for people: `rule checkout-errors`, `routes`. */
export function resourceName(kind: ManagedKind, id: string): string {
  return id === WHOLE ? kind : `${kind} ${id}`;
}

/** Why a change by the API or the UI is refused, and what to do instead. */
export function managedSentence({ kind, id, owner, file }: ManagedMark): string {
  const name = resourceName(kind, id);
  const where = owner === FOLDER_OWNER ? 'a file of THERMOCLINE_RULES' : `"thermocline rules apply" (owner ${owner})`;
  return `${name[0]?.toUpperCase()}${name.slice(1)} is managed by ${file}, ${where}. Nothing was saved. Change it there.`;
}
