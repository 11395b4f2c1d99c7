/** Tells whether a rule is still the one that somebody read and changed. */
import { createHash } from 'node:crypto';
import { documentOf } from './documents.ts';
import type { Rule } from './rule.ts';

const REVISION_CHARS = 16;

/** The same for equal documents. A rule that was changed and changed back has its old one again. */
export function revisionOf(rule: Rule): string {
  return createHash('sha256')
    .update(JSON.stringify(documentOf(rule)))
    .digest('base64url')
    .slice(0, REVISION_CHARS);
}
