/** The SQL console: a statement, what can be queried, and the rows. */

import { useState } from 'preact/hooks';
import { DAY_MS } from '../../../ingest/records/time.ts';
import { csvCell } from '../../../server/http/contract/csv.ts';
import type { SqlAnswer, SqlSchema } from '../../../server/http/contract/sql.ts';
import { ApiError, call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { saidText } from '../../i18n/reason.ts';
import { apiText, t } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { saveFile } from '../../state/save-file.ts';
import { useView } from '../../state/view.ts';
import { remember, sqlHistory } from './history.ts';

const FIRST = ['SELECT', '*', 'FROM', 'functions'].join(' ');
const MOST_ROWS = 1000;

type Outcome = { readonly answer: SqlAnswer } | { readonly error: string };

export function Sql() {
  const schema = useQuery('getSqlSchema', {});
  const [history, setHistory] = useState(sqlHistory);
  const [sql, setSql] = useState(history[0] ?? FIRST);
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const run = (): void => {
    if (busy || sql.trim() === '') return;
    setBusy(true);
    call('runSql', { body: { sql, limit: MOST_ROWS } })
      .then(
        (answer) => {
          setHistory(remember(sql));
          setOutcome({ answer });
        },
        (error: unknown) => setOutcome({ error: messageOf(error) }),
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      <div class="title">
        <h1>SQL</h1>
      </div>
      <ErrorBanner result={schema} what={t('the views')} />
      {schema.data?.reason && (
        <p class="panel" role="alert">
          {schema.data.reason}
        </p>
      )}
      <Section title={t('Statement')}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            run();
          }}
        >
          <label class="small">
            {t('SQL statement')}
            <textarea
              class="code"
              rows={Math.min(20, Math.max(5, sql.split('\n').length + 1))}
              spellcheck={false}
              value={sql}
              onInput={(event) => setSql(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
                event.preventDefault();
                run();
              }}
            />
          </label>
          <p class="controls">
            <button type="submit" class="primary" disabled={busy || schema.data?.available === false}>
              {t('Run')}
            </button>
            <kbd>Ctrl Enter</kbd>
            {history.length > 0 && (
              <select
                aria-label={t('Earlier statements')}
                value=""
                onChange={(event) => setSql(event.currentTarget.value)}
              >
                <option value="">{t('Earlier statements')}</option>
                {history.map((one) => (
                  <option value={one}>{visible(one.replaceAll(/\s+/g, ' ').slice(0, 80))}</option>
                ))}
              </select>
            )}
          </p>
        </form>
        {outcome !== null && 'error' in outcome && (
          <p role="alert">
            <strong>{visible(outcome.error)}</strong>
          </p>
        )}
      </Section>
      {outcome !== null && 'answer' in outcome && <Rows {...outcome.answer} />}
      {schema.data !== null && <Views {...schema.data} />}
    </>
  );
}

/** The place and the reason, where the statement is wrong. */
function messageOf(error: unknown): string {
  if (error instanceof ApiError) return saidText(error.problem.errors?.[0]?.message ?? error.message);
  return t('Request failed');
}

function Rows(answer: SqlAnswer) {
  const { columns, rows, truncated } = answer;
  const isNumber = columns.map((_, at) => rows.every((row) => row[at] === null || typeof row[at] === 'number'));
  return (
    <Section
      title={t('Result')}
      aside={
        <button type="button" onClick={() => saveCsv(answer)}>
          {t('Save as CSV')}
        </button>
      }
    >
      <p class="soft small" role="status">
        {truncated === null
          ? t('{n, plural, one {# row} other {# rows}}', { n: rows.length })
          : t('The first {n} rows; there are more', { n: rows.length })}
      </p>
      <DataTable
        label={t('Result')}
        columns={columns.map((title, at) => ({ title: visible(title), number: isNumber[at] === true }))}
        rows={rows.map((row) => row.map((value, at) => <Cell value={value} column={columns[at] ?? ''} />))}
      />
    </Section>
  );
}

/** Times, names and ids stay on one line: the table scrolls. */
const ONE_LINE = 36;
/** Columns of the views that are ids of pages. */
const PATHS: Readonly<Record<string, string>> = { request_id: '/invocations/', trace_id: '/traces/' };
/** Numbers of columns named `…_ms` beyond it are times, not lengths of time. */
const FIRST_TIME_MS = 10 * 365 * DAY_MS;

interface CellProps {
  readonly value: SqlAnswer['rows'][number][number];
  readonly column: string;
}

function Cell({ value, column }: CellProps) {
  const { zone } = useView();
  if (value === null) return <span class="soft">–</span>;
  const text = visible(String(value));
  const path = PATHS[column];
  const isTime = typeof value === 'number' && column.endsWith('_ms') && value > FIRST_TIME_MS;
  return (
    <span class={text.length <= ONE_LINE ? 'nowrap' : ''} title={isTime ? time(value, zone, true) : undefined}>
      {path === undefined ? text : <a href={hrefTo(`${path}${encodeURIComponent(String(value))}`)}>{text}</a>}
    </span>
  );
}

function saveCsv({ columns, rows }: SqlAnswer): void {
  const text = [columns, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('');
  saveFile('thermocline-sql.csv', 'text/csv', text);
}

function Views({ views, functions }: SqlSchema) {
  return (
    <Section title={t('Views')}>
      {views.map(({ name, description, columns }) => (
        <details>
          <summary>
            <code>{name}</code> <span class="soft small">{apiText(`sql:${name}`, description)}</span>
          </summary>
          <DataTable
            label={name}
            columns={[{ title: t('Column') }, { title: t('Type') }, { title: t('Meaning') }]}
            rows={columns.map((column) => [
              <code>{column.name}</code>,
              column.type,
              apiText(`sql:${name}.${column.name}`, column.description),
            ])}
          />
        </details>
      ))}
      {functions.map(({ name, description }) => (
        <p class="small">
          <code>{name}</code> <span class="soft">{apiText(`sql:${name}`, description)}</span>
        </p>
      ))}
    </Section>
  );
}
