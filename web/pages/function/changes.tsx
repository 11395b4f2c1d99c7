import { count, mb, plural } from '../../../ingest/text/quantities.ts';
import type { ChangesAnswer } from '../../../server/http/contract/changes.ts';
import type { FunctionAnswer } from '../../../server/http/contract/functions.ts';
import { useQuery } from '../../api/use-query.ts';
import { DifferenceTable, VerdictBadge } from '../../components/comparison.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { useView } from '../../state/view.ts';

/** The Versions & changes tab: each change with its effect, and all configurations. */
export function Changes({ id, facts }: { readonly id: string; readonly facts: FunctionAnswer }) {
  const view = useView();
  const answer = useQuery('listChanges', { query: { ...view.rangeQuery, function: id } });
  const data = answer.data;
  return (
    <>
      <ErrorBanner result={answer} what="changes" />
      {data !== null && data.items.length === 0 && (
        <EmptyState title="No changes in this time range">
          <p>No new version, memory size, extension, runtime or configuration, and no shift of a metric.</p>
        </EmptyState>
      )}
      {data?.items.map((item) => (
        <Change item={item} />
      ))}
      {data?.truncated === true && <p class="soft small">Only the newest of {count(data.total)} changes are shown.</p>}
      {(data !== null || answer.error !== null) && <Deploys deploys={facts.deploys} />}
      {(data !== null || answer.error !== null) && <Configurations facts={facts} />}
    </>
  );
}

const SOURCES = {
  logs: 'detected in logs',
  inventory: 'from the inventory',
  level: 'a metric shifted for an unknown reason',
};

export function Change({
  item,
  named = false,
}: {
  readonly item: ChangesAnswer['items'][number];
  readonly named?: boolean;
}) {
  const { zone } = useView();
  return (
    <Section
      title={`${named ? `${item.function.name}: ` : ''}${item.kinds.join(', ')}`}
      aside={<VerdictBadge verdict={item.verdict} />}
    >
      <p>
        {time(item.at, zone)} · {SOURCES[item.source]}
        {item.n !== null && ` · ${plural(item.n.before, 'invocation')} before, ${count(item.n.after)} after`}
      </p>
      {item.reason === null && <p>{item.summary}</p>}
      {item.effect !== null && <p>{visible(item.effect)}</p>}
      {item.reason !== null && <p class="soft">{item.reason}</p>}
      <ChangedValues before={item.before} after={item.after} />
      {item.differences.length > 0 && (
        <details>
          <summary>Effect</summary>
          <DifferenceTable rows={item.differences} />
        </details>
      )}
    </Section>
  );
}

/** What changed, field by field. */
export function ChangedValues({
  before,
  after,
}: {
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
}) {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  if (keys.length === 0) return null;
  const text = (value: unknown): string =>
    value === undefined || value === null
      ? '–'
      : visible(typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200);
  return (
    <DataTable
      label="Changed values"
      columns={[{ title: 'Field' }, { title: 'Before' }, { title: 'After' }]}
      rows={keys.map((key) => [key, text(before[key]), text(after[key])])}
    />
  );
}

const DEPLOY_KINDS = {
  create: 'function created',
  code: 'code updated',
  configuration: 'configuration updated',
  unknown: 'updated',
};

/** Updates of $LATEST, which logs do not show. */
function Deploys({ deploys }: { readonly deploys: FunctionAnswer['deploys'] }) {
  const { zone } = useView();
  if (deploys.length === 0) return null;
  return (
    <Section title="Updates of $LATEST">
      <DataTable
        label="Updates of $LATEST"
        columns={[{ title: 'Time' }, { title: 'Update' }, { title: 'Reported by' }, { title: 'Code SHA-256' }]}
        rows={deploys.map((row) => [
          time(row.at, zone),
          DEPLOY_KINDS[row.kind],
          row.sources.map((source) => (source === 'cloudtrail' ? 'CloudTrail' : 'inventory')).join(', '),
          <span class="mono">{visible(row.codeSha256 ?? '–').slice(0, 64)}</span>,
        ])}
      />
    </Section>
  );
}

function Configurations({ facts }: { readonly facts: FunctionAnswer }) {
  const { zone } = useView();
  return (
    <Section title="Configurations">
      <DataTable
        label="Configurations"
        columns={[
          { title: 'Version' },
          { title: 'Memory', number: true },
          { title: 'Runtime' },
          { title: 'Environments', number: true },
          { title: 'First seen' },
          { title: 'Last seen' },
        ]}
        rows={facts.configurations.map((row) => [
          row.version ?? '–',
          mb(row.memoryMb),
          row.runtimeVersion ?? '–',
          count(row.environments),
          time(row.firstSeenAt, zone),
          time(row.lastSeenAt, zone),
        ])}
      />
    </Section>
  );
}
