/** `thermocline import`: imports log files in bounded parts. Importing again adds nothing. */
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ApiError, requestJson } from '../../ingest/api/api-client.ts';
import type { Config } from '../config/environment.ts';
import type { WriteOutcome } from '../http/contract/ingest.ts';
import { Progress } from './progress.ts';
import type { Target } from './target.ts';
import { openTarget } from './target.ts';
import { plain } from './text.ts';
import { UserError } from './user-error.ts';

export interface ImportOptions {
  readonly function?: string;
  readonly logGroup?: string;
  readonly logStream?: string;
  readonly account?: string;
  readonly region?: string;
}

/** Approximate size of a request; a single JSON document may be larger. */
const PART_BYTES = 4 * 1_048_576;
const MAX_DOCUMENT_BYTES = 90 * 1_048_576;

interface Source {
  readonly name: string;
  readonly bytes: number;
  readonly logStream: string | null;
  open(onRead: (bytes: number) => void): Readable;
}

export async function importFiles(config: Config, paths: readonly string[], options: ImportOptions): Promise<number> {
  const sources = paths.flatMap(sourcesOf);
  const target = await openTarget(config);
  const progress = new Progress(
    sources.reduce((sum, source) => sum + source.bytes, 0),
    'B',
  );
  const total = { accepted: 0, duplicates: 0, ignored: 0, rejected: 0 };
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
  };
  process.once('SIGINT', interrupt);
  try {
    for (const source of sources) {
      for await (const part of partsOf(source, (bytes) => progress.add(bytes, plain(basename(source.name))))) {
        if (interrupted) break;
        const outcome = await send(target, part, source, options);
        for (const key of ['accepted', 'duplicates', 'ignored', 'rejected'] as const) total[key] += outcome[key];
      }
    }
  } finally {
    progress.finish();
    process.removeListener('SIGINT', interrupt);
    await target.close();
  }
  report(total, target.remote, interrupted);
  return interrupted ? 130 : 0;
}

function report(total: WriteOutcome, remote: boolean, interrupted: boolean): void {
  const where = remote ? ' (through the running server)' : '';
  process.stdout.write(
    `${interrupted ? 'Interrupted. The following is stored; run the command again to resume.\n' : ''}` +
      `accepted ${total.accepted}, duplicates ${total.duplicates}, ignored ${total.ignored}, rejected ${total.rejected}${where}\n`,
  );
  if (total.accepted + total.duplicates === 0) {
    process.stdout.write(
      'No Lambda platform line was found. Expected START, END, REPORT or INIT_START lines with timestamps.\n',
    );
  }
  if (total.rejected > 0) process.stdout.write('The Ingest page lists rejected lines with reasons.\n');
}

async function send(
  target: Target,
  part: Uint8Array<ArrayBuffer>,
  source: Source,
  options: ImportOptions,
): Promise<WriteOutcome> {
  const query = new URLSearchParams();
  const set = (key: string, value: string | null | undefined): void => {
    if (value != null && value !== '') query.set(key, value);
  };
  set('logGroup', options.logGroup);
  set('function', options.function);
  set('logStream', options.logStream ?? source.logStream);
  set('account', options.account);
  set('region', options.region);
  const headers = {
    'x-thermocline-source': 'import',
    'x-thermocline-source-name': encodeURIComponent(basename(source.name)).slice(0, 200),
  };
  return requestJson<WriteOutcome>(target.request, `/ingest/logs?${query}`, { method: 'POST', headers, body: part });
}

function sourcesOf(path: string): Source[] {
  if (path === '-') {
    return [{ name: 'standard input', bytes: 0, logStream: null, open: (onRead) => counted(process.stdin, onRead) }];
  }
  if (!existsSync(path)) throw new UserError(`${plain(path)}: no such file`);
  if (statSync(path).isDirectory()) {
    const names = readdirSync(path, { recursive: true, withFileTypes: true });
    const files = names.filter((entry) => entry.isFile() && entry.name !== 'aws-logs-write-test');
    return files
      .map((entry) => fileSource(join(entry.parentPath, entry.name)))
      .toSorted((a, b) => a.name.localeCompare(b.name));
  }
  return [fileSource(path)];
}

function fileSource(path: string): Source {
  return {
    name: path,
    bytes: statSync(path).size,
    logStream: exportedStream(path),
    open: (onRead) => {
      const raw = counted(createReadStream(path), onRead);
      return path.endsWith('.gz') ? raw.pipe(createGunzip()).on('error', () => raw.destroy()) : raw;
    },
  };
}

function counted(stream: Readable, onRead: (bytes: number) => void): Readable {
  stream.on('data', (chunk: Buffer | string) => onRead(chunk.length));
  stream.pause();
  return stream;
}

/** Log stream of an S3 export: the folder is named after it, with `-` for `/`. */
function exportedStream(path: string): string | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)-(.*\[[^\]]+\][0-9a-f]{32})$/.exec(basename(dirname(path)));
  return match === null ? null : `${match[1]}/${match[2]}/${match[3]}/${match[4]}`;
}

/** Splits a source at line ends; a single JSON document stays in one part. */
async function* partsOf(source: Source, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let held: Buffer[] = [];
  let length = 0;
  let whole: boolean | null = null;
  try {
    for await (const chunk of source.open(onRead) as AsyncIterable<Buffer>) {
      held.push(chunk);
      length += chunk.length;
      whole ??= isOneDocument(Buffer.concat(held));
      if (whole) {
        if (length > MAX_DOCUMENT_BYTES)
          throw new UserError(
            `${plain(source.name)}: the JSON document is larger than ${MAX_DOCUMENT_BYTES} bytes. Export it as NDJSON.`,
          );
        continue;
      }
      if (length < PART_BYTES) continue;
      const text = Buffer.concat(held);
      const cut = cutAt(text);
      if (cut === 0) continue;
      yield Uint8Array.from(text.subarray(0, cut));
      held = [text.subarray(cut)];
      length -= cut;
    }
  } catch (error) {
    if (error instanceof UserError || error instanceof ApiError) throw error;
    throw new UserError(`${plain(source.name)}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (length > 0) yield Uint8Array.from(Buffer.concat(held));
}

/** True if the input is one JSON document over many lines: its first line is not complete JSON. */
function isOneDocument(head: Buffer): boolean {
  const text = head.toString('utf8').trimStart();
  if (text[0] === '[') return true;
  if (text[0] !== '{') return false;
  const newline = text.indexOf('\n');
  try {
    JSON.parse(newline === -1 ? text : text.slice(0, newline));
    return false;
  } catch {
    return true;
  }
}

/** Last line end after which a new event starts: continuation lines stay with their event. 0 if there is none. */
function cutAt(text: Buffer): number {
  let at = text.lastIndexOf(10);
  for (let tries = 0; at > 0 && tries < 1000; tries += 1) {
    const next = text.subarray(at + 1, at + 12).toString('latin1');
    if (next === '' || /^(?:\d{4}-\d\d-\d\d|\d{11}|\{)/.test(next)) return at + 1;
    at = text.lastIndexOf(10, at - 1);
  }
  return at > 0 ? at + 1 : 0;
}
