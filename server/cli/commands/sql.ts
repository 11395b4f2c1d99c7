/** `thermocline sql`: runs a read-only statement over the documented views. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { ApiClient } from '../../../ingest/api/api-client.ts';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { plain } from '../../../ingest/text/printable.ts';
import type { SqlAnswer, SqlSchema } from '../../http/contract/sql.ts';
import { MOST_SQL_ROWS, TRUNCATED_HEADER } from '../../http/contract/sql.ts';
import { examples, wholeNumber } from '../arguments.ts';
import type { Run } from '../command.ts';
import { writeErr, writeJson, writeOut } from '../output.ts';
import { tokenOption, urlOption } from '../server-options.ts';
import { openServer } from '../target.ts';
import { UserError } from '../user-error.ts';

export function sqlCommand(program: Command, run: Run): void {
  program
    .command('sql')
    .description('run a read-only SQL statement over the documented views')
    .argument('[statement]', 'a SELECT; - or nothing reads it from standard input')
    .addOption(
      new Option('--format <format>', 'form of the rows').choices(['table', 'csv', 'json', 'ndjson']).default('table'),
    )
    .addOption(
      new Option('--limit <n>', `maximum number of rows, up to ${MOST_SQL_ROWS}`).default(1000).argParser(wholeNumber),
    )
    .option('--schema', 'list the views and their columns instead')
    .addOption(urlOption())
    .addOption(tokenOption('admin'))
    .addHelpText(
      'after',
      examples(
        'thermocline sql --schema',
        'thermocline sql "SELECT function, sum(cost_usd) AS usd FROM costs GROUP BY function ORDER BY usd DESC"',
        'thermocline sql --format csv --limit 100000 - < report.sql > report.csv',
      ),
    )
    .action((statement: string | undefined, options: SqlOptions) => run(() => sql(statement, options)));
}

interface SqlOptions {
  readonly format: 'table' | 'csv' | 'json' | 'ndjson';
  readonly limit: number;
  readonly schema?: boolean;
  readonly url?: string;
  readonly token?: string;
}

async function sql(statement: string | undefined, options: SqlOptions): Promise<number> {
  if (options.limit < 1 || options.limit > MOST_SQL_ROWS)
    throw new UserError(`--limit: expected 1 to ${MOST_SQL_ROWS}`);
  const text = options.schema === true ? '' : statementOf(statement);
  const target = await openServer(options);
  try {
    if (options.schema === true) writeSchema(await readAnswer<SqlSchema>(await target.request('/api/v1/sql')), options);
    else await writeRows(target.request, text, options);
    return 0;
  } finally {
    await target.close();
  }
}

function statementOf(statement: string | undefined): string {
  if (statement !== undefined && statement !== '-') return statement;
  if (statement === undefined && process.stdin.isTTY)
    throw new UserError(
      'Give a statement, such as thermocline sql "SELECT * FROM functions", or --schema for what there is',
    );
  return readFileSync(0, 'utf8');
}

async function writeRows(request: ApiClient, statement: string, { format, limit }: SqlOptions): Promise<void> {
  const body = JSON.stringify({ sql: statement, limit, format: format === 'table' ? 'json' : format });
  const response = await request('/api/v1/sql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  if (!response.ok) await readAnswer(response);
  let truncated = response.headers.get(TRUNCATED_HEADER);
  if (format === 'csv') writeOut((await response.text()).replaceAll('\r\n', '\n'));
  else if (format === 'ndjson') {
    for (const line of (await response.text()).split('\n')) if (line !== '') writeJson(JSON.parse(line));
  } else {
    const answer = await readAnswer<SqlAnswer>(response);
    truncated = answer.truncated;
    if (format === 'json') writeJson(answer);
    else writeOut(tableOf(answer));
  }
  if (truncated === 'rows') writeErr(`There are more than ${limit} rows: raise --limit, or limit the statement\n`);
  if (truncated === 'bytes') writeErr('The answer was cut at its limit of 16 MB: select fewer columns or rows\n');
}

/** Widest column of a table, in characters; longer values end with an ellipsis. */
const MOST_CHARS = 60;

/** A table with columns of text on the left and numbers on the right. */
export function tableOf({ columns, rows }: SqlAnswer): string {
  const shown = (value: string | number | null): string => {
    const text = value === null ? '-' : plain(String(value));
    return text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS - 1)}…` : text;
  };
  const lines = [columns, ...rows].map((row) => row.map(shown));
  const widths = columns.map((_, at) => lines.reduce((most, line) => Math.max(most, line[at]?.length ?? 0), 0));
  const isNumber = columns.map((_, at) => rows.every((row) => typeof row[at] === 'number' || row[at] === null));
  return lines
    .map((line) =>
      line
        .map((cell, at) => (isNumber[at] === true ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function writeSchema(schema: SqlSchema, { format }: SqlOptions): void {
  if (format !== 'table') {
    writeJson(schema);
    return;
  }
  if (schema.reason !== null) writeErr(`${schema.reason}\n`);
  const views = schema.views.map(({ name, description, columns }) => {
    const width = Math.max(...columns.map((column) => column.name.length));
    const lines = columns.map(
      (column) => `  ${column.name.padEnd(width)}  ${column.type.padEnd(7)}  ${column.description}\n`,
    );
    return `${name}: ${description}\n${lines.join('')}`;
  });
  const functions = schema.functions.map(({ name, description }) => `${name}: ${description}\n`);
  writeOut([...views, functions.join('')].join('\n'));
}
