/** What fires now, what is about to, and what did. */

import type { InstancesAnswer } from '../../../server/http/contract/alert-instances.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorBanner, Freshness } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { plural, time, visible } from '../../format.ts';
import { useAction } from '../../state/action.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import { HOUR_MS } from '../../time.ts';

type Instance = InstancesAnswer['items'][number];

const TONES: Readonly<Record<string, string>> = { critical: 'bad', warning: 'warm' };

export function Firing() {
  const answer = useQuery('listAlerts');
  const history = useQuery('listAlertHistory', { query: { limit: 50 } });
  const items = answer.data?.items ?? [];
  const told = items.filter((item) => item.state === 'firing');
  const pending = items.filter((item) => item.state === 'pending');
  return (
    <>
      <ErrorBanner result={answer} what="Alerts" />
      {answer.data !== null && told.length === 0 && (
        <EmptyState title="Nothing fires">
          <p>
            <Freshness result={answer} />
          </p>
        </EmptyState>
      )}
      {told.map((item) => (
        <Alert item={item} reload={answer.reload} />
      ))}
      {pending.length > 0 && (
        <Section title="About to fire">
          <DataTable
            label="Pending alerts"
            columns={[{ title: 'Rule' }, { title: 'What' }, { title: 'Since' }]}
            rows={pending.map((item) => [item.ruleName, visible(item.summary), <When at={item.startsAt} />])}
          />
        </Section>
      )}
      <ErrorBanner result={history} what="The history" />
      {history.data !== null && history.data.items.length > 0 && (
        <Section title="What happened">
          <DataTable
            label="History of alerts"
            columns={[{ title: 'When' }, { title: 'State' }, { title: 'What' }]}
            rows={history.data.items.map((item) => [
              <When at={item.at} />,
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

function When({ at }: { readonly at: string }) {
  const { zone } = useView();
  return <span class="mono">{time(at, zone)}</span>;
}

function Alert({ item, reload }: { readonly item: Instance; readonly reload: () => void }) {
  const { zone } = useView();
  const action = useAction();
  const name = item.labels['function'];
  const silence = (hours: number): void =>
    action.run(async () => {
      const matchers = Object.entries(item.labels).map(([label, value]) => ({ name: label, value }));
      const endsAt = new Date(Date.now() + hours * HOUR_MS).toISOString();
      await call('createSilence', { body: { matchers, endsAt, comment: `From the page: ${item.ruleName}` } });
      reload();
      return `Silent for ${plural(hours, 'hour')}.`;
    });
  return (
    <Section
      title={visible(item.ruleName)}
      aside={
        <>
          {item.silenced && <span class="badge">silenced</span>}
          {item.inhibited && <span class="badge">inhibited</span>}
          {item.failing && <span class="badge warm">cannot be evaluated now</span>}
          <span class={`badge ${TONES[item.severity] ?? ''}`}>{item.severity}</span>
        </>
      }
    >
      <p>
        <strong>{visible(item.summary)}</strong>
      </p>
      <p class="soft small">
        Since {time(item.startsAt, zone)}, seen in {time(item.window.from, zone)} to {time(item.window.to, zone)}
        {item.interval !== null && `, 95 % interval ${item.interval.map((one) => one.toPrecision(3)).join(' to ')}`}, n=
        {item.n}
      </p>
      {item.evidence.length > 0 && (
        <DataTable
          label={`Evidence of ${item.ruleName}`}
          columns={[{ title: 'Request' }, { title: 'When' }, { title: 'Status' }, { title: 'Cause' }]}
          rows={item.evidence.map((one) => [
            <a class="mono" href={hrefTo(`/invocations/${encodeURIComponent(one.requestId)}`)}>
              {one.requestId.slice(0, 13)}…
            </a>,
            <When at={one.timestamp} />,
            one.status,
            <>
              {one.cause ?? '–'}
              {one.line !== undefined && one.line !== null && <span class="interval mono">{visible(one.line)}</span>}
            </>,
          ])}
        />
      )}
      <p class="controls">
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
