/** Search of log lines in blocks, and in the chunks that are not packed yet. */
import * as z from 'zod';
import type { Level } from '../../../../ingest/lines/level.ts';
import { LEVELS } from '../../../../ingest/lines/level.ts';
import { platformLevel } from '../../../../ingest/lines/platform-status.ts';
import type { Condition } from '../../../analytics/lines/condition.ts';
import { mayMatch, needsText, requiredText } from '../../../analytics/lines/condition.ts';
import { mayHold } from '../../../analytics/lines/word-filter.ts';
import { wordHashes } from '../../../analytics/lines/words.ts';
import { chunkLines } from '../../lines/chunk-lines.ts';
import type { KeptLine } from '../../lines/kept-line.ts';
import { NO_SEQUENCE } from '../../lines/kept-line.ts';
import { reportSkippedRow } from '../../skipped-rows.ts';
import type { Databases } from '../../sqlite/databases.ts';
import type { BlockHead } from '../../sqlite/lines/block.ts';
import { DamagedBlockError, messageAt, readBody, readFilter, readHead } from '../../sqlite/lines/block.ts';
import { idList } from '../../sqlite/read-connection.ts';
import { parseStored } from '../../stored-json.ts';
import type { KnownFacts, Origin } from './result.ts';
import { LineSearch, originOf } from './result.ts';
import type { LineLoss, LogPage, LogQuery } from './types.ts';

export async function logs(db: Databases, query: LogQuery): Promise<LogPage> {
  const search = new LineSearch(query);
  const origins = new Origins(db);
  const chunks = waitingChunks(db, query, search);
  let next = 0;
  const readChunksFrom = (lastMs: number): void => {
    for (let chunk = chunks[next]; chunk !== undefined && chunk.lastMs >= lastMs; chunk = chunks[next]) {
      if (search.endsBefore(chunk.lastMs)) return;
      searchChunk(db, search, origins, chunk);
      next += 1;
    }
  };
  for (const block of blocksNewestFirst(db, query, search)) {
    readChunksFrom(block.lastMs);
    if (search.endsBefore(block.lastMs)) break;
    searchBlock(db, search, origins, block);
  }
  readChunksFrom(Number.NEGATIVE_INFINITY);
  return search.page(lossesOf(db));
}

/** First and last time that is searched. */
export type SearchedTimes = Pick<LineSearch, 'fromMs' | 'upToMs'>;

export interface Chunk {
  readonly id: number;
  readonly environmentId: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Chunks that overlap the range, the newest last line first. */
export function waitingChunks(
  db: Databases,
  { functionId, selected }: Pick<LogQuery, 'functionId' | 'selected'>,
  search: SearchedTimes,
): readonly Chunk[] {
  const all = db.telemetry
    .selectFrom('raw_chunk')
    .select(['id', 'environment_id as environmentId', 'first_ms as firstMs', 'last_ms as lastMs'])
    .where('last_ms', '>=', Math.floor(search.fromMs))
    .where('first_ms', '<=', search.upToMs);
  let ofFunction = all;
  if (functionId !== undefined)
    ofFunction = ofFunction.where('environment_id', 'in', ({ selectFrom }) =>
      selectFrom('environment').select('id').where('function_id', '=', functionId),
    );
  if (selected !== undefined)
    ofFunction = ofFunction.where('environment_id', 'in', ({ selectFrom }) =>
      selectFrom('environment').select('id').where('function_id', 'in', idList(selected)),
    );
  return db.telemetry.all(ofFunction).toSorted((a, b) => b.lastMs - a.lastMs || b.id - a.id);
}

function searchChunk(db: Databases, search: LineSearch, origins: Origins, { id, environmentId }: Chunk): void {
  const row = db.telemetry.get(db.telemetry.selectFrom('raw_chunk').select('gzip').where('id', '=', id));
  const origin = origins.of(environmentId);
  if (row === undefined || origin === null) return;
  try {
    for (const { message, ...kept } of chunkLines(environmentId, row.gzip)) {
      search.reads(message.length);
      if (search.wants(kept.timestampMs)) search.offer(message, origin, () => kept);
    }
  } catch {
    search.damaged += 1;
    reportSkippedRow('raw_chunk', `raw_chunk ${id}`, 'its lines cannot be read');
  }
}

export interface BlockRow {
  readonly id: number;
  readonly functionId: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly lines: number;
  readonly rawBytes: number;
  readonly levels: string;
  readonly filter: Uint8Array | null;
}

/** Without their text, which most of them need not be read for. */
export function blocksNewestFirst(
  db: Databases,
  { functionId, selected }: Pick<LogQuery, 'functionId' | 'selected'>,
  search: SearchedTimes,
): IterableIterator<BlockRow> {
  const all = db.telemetry
    .selectFrom('line_block')
    .select([
      'id',
      'function_id as functionId',
      'first_ms as firstMs',
      'last_ms as lastMs',
      'lines',
      'raw_bytes as rawBytes',
      'levels',
      'filter',
    ])
    .where('last_ms', '>=', Math.floor(search.fromMs))
    .where('first_ms', '<=', search.upToMs)
    .orderBy('last_ms', 'desc');
  const ofSelected = selected === undefined ? all : all.where('function_id', 'in', idList(selected));
  return db.telemetry.iterate(functionId === undefined ? ofSelected : ofSelected.where('function_id', '=', functionId));
}

const counts = z.array(z.int());

function searchBlock(db: Databases, search: LineSearch, origins: Origins, block: BlockRow): void {
  if (!blockMayMatch(search, block, origins.functionName(block.functionId))) return;
  try {
    for (const { message, timestampMs, environmentId, ...line } of linesOfBlock(db, search, block.id)) {
      const origin = origins.of(environmentId);
      if (origin !== null)
        search.offer(message(), origin, () => ({ timestampMs, environmentId, ...line.identity() }), line);
    }
  } catch (error) {
    if (!(error instanceof DamagedBlockError)) throw error;
    search.damaged += 1;
    reportSkippedRow('line_block', `line_block ${block.id}`, error.message);
  }
}

/** What reads blocks, and counts what it has read. */
export interface BlockReader {
  readonly condition: Condition;
  rebuilding: number;
  reads(bytes: number): void;
  wants(ms: number): boolean;
}

/** What is known of lines by number alone, and how many there are. */
export interface LevelCount extends KnownFacts {
  readonly n: number;
}

/** Lines of a block by level and source; null where that is damaged, or from before platform lines had levels. */
export function levelCounts({ id, levels }: BlockRow): readonly LevelCount[] | null {
  const numbers = parseStored(counts, levels, `line_block ${id}: levels`);
  if (numbers?.length !== KINDS.length) return null;
  return KINDS.map((kind, at) => ({ ...kind, n: numbers[at] ?? 0 })).filter(({ n }) => n > 0);
}

/** In the order of the numbers of a block. */
const KINDS: readonly KnownFacts[] = [
  ...[null, ...LEVELS].map((level) => ({ level, isPlatform: false })),
  { level: null, isPlatform: true },
  { level: 'error', isPlatform: true },
];

/** May a line of the block match? Reads no text. */
export function blockMayMatch(reader: BlockReader, block: BlockRow, functionName: string): boolean {
  const filter = readFilter(block.filter);
  if (filter === null) reader.rebuilding += 1;
  reader.reads(filter?.length ?? 0);
  // The counts of each block are parsed where the condition asks for them.
  return mayMatch(reader.condition, {
    mayHold: (text, isPrefix) => filter === null || hashesOf(text, isPrefix).every((hash) => mayHold(filter, hash)),
    get levels() {
      return new Set(levelCounts(block)?.map(({ level }) => level) ?? [null, ...LEVELS]);
    },
    get mayHoldFailures() {
      return levelCounts(block)?.some(({ level, isPlatform }) => isPlatform && level !== null) ?? true;
    },
    functionName,
  });
}

/** The words that a block with the text holds: of a prefix, all but the last. */
function hashesOf(text: string, isPrefix: boolean): readonly number[] {
  const hashes = wordHashes(Buffer.from(text));
  return isPrefix && /(?:[A-Za-z0-9_]|[^\x00-\x7f])$/.test(text) ? hashes.slice(0, -1) : hashes;
}

export interface BlockLine {
  readonly timestampMs: number;
  readonly environmentId: number;
  readonly level: Level | null;
  readonly isPlatform: boolean;
  /** Reads the text of the block. */
  message(): string;
  identity(): Pick<KeptLine, 'sequence' | 'rank' | 'occurrence'>;
}

/** Lines of a block of wanted times that may match, the last first. @throws DamagedBlockError */
export function* linesOfBlock(db: Databases, reader: BlockReader, id: number): Generator<BlockLine> {
  const parts = db.telemetry.get(db.telemetry.selectFrom('line_block').select(['head', 'body']).where('id', '=', id));
  if (parts === undefined) return;
  const head = readHead(parts.head);
  const required = requiredText(reader.condition);
  let body: Buffer | null = null;
  let identities: ReturnType<BlockHead['identities']> | null = null;
  const read = (): Buffer => {
    if (body !== null) return body;
    body = readBody(parts.body);
    reader.reads(body.length);
    return body;
  };
  const candidates = required !== null && needsText(reader.condition) ? linesWith(head, read(), required) : null;
  for (let n = (candidates?.length ?? head.n) - 1; n >= 0; n -= 1) {
    const at = candidates === null ? n : (candidates[n] ?? 0);
    const timestampMs = head.times[at] ?? 0;
    if (!reader.wants(timestampMs)) continue;
    const isPlatform = head.isPlatform(at);
    const message = () => messageAt(head, read(), at);
    yield {
      timestampMs,
      environmentId: head.environments[head.streams[at] ?? -1] ?? 0,
      level: isPlatform && !head.hasPlatformLevels ? platformLevel(message()) : head.levelOf(at),
      isPlatform,
      message,
      identity: () => {
        identities ??= head.identities();
        return identities[at] ?? { sequence: NO_SEQUENCE, rank: 0, occurrence: 0 };
      },
    };
  }
}

/** Lines that hold a text of ASCII in lower case, in any case. Latin-1 has a character for each byte. */
function linesWith(head: BlockHead, body: Buffer, text: string): readonly number[] {
  const folded = body.toString('latin1').toLowerCase();
  const found: number[] = [];
  let at = folded.indexOf(text);
  while (at !== -1) {
    const line = lineAt(head, at);
    found.push(line);
    at = folded.indexOf(text, head.offsets[line + 1]);
  }
  return found;
}

function lineAt({ offsets, n }: BlockHead, position: number): number {
  let [low, high] = [0, n - 1];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((offsets[middle] ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Names of functions and streams, each read once. */
export class Origins {
  readonly #db: Databases;
  readonly #origins = new Map<number, Origin | null>();
  readonly #names = new Map<number, string>();

  constructor(db: Databases) {
    this.#db = db;
  }

  /** Null if nothing is known of the environment any more. */
  of(environmentId: number): Origin | null {
    const known = this.#origins.get(environmentId);
    if (known !== undefined) return known;
    const row = this.#db.telemetry.get(
      this.#db.telemetry
        .selectFrom('environment')
        .innerJoin('function', 'function.id', 'environment.function_id')
        .innerJoin('log_group', 'log_group.id', 'environment.log_group_id')
        .select([
          'function.name',
          'function.account',
          'function.region',
          'log_group.name as logGroup',
          'log_stream as logStream',
        ])
        .where('environment.id', '=', environmentId),
    );
    const origin = row === undefined ? null : originOfRow(row);
    this.#origins.set(environmentId, origin);
    return origin;
  }

  functionName(id: number): string {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const [row] = this.#db.telemetry.all(
      this.#db.telemetry
        .selectFrom('function')
        .select('name')
        .where('id', 'in', idList([id])),
    );
    this.#names.set(id, row?.name ?? '');
    return row?.name ?? '';
  }
}

interface OriginRow {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  readonly logGroup: string;
  readonly logStream: string;
}

function originOfRow({ logGroup, logStream, ...owner }: OriginRow): Origin {
  return originOf({ function: owner, logGroup, logStream });
}

function lossesOf(db: Databases): readonly LineLoss[] {
  return db.telemetry
    .all(db.telemetry.selectFrom('line_loss').select(['reason', 'until_ms as untilMs', 'lines']).orderBy('reason'))
    .map(({ reason, ...loss }) => ({ ...loss, reason: reason === 'budget' ? 'budget' : 'age' }));
}
