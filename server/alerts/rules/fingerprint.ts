/** Identity of label sets: canonical text for state that is stored, and a short hash for receivers. */
import type { Labels } from './rule.ts';

/** Canonical text of a label set: the same labels in any order give the same text. Identifies a series of a rule. */
export function fingerprint(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Identifies a series across rules. Every firing of the same series has the same fingerprint. */
export function alertFingerprint({ ruleId, labels }: { readonly ruleId: string; readonly labels: Labels }): string {
  return `[${JSON.stringify(ruleId)},${fingerprint(labels)}]`;
}

/** FNV-1a hash (64 bits) of {@link fingerprint} as 16 hex digits: the `fingerprint` field that receivers get. */
export function fingerprintHash(labels: Labels): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(fingerprint(labels))) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, '0');
}
