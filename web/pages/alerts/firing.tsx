import { HOUR_MS } from '../../../ingest/records/time.ts';
import { plural, significant } from '../../../ingest/text/quantities.ts';
import type { InstancesAnswer } from '../../../server/http/contract/alert-instances.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorBanner, Freshness } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { useAction } from '../../state/action.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import { groupHref } from '../errors/error-cells.tsx';

type Instance = InstancesAnswer['items'][number];

/** The function's id in the API; where it was inferred from a log group alone, account and region are empty. */
function functionIdOf({ account = '', region = '' }: Instance['labels'], name: string): string {
  return `${account}:${region}:${name}`;
}

const TONES: Readonly<Record<string, string>> = { critical: 'bad', warning: 'warm' };

/** Firing alerts with evidence and silence buttons, pending alerts, and the history of transitions. */
export function Firing() {
  const answer = useQuery('listAlerts');
  const history = useQuery('listAlertHistory', { query: { limit: 50 } });
  const items = answer.data?.items ?? [];
  const firing = items.filter((item) => item.state === 'firing');
  const pending = items.filter((item) => item.state === 'pending');
  return (
    <>
      <ErrorBanner result={answer} what="alerts" />
      {answer.data !== null && firing.length === 0 && (
        <EmptyState title="No firing alerts">
          <p>
            <Freshness result={answer} />
          </p>
        </EmptyState>
      )}
      {firing.map((item) => (
        <AlertPanel item={item} reload={answer.reload} />
      ))}
      {pending.length > 0 && (
        <Section title="Pending alerts">
          <DataTable
            label="Pending alerts"
            columns={[{ title: 'Rule' }, { title: 'Summary' }, { title: 'Since' }]}
            rows={pending.map((item) => [item.ruleName, visible(item.summary), <Timestamp at={item.startsAt} />])}
          />
        </Section>
      )}
      <ErrorBanner result={history} what="the history" />
      {history.data !== null && history.data.items.length > 0 && (
        <Section title="History">
          <DataTable
            label="Alert history"
            columns={[{ title: 'Time' }, { title: 'State' }, { title: 'Summary' }]}
            rows={history.data.items.map((item) => [
              <Timestamp at={item.at} />,
              <span class={`badge ${item.status === 'firing' ? 'bad' : 'good'}`}>{item.status}</span>,
              <>
                {visible(item.summary)}
                {item.reason !== null && <span class="interval">{item.reason}</span>}
              </>,
            ])}
          />
        </Section>
      )}
    </>
  );
}

function Timestamp({ at }: { readonly at: string }) {
  const { zone } = useView();
  return <span class="mono">{time(at, zone)}</span>;
}

function AlertPanel({ item, reload }: { readonly item: Instance; readonly reload: () => void }) {
  const { zone } = useView();
  const action = useAction();
  const name = item.labels['function'];
  const silence = (hours: number): void =>
    action.run(async () => {
      const matchers = Object.entries(item.labels).map(([label, value]) => ({ name: label, value }));
      const endsAt = new Date(Date.now() + hours * HOUR_MS).toISOString();
      await call('createSilence', {
        body: { matchers, endsAt, comment: `Silenced from the Alerts page: ${item.ruleName}` },
      });
      reload();
      return `Silenced for ${plural(hours, 'hour')}.`;
    });
  return (
    <Section
      title={visible(item.ruleName)}
      aside={
        <>
          {item.silenced && <span class="badge">silenced</span>}
          {item.inhibited && <span class="badge">inhibited</span>}
          {item.failing && <span class="badge warm">evaluation failing</span>}
          <span class={`badge ${TONES[item.severity] ?? ''}`}>{item.severity}</span>
        </>
      }
    >
      <p>
        <strong>{visible(item.summary)}</strong>
      </p>
      <p class="soft small">
        Since {time(item.startsAt, zone)}, window {time(item.window.from, zone)} to {time(item.window.to, zone)}
        {item.interval !== null && `, 95 % interval ${item.interval.map((one) => significant(one, 3)).join(' to ')}`},
        n=
        {item.n}
      </p>
      {item.evidence.length > 0 && (
        <DataTable
          label={`Evidence for ${item.ruleName}`}
          columns={[{ title: 'Request' }, { title: 'Time' }, { title: 'Status' }, { title: 'Cause' }]}
          rows={item.evidence.map((one) => [
            <a class="mono" href={hrefTo(`/invocations/${encodeURIComponent(one.requestId)}`)}>
              {one.requestId.slice(0, 13)}…
            </a>,
            <Timestamp at={one.timestamp} />,
            one.status,
            <>
              {one.cause ?? '–'}
              {one.line !== undefined && one.line !== null && <span class="interval mono">{visible(one.line)}</span>}
            </>,
          ])}
        />
      )}
      <p class="controls">
        {name !== undefined && item.labels['error'] !== undefined && (
          <a href={groupHref(functionIdOf(item.labels, name), item.labels['error'])}>Failures of this group</a>
        )}
        {name !== undefined && <a href={hrefTo('/functions', { q: name })}>{visible(name)}</a>}
        {item.runbookUrl !== null && (
          <a href={item.runbookUrl} rel="noopener noreferrer">
            Runbook
          </a>
        )}
        {!item.silenced &&
          [2, 24].map((hours) => (
            <button type="button" disabled={action.busy} onClick={() => silence(hours)}>
              Silence {hours} h
            </button>
          ))}
      </p>
      <ActionResult action={action} />
    </Section>
  );
}
