import { count, plural } from '../../../ingest/text/quantities.ts';
import type { ErrorGroupAnswer, ErrorGroupDetail } from '../../../server/http/contract/errors.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { StatusBadge } from '../../components/badges.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner, Freshness } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { TimeSeriesPanel } from '../../components/time-series-panel.tsx';
import { time, visible } from '../../format.ts';
import { useAction } from '../../state/action.ts';
import { hrefTo } from '../../state/location.ts';
import { useMarkers } from '../../state/markers.ts';
import { useTitle } from '../../state/title.ts';
import { useView } from '../../state/view.ts';
import { ErrorKindBadge, ErrorStateBadge, groupHref, versionText } from './error-cells.tsx';

/** One group of failures: when it began, its versions, the newest stacks, and what was decided about it. */
export function ErrorGroupPage({ id, fingerprint }: { readonly id: string; readonly fingerprint: string }) {
  const view = useView();
  const answer = useQuery('getErrorGroup', { params: { id, fingerprint }, query: view.rangeQuery });
  const { data } = answer;
  useTitle(data === null ? 'Failure' : visible(data.group.title).slice(0, 60));
  if (data === null) return <ErrorBanner result={answer} what="this group of failures" />;
  const { group } = data;
  return (
    <>
      <div class="title">
        <h1>{visible(group.title)}</h1>
        <ErrorKindBadge kind={group.kind} />
        <ErrorStateBadge state={group.state} />
        <Freshness result={answer} />
      </div>
      <ErrorBanner result={answer} what="this group of failures" />
      <Origin data={data} />
      <Decide group={group} reload={answer.reload} />
      <div class="tiles">
        <StatTile label="Failures" value={count(group.failures)} note={initNote(group)} />
        <StatTile label="Requests" value={count(group.invocations)} note="that users sent and that failed" />
        <StatTile label="Last seen" value={time(group.lastAt, view.zone)} note={versionText(group.lastVersion)} />
      </div>
      <OverTime data={data} source={answer.source} />
      <Versions group={group} />
      <Newest data={data} />
      <Merged group={group} reload={answer.reload} />
    </>
  );
}

function initNote({ initFailures }: ErrorGroupAnswer): string {
  return initFailures === 0 ? 'failed attempts' : `${count(initFailures)} of them inits without an invocation`;
}

/** Where and since when it fails, in a sentence. */
function Origin({ data: { group, deploy, returned } }: { readonly data: ErrorGroupDetail }) {
  const { zone } = useView();
  return (
    <p>
      Fails in{' '}
      <a href={hrefTo(`/functions/${encodeURIComponent(group.function.id)}`, { tab: 'failures' })}>
        {visible(group.function.name)}
      </a>
      {group.frame !== '' && (
        <>
          {' '}
          at <span class="mono">{visible(group.frame)}</span>
        </>
      )}{' '}
      since {time(group.firstAt, zone)}, first in {versionText(group.firstVersion)}
      {deploy !== null &&
        `, after the ${deploy.kind === 'unknown' ? 'update' : `update (${deploy.kind})`} of ${time(deploy.at, zone)}`}
      .
      {returned !== null &&
        ` It was resolved at ${time(group.decidedAt, zone)} and came back in ${versionText(returned.version)}.`}
    </p>
  );
}

const DECISIONS = [
  ['resolved', 'Resolve'],
  ['ignored', 'Ignore'],
  ['open', 'Reopen'],
] as const;

function Decide({ group, reload }: { readonly group: ErrorGroupAnswer; readonly reload: () => void }) {
  const action = useAction();
  const { fingerprint } = group;
  const decide = (state: (typeof DECISIONS)[number][0]): void =>
    action.run(async () => {
      await call('setErrorState', { params: { id: group.function.id, fingerprint }, body: { state } });
      reload();
      return state === 'open'
        ? 'Reopened.'
        : state === 'resolved'
          ? 'Resolved. It is reported again if it comes back.'
          : 'Ignored.';
    });
  return (
    <>
      <p class="controls">
        {DECISIONS.filter(([state]) => state !== group.state && !(state === 'open' && group.state === 'regressed')).map(
          ([state, label]) => (
            <button type="button" disabled={action.busy} onClick={() => decide(state)}>
              {label}
            </button>
          ),
        )}
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
      title="Failures over time"
      description={`${plural(group.failures, 'failure')} in ${plural(group.versions.length, 'version')}.`}
      table={{ columns: ['at', 'failures'], rows: points.map(({ x, y }) => [new Date(x).toISOString(), y]) }}
      source={source}
      markers={markers}
      kind="bar"
      span={range}
      yTitle="failures"
      formatY={count}
      series={[{ label: 'failures', colour: 'chart-bad', points }]}
    />
  );
}

function Versions({ group }: { readonly group: ErrorGroupAnswer }) {
  const { zone } = useView();
  if (group.versions.length === 0) return null;
  return (
    <Section title="Versions">
      <DataTable
        label="Versions"
        columns={[
          { title: 'Version' },
          { title: 'Failures', number: true },
          { title: 'Requests', number: true },
          { title: 'First in this time range' },
          { title: 'Last' },
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

/** The newest failures, each with its stack and a link to the invocation and its lines. */
function Newest({ data: { examples } }: { readonly data: ErrorGroupDetail }) {
  const { zone } = useView();
  if (examples.length === 0) {
    return (
      <Section title="Newest failures">
        <p class="soft">
          No lines of these failures are stored: their retention has expired, or none failed in this time range.
        </p>
      </Section>
    );
  }
  return (
    <Section title="Newest failures">
      {examples.map((one) => (
        <div>
          <p>
            <span class="mono">{time(one.at, zone, true)}</span> <StatusBadge status={one.status} />{' '}
            {one.requestId === null ? (
              <span class="soft">init without an invocation</span>
            ) : (
              <a class="mono" href={hrefTo(`/invocations/${encodeURIComponent(one.requestId)}`)}>
                {visible(one.requestId)}
              </a>
            )}{' '}
            <span class="soft">{versionText(one.version)}</span>
          </p>
          <p>
            {visible([one.errorType, one.message].filter((part) => part !== null).join(': ') || 'No line says more.')}
          </p>
          {one.stack.length > 0 && <pre class="small">{visible(one.stack.join('\n'))}</pre>}
        </div>
      ))}
    </Section>
  );
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
    <Section title="Other groups of this function">
      {group.merged.length > 0 && (
        <p class="controls">
          {plural(group.merged.length, 'group')} {group.merged.length === 1 ? 'is' : 'are'} merged into this one.{' '}
          <button
            type="button"
            disabled={action.busy}
            onClick={() =>
              run(() => call('splitErrors', { params, body: { fingerprints: group.merged } }), 'Separated.')
            }
          >
            Separate
          </button>
        </p>
      )}
      {candidates.length > 0 && (
        <DataTable
          label="Other groups"
          columns={[{ title: 'Failure' }, { title: 'Failures', number: true }, { title: '' }]}
          rows={candidates.slice(0, 20).map((other) => [
            <>
              <a href={groupHref(other.function.id, other.fingerprint)}>{visible(other.title)}</a>
              {other.frame !== '' && <span class="interval mono">{visible(other.frame)}</span>}
            </>,
            count(other.failures),
            <button
              type="button"
              disabled={action.busy}
              onClick={() =>
                run(() => call('mergeErrors', { params, body: { fingerprints: [other.fingerprint] } }), 'Merged.')
              }
            >
              Merge into this group
            </button>,
          ])}
        />
      )}
      <ActionResult action={action} />
    </Section>
  );
}
