import { MINUTE_MS } from '../../../ingest/records/time.ts';
import { byteSize } from '../../../ingest/text/quantities.ts';
import type { IngestStatusAnswer } from '../../../server/http/contract/ingest.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner, Freshness } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { Term } from '../../components/term.tsx';
import { ago, count, duration, percent, time, visible } from '../../format.ts';
import { listText } from '../../i18n/lists.ts';
import { saidText, writtenReasons } from '../../i18n/reason.ts';
import { pageTitle } from '../../i18n/server-texts.ts';
import { apiText, rich, t } from '../../i18n/translate.ts';
import { useView } from '../../state/view.ts';
import { Completeness } from './completeness.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { DemoData } from './demo-data.tsx';
import { Imports } from './imports.tsx';
import { KeyTroubles } from './key-troubles.tsx';
import { ParquetExport } from './parquet-export.tsx';
import { RuleFiles } from './rule-files.tsx';

/** The rule “No lines arrive” that is there at first waits as long. */
const SILENT_MS = 15 * MINUTE_MS;

/** Ingest status: sources, lag, coverage, pulled log groups and dead letters. */
export function Ingest() {
  const status = useQuery('getIngestStatus');
  const deadLetters = useQuery('listDeadLetters', { query: { limit: 50 } });
  return (
    <>
      <div class="title">
        <h1>{pageTitle('ingest')}</h1>
        <Freshness result={status} />
      </div>
      <ErrorBanner result={status} what={t('the ingest status')} shapes={{ tiles: 6, panels: 2 }} />
      {status.data !== null && <Status data={status.data} updatedMs={status.updatedMs} />}
      <ErrorBanner result={deadLetters} what={t('the dead letters')} />
      {deadLetters.data !== null && <DeadLetters data={deadLetters.data} reload={deadLetters.reload} />}
      <Imports />
    </>
  );
}

function Status({ data, updatedMs }: { readonly data: IngestStatusAnswer; readonly updatedMs: number | null }) {
  const { zone } = useView();
  const newest = data.sources.reduce((ms, one) => Math.max(ms, Date.parse(one.lastDataAt ?? '') || 0), 0);
  const isSilent = newest > 0 && Date.now() - newest > SILENT_MS;
  const state =
    data.accepted > 0
      ? isSilent
        ? t('Silent since {time}', { time: time(newest, zone).slice(0, 16) })
        : t('Receiving')
      : data.sources.length > 0
        ? t('Connected, waiting for the first Lambda line')
        : t('No data yet');
  return (
    <>
      <div class="tiles">
        <StatTile
          label={t('State')}
          value={state}
          note={
            data.sources[0] === undefined
              ? t('see the Connect page')
              : newest === 0
                ? t('last request {time}', { time: ago(Date.parse(data.sources[0].lastSeenAt), Date.now()) })
                : t('last data {time}', { time: ago(newest, Date.now()) })
          }
          significant={!isSilent}
        />
        <StatTile
          label={t('Log events stored')}
          value={count(data.accepted)}
          note={t(
            'of {received} received: {duplicates} duplicates, {ignored} without a measurement, {rejected} dead letters',
            {
              received: count(data.accepted + data.duplicates + data.ignored + data.rejected),
              duplicates: count(data.duplicates),
              ignored: count(data.ignored),
              rejected: count(data.rejected),
            },
          )}
        />
        <StatTile
          label={t('Without a measurement')}
          value={count(data.ignored)}
          note={t('END and application lines, kept as log lines, and others: reasons below')}
        />
        <StatTile
          label={t('Dead letters')}
          value={count(data.rejected)}
          note={t('could not be parsed; listed below')}
        />
        <StatTile
          label={t('Lag p50 / p99')}
          value={data.lagMs.n === 0 ? '–' : `${duration(data.lagMs.p50)} / ${duration(data.lagMs.p99)}`}
          note={t('from event to receipt')}
        />
        <StatTile
          label={<Term name="coverage">{t('Coverage')}</Term>}
          value={percent(data.coverage)}
          note={t('{orphanStarts} START without REPORT · {size} on disk', {
            orphanStarts: count(data.orphanStarts),
            size: byteSize(data.databaseBytes),
          })}
        />
      </div>
      {data.clock !== null && (
        <p class="panel error-banner" role="alert">
          {data.clock}
        </p>
      )}
      <RuleFiles of={data.ruleFiles} />
      <ParquetExport of={data.parquetExport} />
      <Completeness status={data} updatedMs={updatedMs} />
      {data.coverageReasons.length > 0 && <MissingData data={data} />}
      {data.sources.length > 0 && <Sources data={data} />}
      <DemoData />
      <Collectors of={data.collectors} />
      {data.pulls.length > 0 && <Pulls data={data} />}
      <Attribution of={data.attribution} />
      {data.keyTroubles.length > 0 && <KeyTroubles of={data.keyTroubles} />}
      {data.skippedRows.length > 0 && <SkippedRows of={data.skippedRows} />}
      {data.ignoredReasons.length > 0 && <WithoutTelemetry of={data.ignoredReasons} />}
      {data.unknownFields.length > 0 && (
        <Section title={t('Unknown fields')}>
          <p class="soft small">
            {t(
              'REPORT lines contain these fields, which are not evaluated yet. The rest of the lines is parsed as usual.',
            )}
          </p>
          <p>{data.unknownFields.map((field) => `${visible(field.key)} (${count(field.n)})`).join(', ')}</p>
        </Section>
      )}
    </>
  );
}

function WithoutTelemetry({ of }: { readonly of: IngestStatusAnswer['ignoredReasons'] }) {
  return (
    <Section title={t('Without a measurement')}>
      <ul class="plain">
        {of.map(({ reason, text, n }) => (
          <li key={reason}>
            <span class="badge">{count(n)}</span> {apiText(`ignored:${reason}`, text)}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Sources({ data }: { readonly data: IngestStatusAnswer }) {
  return (
    <Section title={t('Sources')}>
      <DataTable
        label={t('Sources')}
        columns={[
          { title: t('Source') },
          { title: t('Last request'), values: data.sources.map((one) => one.lastSeenAt) },
          { title: t('Last data'), values: data.sources.map((one) => one.lastDataAt) },
          { title: t('Requests'), number: true, values: data.sources.map((one) => one.requests) },
          { title: t('Events'), number: true, values: data.sources.map((one) => one.events) },
          { title: t('Rejected'), number: true, values: data.sources.map((one) => one.rejected) },
          {
            title: t('Lag p50 / p99'),
            number: true,
            values: data.sources.map(({ lagMs }) => (lagMs.n === 0 ? null : lagMs.p50)),
          },
        ]}
        rows={data.sources.map((source) => [
          <>
            {source.kind} <span class="mono">{visible(source.name)}</span>
          </>,
          ago(Date.parse(source.lastSeenAt), Date.now()),
          source.lastDataAt === null ? t('never') : ago(Date.parse(source.lastDataAt), Date.now()),
          count(source.requests),
          count(source.events),
          count(source.rejected),
          source.lagMs.n === 0 ? '–' : `${duration(source.lagMs.p50)} / ${duration(source.lagMs.p99)}`,
        ])}
      />
    </Section>
  );
}

function MissingData({ data }: { readonly data: IngestStatusAnswer }) {
  return (
    <Section title={t('Missing data')}>
      <ul class="plain">
        {data.coverageReasons.map((reason) => (
          <li>
            <span class="badge warm">{count(reason.n)}</span> {writtenReasons(reason.text, reason.codes)}
            {reason.examples.length > 0 && (
              <span class="soft small">
                {' '}
                {t('For example {names}', { names: listText(reason.examples.map((name) => visible(name))) })}
              </span>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** Collectors that are late, or whose last run could not do everything. */
function Collectors({ of }: { readonly of: IngestStatusAnswer['collectors'] }) {
  const noticed = of.filter(({ notice }) => notice !== null);
  if (noticed.length === 0) return null;
  return (
    <Section title={t('Collectors with problems')}>
      <ul>
        {noticed.map(({ name, region, overdue, notice }) => (
          <li key={`${name} ${region}`}>
            <span class="badge bad">{overdue ? t('late') : t('problem')}</span> {visible(saidText(notice ?? ''))}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Pulls({ data }: { readonly data: IngestStatusAnswer }) {
  return (
    <Section title={t('Pulled log groups')}>
      <DataTable
        label={t('Pulled log groups')}
        columns={[
          { title: t('Log group') },
          { title: t('State') },
          { title: t('Read up to') },
          { title: t('Events'), number: true },
          { title: t('Last attempt') },
        ]}
        rows={data.pulls.map((pull) => [
          <>
            <span class="mono">{visible(pull.logGroup)}</span>{' '}
            <span class="soft small">
              {pull.region} · {pull.mode}
            </span>
          </>,
          <>
            <span class={`badge ${pull.state === 'ok' ? 'good' : 'bad'}`}>
              {apiText(`pull:${pull.state}`, pull.state)}
            </span>
            {pull.message !== null && <span class="interval">{visible(saidText(pull.message))}</span>}
          </>,
          pull.watermarkAt === null
            ? pull.running
              ? t('first scan in progress')
              : '–'
            : ago(Date.parse(pull.watermarkAt), Date.now()),
          count(pull.events),
          ago(Date.parse(pull.updatedAt), Date.now()),
        ])}
      />
    </Section>
  );
}

/** How far causes of cold starts are computed; shown while hours wait or a function fails. */
function Attribution({ of }: { readonly of: IngestStatusAnswer['attribution'] }) {
  const { pendingHours, hoursPerSecond, failed, late, working } = of;
  if ((pendingHours ?? 0) === 0 && failed.length === 0) return null;
  const left = hoursPerSecond === null || pendingHours === null ? null : (1000 * pendingHours) / hoursPerSecond;
  return (
    <Section title={t('Causes of cold starts')}>
      <p class="soft small">
        {pendingHours === null
          ? t('Waiting for the first round.')
          : t('{pendingHours, plural, one {# function hour} other {# function hours}} to attribute', { pendingHours })}
        {hoursPerSecond !== null &&
          left !== null &&
          t(', about {time} at {rate, number} per second', {
            time: duration(left),
            rate: Math.round(hoursPerSecond),
          })}
      </p>
      {working !== null && (
        <p class="soft small">
          {rich(
            'Attributing {name} (about {n, plural, one {# invocation} other {# invocations}}), started {time}. Other functions do not wait for it.',
            {
              name: <span class="mono">{visible(working.function ?? t('unknown'))}</span>,
              n: working.invocations,
              time: ago(Date.parse(working.since), Date.now()),
            },
          )}
        </p>
      )}
      {late > 0 && (
        <p class="small">
          {t('{late, plural, one {# function} other {# functions}} waiting for ten minutes or longer.', { late })}
        </p>
      )}
      {failed.length > 0 && (
        <DataTable
          label={t('Causes of cold starts')}
          columns={[
            { title: t('Function') },
            { title: t('Hour') },
            { title: t('Reason') },
            { title: t('Attempts'), number: true },
          ]}
          rows={failed.map((one) => [
            <span class="mono">{visible(one.function ?? t('unknown'))}</span>,
            ago(Date.parse(one.hourAt), Date.now()),
            visible(one.reason),
            count(one.attempts),
          ])}
        />
      )}
    </Section>
  );
}

/** Rows of the store that cannot be read. */
function SkippedRows({ of }: { readonly of: IngestStatusAnswer['skippedRows'] }) {
  return (
    <Section title={t('Damaged rows')}>
      <p class="soft small">{t('These rows of the database cannot be read and are left out of every page.')}</p>
      <DataTable
        label={t('Damaged rows')}
        columns={[{ title: t('Table') }, { title: t('Rows'), number: true }, { title: t('First row') }]}
        rows={of.map((one) => [<span class="mono">{one.table}</span>, count(one.n), visible(one.example)])}
      />
    </Section>
  );
}
