/**
 * Finds what the files of a store have lost since the last acknowledged commit, before they are opened for writing: opening
 * them would drop what SQLite cannot read of a write-ahead log.
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { CommitPosition, HighWater } from '../high-water.ts';
import { readHighWater } from '../high-water.ts';
import { IncompleteStoreError } from '../sqlite-errors.ts';
import type { WalContent } from '../wal.ts';
import { readWal } from '../wal-file.ts';
import { isInUse, mayBeCreated } from './presence.ts';
import { STORE_FILES } from './store-files.ts';

/** One thing that is wrong with a file of the store. */
export interface Incompleteness {
  readonly file: (typeof STORE_FILES)[number];
  /** `lost`: acknowledged commits are missing. `foreign`: the file is not, or may not be, of this store. `mark`: the mark is. */
  readonly kind: 'lost' | 'foreign' | 'mark';
  readonly sentence: string;
}

/** Row of the table `store`. */
export interface StoreIdentity extends CommitPosition {
  readonly id: string;
}

interface FileState {
  readonly name: (typeof STORE_FILES)[number];
  /** `user_version`; 0 in a file that this program has not migrated. */
  readonly schema: number;
  readonly identity: StoreIdentity | null;
  readonly wal: WalContent | null;
}

const CONTINUE =
  'Restore the newest backup (thermocline restore), or continue without the missing data (thermocline accept-loss)';

/** @throws IncompleteStoreError that says what is wrong, and what the operator can do */
export function assertComplete(folder: string): void {
  const found = findIncompleteness(folder);
  if (found.length === 0) return;
  const foreign = found.find(({ kind }) => kind === 'foreign');
  const hint =
    foreign === undefined
      ? CONTINUE
      : `Put the right file back, restore a backup (thermocline restore), or start with an empty file (thermocline set-aside ${foreign.file.replace('.db', '')})`;
  throw new IncompleteStoreError(`${folder}: ${found.map(({ sentence }) => sentence).join('; ')}. ${hint}`);
}

/** Reads the row of the table `store`; null if the table or the row does not exist. */
export function readIdentity(db: Database.Database): StoreIdentity | null {
  const hasTable =
    db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'store'").get() !== undefined;
  if (!hasTable) return null;
  const row = db.prepare('SELECT id, commits, committed_ms AS committedMs FROM store').get();
  return (row as StoreIdentity | undefined) ?? null;
}

/** Examines the files of a folder that is not open; changes nothing. @throws Error if SQLite cannot read a file. */
export function findIncompleteness(folder: string): readonly Incompleteness[] {
  const states = STORE_FILES.filter((name) => isPresent(folder, name)).map((name) => stateOf(folder, name));
  const mark = readHighWater(folder);
  // Of a copy without the files that mark a store, the logs still show what they lost.
  if (!isInUse(folder)) return mark === 'missing' ? states.flatMap(breakFindings) : [];
  const known = states.filter(({ identity }) => (identity?.commits ?? 0) > 0);
  const [first] = known;
  // A store of an earlier version has no mark, and no numbers.
  if (mark === 'missing' && first === undefined) return states.flatMap(schemaFindings);
  if (typeof mark === 'string')
    return [
      {
        file: first?.name ?? 'telemetry.db',
        kind: 'mark',
        sentence: `the file high-water, which holds the number of the last acknowledged commit, ${mark === 'missing' ? 'is missing' : 'cannot be read'}: whether acknowledged data was lost cannot be determined`,
      },
    ];
  return states.filter(({ name }) => positionOf(mark, name) !== null).flatMap((state) => compare(state, mark));
}

function isPresent(folder: string, name: string): boolean {
  const bytes = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  return bytes > 0 && !mayBeCreated(folder, name);
}

function stateOf(folder: string, name: (typeof STORE_FILES)[number]): FileState {
  const path = join(folder, name);
  const wal = readWal(`${path}-wal`);
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  try {
    return { name, schema: Number(db.pragma('user_version', { simple: true })), identity: readIdentity(db), wal };
  } finally {
    db.close();
  }
}

const positionOf = (mark: HighWater, name: string): CommitPosition | null =>
  name === 'telemetry.db' ? mark.telemetry : mark.control;

function schemaFindings({ name, schema }: FileState): readonly Incompleteness[] {
  if (schema > 0) return [];
  const sentence = `${name} is not a database of Thermocline: it has no schema (user_version 0), although this folder has been in use`;
  return [{ file: name, kind: 'foreign', sentence }];
}

function compare(state: FileState, mark: HighWater): readonly Incompleteness[] {
  const { name, schema, identity, wal } = state;
  if (schema === 0) return schemaFindings(state);
  if (identity === null)
    return [
      {
        file: name,
        kind: 'foreign',
        sentence: `${name} is of another store, or older than this one: it carries no id, but the store has the id ${mark.id}`,
      },
    ];
  if (identity.id !== mark.id)
    return [
      {
        file: name,
        kind: 'foreign',
        sentence: `${name} is of another store: it has the id ${identity.id}, this store has ${mark.id}`,
      },
    ];
  const expected = positionOf(mark, name);
  if (expected !== null && identity.commits < expected.commits)
    return [{ file: name, kind: 'lost', sentence: `${lossSentence(name, identity, expected)}${causeOf(name, wal)}` }];
  return breakFindings(state);
}

/** Commits that follow damage in the log. Of two of them, the first was synced before the second was written. */
function breakFindings({ name, identity, wal }: FileState): readonly Incompleteness[] {
  if (identity === null || (wal?.commitsAfterBreak ?? 0) <= 1) return [];
  const sentence = `${name} lost what was committed after ${describe(identity)}${causeOf(name, wal)}`;
  return [{ file: name, kind: 'lost', sentence }];
}

function lossSentence(name: string, found: CommitPosition, expected: CommitPosition): string {
  const first = found.commits + 1;
  const missing = first === expected.commits ? `commit ${first}` : `commits ${first} to ${expected.commits}`;
  return `${name} lost acknowledged ${missing}: its newest one is ${describe(found)}, the last acknowledged one ${describe(expected)}`;
}

const describe = ({ commits, committedMs }: CommitPosition): string =>
  `number ${commits} of ${new Date(committedMs).toISOString()}`;

/** Describes the damage of the write-ahead log; empty if there is none. */
function causeOf(name: string, wal: WalContent | null): string {
  if (wal === null) return ` (${name}-wal is missing or empty)`;
  if (wal.pageBytes === null) return ` (the header of ${name}-wal is damaged)`;
  if (wal.commitsAfterBreak > 0)
    return ` (${name}-wal is damaged after frame ${wal.frames}; ${wal.commitsAfterBreak} later commits in it cannot be read)`;
  return '';
}
