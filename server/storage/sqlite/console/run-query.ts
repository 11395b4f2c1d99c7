/** Runs one query and writes its rows, within limits of rows and bytes. Runs in the process of the query. */
import { SqlRefusal } from '../../sql/refusal.ts';
import type { SqlRowWriter, SqlValue } from '../../sql/rows.ts';
import type { QueryJob, QueryReply } from './query-job.ts';
import { Sandbox } from './sandbox.ts';

const PIECE_BYTES = 65_536;
const encoder = new TextEncoder();

/** Sends the answer in pieces, and then how the query ended. */
export function runQuery(
  job: QueryJob,
  writerOf: (format: QueryJob['format']) => SqlRowWriter,
  send: (reply: QueryReply) => void,
): void {
  try {
    const sandbox = new Sandbox(job.path, job.terms);
    try {
      send(writeRows(sandbox, job, writerOf(job.format), (bytes) => send({ kind: 'piece', bytes })));
    } finally {
      sandbox.close();
    }
  } catch (error) {
    if (error instanceof SqlRefusal) send({ kind: 'refused', message: error.message, at: error.at });
    else send({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

function writeRows(
  sandbox: Sandbox,
  { sql, limit, mostBytes }: QueryJob,
  writer: SqlRowWriter,
  sendPiece: (bytes: Uint8Array<ArrayBuffer>) => void,
): QueryReply {
  const statement = sandbox.prepare(sql);
  let text = writer.head(statement.columns().map(({ name }) => name));
  let [bytes, rows] = [0, 0];
  let truncated: 'rows' | 'bytes' | null = null;
  const flush = (): void => {
    const piece = encoder.encode(text);
    bytes += piece.length;
    text = '';
    sendPiece(piece);
  };
  try {
    for (const values of statement.iterate()) {
      if (rows === limit) truncated = 'rows';
      else {
        const row = writer.row(values as readonly SqlValue[], rows);
        // A character is at least a byte: pieces are counted exactly, the rest by its characters.
        if (bytes + text.length + row.length > mostBytes) truncated = 'bytes';
        else text += row;
      }
      if (truncated !== null) break;
      rows += 1;
      if (text.length >= PIECE_BYTES) flush();
    }
  } catch (error) {
    throw evaluationFault(error);
  }
  text += writer.end(truncated);
  flush();
  return { kind: 'rows', rows, truncated };
}

/** Errors of the file. All others are about the statement: a value that is too long, JSON that is malformed, a sketch that is none. */
const OF_FILE = /^SQLITE_(?:CORRUPT|IOERR|NOTADB|CANTOPEN|BUSY|LOCKED|PROTOCOL|FULL|INTERNAL)/;

function evaluationFault(error: unknown): unknown {
  if (!(error instanceof Error) || ('code' in error && OF_FILE.test(String(error.code)))) return error;
  return new SqlRefusal(error.message);
}
