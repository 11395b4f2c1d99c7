import type { ErrorGroupAnswer } from '../../../server/http/contract/errors.ts';
import { useQuery } from '../../api/use-query.ts';
import { EmptyState, ErrorBanner, Freshness, WhenDataExists } from '../../components/query-states.tsx';
import type { Column } from '../../components/sortable-table.tsx';
import { SortableTable } from '../../components/sortable-table.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { Term } from '../../components/term.tsx';
import { count, time, visible } from '../../format.ts';
import { rich, t, translated } from '../../i18n/translate.ts';
import { hrefTo, setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import type { Zone } from '../../state/zone.ts';
import { ERROR_STATES, ErrorKindBadge, ErrorStateBadge, ErrorTitle, errorTitle, versionText } from './error-cells.tsx';

const STATES = ['open', 'regressed', 'resolved', 'ignored'] as const;
/** Groups that are listed; the answer says how many more match. */
const LIMIT = 500;

function columnsIn(zone: Zone): readonly Column<ErrorGroupAnswer>[] {
  return [
    {
      key: 'title',
      title: t('[column] Failure'),
      sort: (row) => row.title,
      cell: (row) => (
        <>
          <ErrorTitle group={row} />
          <span class="interval">
            <a href={hrefTo(`/functions/${encodeURIComponent(row.function.id)}`)}>{visible(row.function.name)}</a>{' '}
            <ErrorKindBadge kind={row.kind} />
          </span>
        </>
      ),
    },
    {
      key: 'spark',
      title: t('Over time'),
      cell: (row) => (
        <Sparkline values={row.series} label={t('{name}: failures over time', { name: errorTitle(row) })} />
      ),
    },
    {
      key: 'failures',
      title: t('Failures'),
      number: true,
      sort: (row) => row.failures,
      cell: (row) => count(row.failures),
    },
    {
      key: 'invocations',
      title: t('Requests'),
      number: true,
      sort: (row) => row.invocations,
      cell: (row) => count(row.invocations),
    },
    {
      key: 'first',
      title: t('First seen'),
      sort: (row) => row.firstAt,
      cell: (row) => (
        <>
          <span class="mono">{time(row.firstAt, zone)}</span>
          <span class="interval">{versionText(row.firstVersion)}</span>
        </>
      ),
    },
    {
      key: 'last',
      title: t('Last seen'),
      sort: (row) => row.lastAt,
      cell: (row) => (
        <>
          <span class="mono">{time(row.lastAt, zone)}</span>
          <span class="interval">{versionText(row.lastVersion)}</span>
        </>
      ),
    },
    { key: 'state', title: t('State'), sort: (row) => row.state, cell: (row) => <ErrorStateBadge state={row.state} /> },
  ];
}

/** Groups of failures of all functions, or of one, in a searchable, sortable table. */
export function Errors() {
  const view = useView();
  const text = view.query.get('q') ?? '';
  const state = STATES.find((one) => one === view.query.get('state'));
  const only = view.query.get('function') ?? undefined;
  const answer = useQuery('listErrors', {
    query: {
      ...view.rangeQuery,
      ...view.filters,
      limit: LIMIT,
      ...(text === '' ? {} : { text }),
      ...(state === undefined ? {} : { state }),
      ...(only === undefined ? {} : { function: only }),
    },
  });
  const { data } = answer;
  const isFiltered = text !== '' || state !== undefined || only !== undefined;
  const back = data?.items.filter((group) => group.state === 'regressed').length ?? 0;
  return (
    <>
      <div class="title">
        <h1>{t('Errors')}</h1>
        <input
          id="search"
          type="search"
          placeholder={t('Search ( / )')}
          aria-label={t('Search failures')}
          maxLength={200}
          value={text}
          onInput={(event) => setSearchParams({ q: event.currentTarget.value }, true)}
          onKeyDown={(event) => event.key === 'Escape' && setSearchParams({ q: null }, true)}
        />
        <label>
          {t('State')}{' '}
          <select
            value={state ?? ''}
            onChange={(event) => setSearchParams({ state: event.currentTarget.value || null })}
          >
            <option value="">{t('[states] all')}</option>
            {STATES.map((one) => (
              <option value={one}>{translated(ERROR_STATES[one])}</option>
            ))}
          </select>
        </label>
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what={t('failures')} shapes={{}} />
      {data !== null && data.items.length > 0 && (
        <p>
          {t(
            '{failures, plural, one {# failure} other {# failures}} in {groups, plural, one {# group} other {# groups}}{isOne, select, yes { of {name}} other {}}.',
            {
              ...{ failures: data.failures, groups: data.total },
              ...{ isOne: only === undefined ? 'no' : 'yes', name: visible(only ?? '') },
            },
          )}
          {back > 0 &&
            ` ${t('{n, plural, one {# group} other {# groups}} came back after being resolved.', { n: back })}`}{' '}
          <span class="soft small">
            {rich('An <a>error group</a> appears up to ten minutes after its first failure.', {
              a: (content) => <Term name="error group">{content}</Term>,
            })}
            {data.total > data.items.length &&
              ` ${t('The {n} with the most failures are listed.', { n: count(data.items.length) })}`}
            {data.truncated && ` ${t('Only the groups with the most failures in this time range were read.')}`}
          </span>
        </p>
      )}
      {data !== null && data.items.length === 0 && isFiltered && (
        <EmptyState title={t('No group matches')}>
          <button
            type="button"
            class="primary"
            onClick={() => setSearchParams({ q: null, state: null, function: null })}
          >
            {t('Clear filters')}
          </button>
        </EmptyState>
      )}
      {data !== null && data.items.length === 0 && !isFiltered && (
        <WhenDataExists what={t('failures')}>
          <EmptyState title={t('No failures in this time range')}>
            <p>{t('Groups appear here within ten minutes of a timeout, a crash, a failed init or a thrown error.')}</p>
          </EmptyState>
        </WhenDataExists>
      )}
      {data !== null && data.items.length > 0 && (
        <section class="panel">
          <SortableTable
            label={t('Groups of failures')}
            rows={data.items}
            columns={columnsIn(view.zone)}
            initial="-failures"
          />
        </section>
      )}
    </>
  );
}
