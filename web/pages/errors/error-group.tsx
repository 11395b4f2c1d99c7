import type { ComponentChildren } from 'preact';
import type { ErrorGroupAnswer, ErrorGroupDetail } from '../../../server/http/contract/errors.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { StatusBadge } from '../../components/badges.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { FirstAnswer } from '../../components/first-answer.tsx';
import { ErrorBanner, Freshness } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { count, time, visible } from '../../format.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, rich, t, translated } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { hrefTo } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useTitle } from '../../state/title.ts';
import { useView } from '../../state/view.ts';
import { LastLines } from '../invocations/time-line.tsx';
import { ErrorKindBadge, ErrorStateBadge, errorTitle, groupHref, versionText } from './error-cells.tsx';

/** One group of failures: when it began, its versions, the newest stacks, and what was decided about it. */
export function ErrorGroupPage({ id, fingerprint }: { readonly id: string; readonly fingerprint: string }) {
  const view = useView();
  const answer = useQuery('getErrorGroup', { params: { id, fingerprint }, query: view.rangeQuery });
  const { data } = answer;
  useTitle(data === null ? t('[title] Failure') : errorTitle(data.group).slice(0, 60));
  if (data === null) return <FirstAnswer result={answer} what={t('this group of failures')} tiles={3} />;
  const { group } = data;
  return (
    <>
      <div class="title">
        <h1>{errorTitle(group)}</h1>
        <ErrorKindBadge kind={group.kind} />
        <ErrorStateBadge state={group.state} />
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what={t('this group of failures')} shapes={{ tiles: 4 }} />
      <Origin data={data} />
      <Decide group={group} reload={answer.reload} />
      <div class="tiles">
        <StatTile label={t('Failures')} value={count(group.failures)} note={initNote(group)} />
        <StatTile label={t('Requests')} value={count(group.invocations)} note={t('that users sent and that failed')} />
        <StatTile label={t('Last seen')} value={time(group.lastAt, view.zone)} note={versionText(group.lastVersion)} />
      </div>
      <Newest data={data} />
      <OverTime data={data} source={answer.source} />
      <Versions group={group} />
      <Merged group={group} reload={answer.reload} />
    </>
  );
}

function initNote({ initFailures }: ErrorGroupAnswer): string {
  return initFailures === 0
    ? t('failed attempts')
    : t('{n, plural, one {# of them an init} other {# of them inits}} without an invocation', { n: initFailures });
}

/** Where and since when it fails, in a sentence. */
function Origin({ data: { group, deploy, returned } }: { readonly data: ErrorGroupDetail }) {
  const { zone } = useView();
  const values = {
    name: visible(group.function.name),
    a: (content: ComponentChildren) => (
      <a href={hrefTo(`/functions/${encodeURIComponent(group.function.id)}`, { tab: 'failures' })}>{content}</a>
    ),
    hasFrame: group.frame === '' ? 'no' : 'yes',
    frame: visible(group.frame),
    code: (content: ComponentChildren) => <span class="mono">{content}</span>,
    since: <time>{time(group.firstAt, zone)}</time>,
    version: versionText(group.firstVersion),
    update: deploy === null ? 'none' : deploy.kind,
    at: deploy === null ? '' : <time>{time(deploy.at, zone)}</time>,
  };
  return (
    <p>
      {rich(
        'Fails in <a>{name}</a>{hasFrame, select, yes { at <code>{frame}</code>} other {}} since {since}, first in {version}{update, select, none {} unknown {, after the update of {at}} code {, after the update (code) of {at}} create {, after the update (create) of {at}} other {, after the update (configuration) of {at}}}.',
        values,
      )}
      {returned !== null && (
        <>
          {' '}
          {rich('It was resolved at {at} and came back in {version}.', {
            at: <time>{time(group.decidedAt, zone)}</time>,
            version: versionText(returned.version),
          })}
        </>
      )}
    </p>
  );
}

type Decided = 'open' | 'resolved' | 'ignored';
const DECISIONS: Readonly<Record<Decided, { readonly label: Message; readonly done: Message }>> = {
  resolved: { label: message('[verb] Resolve'), done: message('Resolved. It is reported again if it comes back.') },
  ignored: { label: message('[verb] Ignore'), done: message('Ignored.') },
  open: { label: message('[verb] Reopen'), done: message('Reopened.') },
};

/** States that a group can be given. One that came back is open. */
function choicesOf(state: ErrorGroupAnswer['state']): readonly Decided[] {
  const all: readonly Decided[] = ['resolved', 'ignored', 'open'];
  return all.filter((one) => one !== state && !(one === 'open' && state === 'regressed'));
}

function Decide({ group, reload }: { readonly group: ErrorGroupAnswer; readonly reload: () => void }) {
  const action = useAction();
  const { fingerprint } = group;
  const decide = (state: Decided): void =>
    action.run(async () => {
      await call('setErrorState', { params: { id: group.function.id, fingerprint }, body: { state } });
      reload();
      return translated(DECISIONS[state].done);
    });
  return (
    <>
      <p class="controls">
        {choicesOf(group.state).map((state) => (
          <button key={state} type="button" disabled={action.busy} onClick={() => decide(state)}>
            {translated(DECISIONS[state].label)}
          </button>
        ))}
      </p>
      <ActionResult action={action} />
    </>
  );
}

function OverTime({ data, source }: { readonly data: ErrorGroupDetail; readonly source: string }) {
  const { group, range } = data;
  const markers = useMarkers(group.function.id);
  const points = group.series.map((y, at) => ({ x: Date.parse(range.from) + at * range.bucketMs, y }));
  return (
    <TimeSeriesPanel
      title={t('Failures over time')}
      description={t(
        '{failures, plural, one {# failure} other {# failures}} in {versions, plural, one {# version} other {# versions}}.',
        { failures: group.failures, versions: group.versions.length },
      )}
      table={{ columns: ['at', 'failures'], rows: points.map(({ x, y }) => [new Date(x).toISOString(), y]) }}
      source={source}
      markers={markers}
      kind="bar"
      span={range}
      yTitle={t('[axis] failures')}
      formatY={count}
      series={[{ label: t('[axis] failures'), colour: 'chart-bad', points }]}
    />
  );
}

function Versions({ group }: { readonly group: ErrorGroupAnswer }) {
  const { zone } = useView();
  if (group.versions.length === 0) return null;
  return (
    <Section title={t('Versions')}>
      <DataTable
        label={t('Versions')}
        columns={[
          { title: t('Version') },
          { title: t('Failures'), number: true, values: group.versions.map((one) => one.failures) },
          { title: t('Requests'), number: true, values: group.versions.map((one) => one.invocations) },
          { title: t('First in this time range'), values: group.versions.map((one) => one.firstAt) },
          { title: t('[column] Last'), values: group.versions.map((one) => one.lastAt) },
        ]}
        rows={group.versions.map((one) => [
          versionText(one.version),
          count(one.failures),
          count(one.invocations),
          <span class="mono">{time(one.firstAt, zone)}</span>,
          <span class="mono">{time(one.lastAt, zone)}</span>,
        ])}
      />
    </Section>
  );
}

/** The newest failures, each with its stack and a link to its invocation, and the newest with the last lines before it. */
function Newest({ data: { examples } }: { readonly data: ErrorGroupDetail }) {
  const { zone } = useView();
  if (examples.length === 0) {
    return (
      <Section title={t('Newest failures')}>
        <p class="soft">
          {t('No lines of these failures are stored: their retention has expired, or none failed in this time range.')}
        </p>
      </Section>
    );
  }
  return (
    <Section title={t('Newest failures')}>
      {examples.map((one, at) => (
        <div>
          <p>
            <span class="mono">{time(one.at, zone, true)}</span> <StatusBadge status={one.status} />{' '}
            {one.requestId === null ? (
              <span class="soft">{t('init without an invocation')}</span>
            ) : (
              <a class="mono" href={hrefTo(`/invocations/${encodeURIComponent(one.requestId)}`)}>
                {visible(one.requestId)}
              </a>
            )}{' '}
            <span class="soft">{versionText(one.version)}</span>
          </p>
          {saidBy(one) !== saidBy(examples[at - 1]) && (
            <>
              <p>
                {visible(
                  [one.errorType, one.message].filter((part) => part !== null).join(': ') || t('No line says more.'),
                )}
              </p>
              {one.stack.length > 0 && <pre class="small">{visible(one.stack.join('\n'))}</pre>}
            </>
          )}
          {at === 0 && one.requestId !== null && <LastLines requestId={one.requestId} at={one.at} />}
        </div>
      ))}
    </Section>
  );
}

/** What a failure says: of several that say the same, the first is shown with it. */
function saidBy(failure: ErrorGroupDetail['examples'][number] | undefined): string | null {
  return failure === undefined ? null : JSON.stringify([failure.errorType, failure.message, failure.stack]);
}

/** Other groups of the function that can be merged into this one, and those that were. */
function Merged({ group, reload }: { readonly group: ErrorGroupAnswer; readonly reload: () => void }) {
  const view = useView();
  const action = useAction();
  const others = useQuery('listErrors', { query: { ...view.rangeQuery, function: group.function.id, limit: 100 } });
  const candidates = others.data?.items.filter(({ fingerprint }) => fingerprint !== group.fingerprint) ?? [];
  const params = { id: group.function.id, fingerprint: group.fingerprint };
  const run = (work: () => Promise<unknown>, done: string): void =>
    action.run(async () => {
      await work();
      reload();
      others.reload();
      return done;
    });
  if (candidates.length === 0 && group.merged.length === 0) return null;
  return (
    <Section title={t('Other groups of this function')}>
      {group.merged.length > 0 && (
        <p class="controls">
          {t('{n, plural, one {# group is} other {# groups are}} merged into this one.', { n: group.merged.length })}{' '}
          <button
            type="button"
            disabled={action.busy}
            onClick={() =>
              run(() => call('splitErrors', { params, body: { fingerprints: group.merged } }), t('Separated.'))
            }
          >
            {t('[verb] Separate')}
          </button>
        </p>
      )}
      {candidates.length > 0 && (
        <DataTable
          label={t('Other groups')}
          columns={[{ title: t('[column] Failure') }, { title: t('Failures'), number: true }, { title: '' }]}
          rows={candidates.slice(0, 20).map((other) => [
            <>
              <a href={groupHref(other.function.id, other.fingerprint)}>{errorTitle(other)}</a>
              {other.frame !== '' && <span class="interval mono">{visible(other.frame)}</span>}
            </>,
            count(other.failures),
            <button
              type="button"
              disabled={action.busy}
              onClick={() =>
                run(() => call('mergeErrors', { params, body: { fingerprints: [other.fingerprint] } }), t('Merged.'))
              }
            >
              {t('Merge into this group')}
            </button>,
          ])}
        />
      )}
      <ActionResult action={action} />
    </Section>
  );
}
