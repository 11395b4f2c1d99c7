/** Lets a store start without acknowledged commits that it lost, and records what the operator accepted. */
import { constants, copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { appendLine } from '../../own-files.ts';
import { acceptAnyContent } from '../high-water.ts';
import { sumsPath } from '../page-sums.ts';
import type { Incompleteness } from './completeness.ts';
import { stamp } from './manifest.ts';
import { STORE_FILES } from './store-files.ts';
import { sync } from './sync.ts';

/** Record of accepted losses: one JSON document a line. */
export const ACCEPTED_LOSSES = 'accepted-losses.jsonl';

/**
 * Accepts what was found. Write-ahead logs that cannot be read are copied first, because the next start deletes them. The
 * caller holds the folder's lock.
 * @returns the paths of the copies.
 */
export function acceptLoss(folder: string, found: readonly Incompleteness[], nowMs: number): readonly string[] {
  const isUnknown = found.some(({ kind }) => kind === 'mark');
  const files = isUnknown ? [...STORE_FILES] : found.map(({ file }) => file);
  const copies = files.flatMap((name) => {
    const wal = join(folder, `${name}-wal`);
    if (!existsSync(wal)) return [];
    const copy = join(folder, `${name}-wal.lost-${stamp(nowMs)}`);
    copyFileSync(wal, copy, constants.COPYFILE_EXCL);
    sync(copy);
    return [copy];
  });
  const record = { acceptedAt: new Date(nowMs).toISOString(), lost: found.map(({ sentence }) => sentence), copies };
  const path = join(folder, ACCEPTED_LOSSES);
  appendLine(path, JSON.stringify(record));
  // The next check takes the pages as they are.
  for (const name of files) rmSync(sumsPath(join(folder, name)), { force: true });
  acceptAnyContent(folder, files);
  return copies;
}
