/** Tells whether rules, receivers, routing and their marks are still those that a plan was made of. */
import { createHash } from 'node:crypto';
import { revisionOf, revisionOfReceiver, revisionOfRouting } from '../rules/revision.ts';
import type { StoredConfiguration } from './plan.ts';

const REVISION_CHARS = 16;

/** The same for equal configurations, whatever alerts fire. */
export function configurationRevision({ rules, receivers, routing, managed }: StoredConfiguration): string {
  const parts = [
    [...rules.values()].map((rule) => `${rule.id} ${revisionOf(rule)}`).toSorted(),
    [...receivers.values()].map((known) => `${known.receiver.id} ${revisionOfReceiver(known)}`).toSorted(),
    revisionOfRouting(routing),
    [...managed.values()].map((mark) => JSON.stringify(mark)).toSorted(),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, REVISION_CHARS);
}
