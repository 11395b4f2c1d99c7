/** docs/sql.md lists the views as the catalogue has them; sandbox.test.ts compares the catalogue with the views themselves. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SQL_FUNCTIONS, SQL_VIEWS } from './catalogue.ts';

const PATH = join(import.meta.dirname, '../../../docs/sql.md');
const MARK = '<!-- views -->\n';

function reference(): string {
  const views = SQL_VIEWS.map(({ name, description, columns }) => {
    const rows = columns.map((column) => `| \`${column.name}\` | ${column.type} | ${column.description} |`);
    return `### ${name}\n\n${description}\n\n| column | type | meaning |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  const functions = SQL_FUNCTIONS.map(({ name, description }) => `- \`${name}\`: ${description}\n`);
  return `${views.join('\n')}\n## Functions\n\nBeside those of the dialect:\n\n${functions.join('')}`;
}

test('the page lists every view, column and function; --update writes them', async () => {
  const [text = ''] = readFileSync(PATH, 'utf8').split(MARK);
  await expect(`${text}${MARK}\n${reference()}`).toMatchFileSnapshot(PATH);
});

test('names are words in lower case, each once in a view, and units come last', () => {
  for (const { columns } of SQL_VIEWS) {
    const names = columns.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  }
});
