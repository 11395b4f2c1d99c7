/** Helpers of drills: visible skips, printed figures, and checks for tools that may be unavailable. */
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';

/**
 * Prints a figure of a drill; docs/reliability.md has the figures of the last full run. `values` are what `npm run drills:long` adds up;
 * of names that begin with `worst` it keeps the largest.
 */
export function figure(drill: string, text: string, values?: Readonly<Record<string, number>>): void {
  const line = `${drill}: ${text}\n`;
  process.stdout.write(line);
  const file = process.env['DRILL_FIGURES'];
  if (file !== undefined) appendFileSync(file, line);
  const valuesFile = process.env['DRILL_VALUES'];
  if (valuesFile !== undefined && values !== undefined) appendFileSync(valuesFile, `${JSON.stringify(values)}\n`);
}

/** Returns and prints why a drill cannot run here; null if it can. Printing keeps a skip from looking like a pass. */
export function refusal(drill: string, checks: readonly (readonly [string, readonly string[]])[]): string | null {
  for (const [command, args] of checks) {
    const { status, error } = spawnSync(command, args, { stdio: 'ignore' });
    if (error === undefined && status === 0) continue;
    const reason = `${command} ${args.join(' ')}: ${error?.message ?? `exit ${status}`}`;
    process.stdout.write(`SKIPPED ${drill}: ${reason}\n`);
    return reason;
  }
  return null;
}

export function run(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
