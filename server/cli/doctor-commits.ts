/** Checks of the doctor: whether the files of the store contain every acknowledged commit. */
import type { Config } from '../config/environment.ts';
import { assertComplete } from '../storage/sqlite/maintenance/completeness.ts';
import { isInUse } from '../storage/sqlite/maintenance/presence.ts';
import { IncompleteStoreError } from '../storage/sqlite/sqlite-errors.ts';
import type { Finding } from './doctor-checks.ts';

const AREA = 'commits';

/** Compares the databases with the high-water mark, as a start does. A running server did so when it started. */
export function checkCommits({ dataFolder }: Pick<Config, 'dataFolder'>, isRunning: boolean): readonly Finding[] {
  if (isRunning || !isInUse(dataFolder)) return [];
  try {
    assertComplete(dataFolder);
    return [{ area: AREA, verdict: 'ok', sentence: 'No acknowledged commit is missing.' }];
  } catch (error) {
    if (error instanceof IncompleteStoreError)
      return [{ area: AREA, verdict: 'problem', sentence: `${error.message}.` }];
    const why = error instanceof Error ? error.message : String(error);
    return [{ area: AREA, verdict: 'problem', sentence: `Whether commits are missing cannot be determined: ${why}.` }];
  }
}
