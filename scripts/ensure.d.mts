/** Types of what tests use of ensure.mjs. */

export function addonProblem(path?: string, load?: (path: string) => unknown): string | null;

/** Packages whose install scripts a first install runs. */
export const COMPILED: readonly string[];

export function installStep(state: {
  /** The stamps say that the packages of this lock file were installed by this Node version. */
  readonly installed: boolean;
  /** The stamps say that its packages were installed, and their install scripts not yet run; `false` by default. */
  readonly unpacked?: boolean;
  /** The stamps say that better-sqlite3 was compiled by this Node version. */
  readonly modules: boolean;
  readonly problem: string | null;
}): 'nothing' | 'rebuild' | 'update' | 'install';

export function compilerSettings(version: string, folder?: string, given?: string): Readonly<Record<string, string>>;
