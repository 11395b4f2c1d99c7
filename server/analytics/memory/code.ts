/** Finds out which code an environment ran, so that an effect of new code is not attributed to the memory size. */
import type { EnvironmentSample } from './samples.ts';

/** An update of $LATEST. */
export interface CodeUpdate {
  readonly atMs: number;
  readonly kind: 'create' | 'code' | 'configuration' | 'unknown';
  readonly codeSha256: string | null;
}

export interface CodeHistory {
  readonly updates: readonly CodeUpdate[];
  /** CodeSha256 of published versions, by version; empty if no inventory was imported. */
  readonly versionCodes: Readonly<Record<string, string>>;
}

/** Code of an environment. Published versions without a hash are told apart by number, because each may run other code. */
export interface Code {
  readonly id: string;
  /** `hash` is certain; `version` may be the same code as another; `unknown` is $LATEST without a record of its updates. */
  readonly basis: 'hash' | 'version' | 'unknown';
}

export const UNKNOWN_CODE: Code = { id: '', basis: 'unknown' };

/** Tests for environments of $LATEST; a run without its version counts as one. */
export function isLatest({ version }: EnvironmentSample): boolean {
  return version === null || version === '$LATEST';
}

/** Returns a function that finds the code of an environment: versions with the same CodeSha256 are one code. */
export function codeFinder({ updates, versionCodes }: CodeHistory): (environment: EnvironmentSample) => Code {
  const states = statesOf(updates);
  return (environment) => {
    const { version, firstMs } = environment;
    if (version !== null && !isLatest(environment)) {
      const known = versionCodes[version];
      return known === undefined ? { id: `version ${version}`, basis: 'version' } : { id: known, basis: 'hash' };
    }
    // An update of $LATEST replaces its environments, so what one first ran is what it ran always.
    return states.findLast(({ fromMs }) => fromMs <= firstMs)?.code ?? UNKNOWN_CODE;
  };
}

function statesOf(updates: readonly CodeUpdate[]): readonly { readonly fromMs: number; readonly code: Code }[] {
  let code = UNKNOWN_CODE;
  return updates
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((update) => {
      if (update.codeSha256 !== null) code = { id: update.codeSha256, basis: 'hash' };
      else if (update.kind === 'code' || update.kind === 'create') {
        code = { id: `update of ${new Date(update.atMs).toISOString()}`, basis: 'hash' };
      }
      return { fromMs: update.atMs, code };
    });
}
