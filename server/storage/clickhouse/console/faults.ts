/** What ClickHouse says about a statement of the console, in the words of the console. */
import { ClickHouseError } from '@clickhouse/client';
import type { SqlOutcome } from '../../ports/sql.ts';

export interface FaultContext {
  readonly deadlineMs: number;
  readonly memoryBytes: number;
  /** What an operator of ClickHouse is told. */
  readonly sentence: () => string;
}

const DEADLINE = new Set(['159', '160', '209']);
const MEMORY = new Set(['173', '241']);
/** Of the server rather than of the statement: its network, disk, tables, users and limits for all. */
const OF_SERVER = new Set([
  ...[
    '3',
    '60',
    '74',
    '75',
    '76',
    '81',
    '164',
    '192',
    '193',
    '194',
    '198',
    '201',
    '202',
    '210',
    '236',
    '242',
    '243',
    '252',
    '279',
    '319',
    '394',
  ],
  ...['425', '439', '452', '473', '497', '516', '606', '701', '999', '1000'],
]);

/** How a query ended that ClickHouse did not answer. */
export function faultOf(error: unknown, sql: string, views: readonly string[], context: FaultContext): SqlOutcome {
  const { deadlineMs, memoryBytes, sentence } = context;
  if (!(error instanceof ClickHouseError)) {
    const message = sentence();
    return /did not answer/.test(message) ? { kind: 'deadline', ms: deadlineMs } : { kind: 'failed', message };
  }
  if (DEADLINE.has(error.code)) return { kind: 'deadline', ms: deadlineMs };
  if (MEMORY.has(error.code)) return { kind: 'memory', bytes: memoryBytes };
  const unknown = unknownIn(error.message);
  if (unknown !== null) {
    const { what, name } = unknown;
    const last = name.split('.').at(-1) ?? name;
    const at = sql.toLowerCase().indexOf(last.toLowerCase());
    const list = what === 'view' ? `. Views: ${views.join(', ')}` : '';
    return { kind: 'refused', message: `no such ${what}: ${name}${list}`, at: at === -1 ? null : at };
  }
  if (OF_SERVER.has(error.code)) return { kind: 'failed', message: sentence() };
  return { kind: 'refused', message: plain(error.message), at: null };
}

const UNKNOWN = [
  ['column', /^Unknown expression(?: or function)? identifier [`']([^`']+)[`']/],
  ['column', /^Identifier '([^']+)' cannot be resolved/],
  ['column', /^Missing columns: '([^']+)'/],
  ['view', /^Unknown table expression identifier '([^']+)'/],
  ['function', /^Function with name [`']([^`']+)[`'] does not exist/],
] as const;

function unknownIn(message: string): { readonly what: string; readonly name: string } | null {
  for (const [what, form] of UNKNOWN) {
    const name = form.exec(withoutPrefix(message))?.[1];
    if (name !== undefined) return { what, name };
  }
  return null;
}

/** Longest part of a message of ClickHouse. */
const MOST_CHARS = 300;

/** Without the text of the query, in which the views are written out, and the name of the error. */
function plain(message: string): string {
  const [sentence = ''] = withoutPrefix(message).split(
    /[.:,]? ?(?:In|in) (?:the )?(?:scope|query)\b|: ?while |: ?While /,
  );
  return sentence.replace(/ ?\([A-Z_]+\)\s*$/, '').slice(0, MOST_CHARS);
}

function withoutPrefix(message: string): string {
  return message.replace(/^(?:Query failed: )?(?:Code: \d+\. )?(?:DB::Exception: )?/, '');
}
