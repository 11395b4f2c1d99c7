import { mb } from '../../../ingest/text/quantities.ts';
import type { ChangesAnswer } from '../../../server/http/contract/changes.ts';
import type { FunctionAnswer } from '../../../server/http/contract/functions.ts';
import { useQuery } from '../../api/use-query.ts';
import { DifferenceTable, VerdictBadge } from '../../components/comparison.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { ReportedDeploy } from '../../components/reported-deploy.tsx';
import { Section } from '../../components/section.tsx';
import { count, time, visible } from '../../format.ts';
import { changeLabel, changeReason, changeSummary } from '../../i18n/change.ts';
import { listText } from '../../i18n/lists.ts';
import { reasonText } from '../../i18n/reason.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, shownLanguage, t, translated } from '../../i18n/translate.ts';
import { useView } from '../../state/view.ts';
import { fieldName } from './change-fields.ts';

/** The Changes tab: each change with its effect, and all configurations. */
export function Changes({ id, facts }: { readonly id: string; readonly facts: FunctionAnswer }) {
  const view = useView();
  const answer = useQuery('listChanges', { query: { ...view.rangeQuery, function: id } });
  const data = answer.data;
  return (
    <>
      <ErrorBanner result={answer} what={t('changes')} />
      {data !== null && data.items.length === 0 && (
        <EmptyState title={t('No changes in this time range')}>
          <p>{t('No new version, memory size, extension, runtime or configuration, and no shift of a metric.')}</p>
        </EmptyState>
      )}
      {data?.items.map((item) => (
        <Change item={item} />
      ))}
      {data?.truncated === true && (
        <p class="soft small">{t('Only the newest of {n} changes are shown.', { n: count(data.total) })}</p>
      )}
      {(data !== null || answer.error !== null) && <Deploys deploys={facts.deploys} />}
      {(data !== null || answer.error !== null) && <Configurations facts={facts} />}
    </>
  );
}

type Item = ChangesAnswer['items'][number];

const SOURCES: Readonly<Record<Item['source'], Message>> = {
  logs: message('detected in logs'),
  inventory: message('from the inventory'),
  level: message('a metric shifted for an unknown reason'),
};

export function Change({ item, named = false }: { readonly item: Item; readonly named?: boolean }) {
  const { zone } = useView();
  return (
    <Section
      title={visible(
        named ? t('{name}: {label}', { name: item.function.name, label: changeLabel(item) }) : changeLabel(item),
      )}
      aside={<VerdictBadge verdict={item.verdict} />}
    >
      <p>
        {time(item.at, zone)} · {translated(SOURCES[item.source])}
        {item.n !== null &&
          ` · ${t('{n, plural, one {# invocation} other {# invocations}} before, {after} after', {
            n: item.n.before,
            after: count(item.n.after),
          })}`}
      </p>
      {item.deploy !== null && <ReportedDeploy deploy={item.deploy} />}
      {item.reason === null && <p>{changeSummary(item)}</p>}
      {item.effect !== null && <p>{visible(reasonText(item.effect, item.effectCode))}</p>}
      {item.reason !== null && (
        <p class="soft">{changeReason(item) ?? (shownLanguage() === 'en' ? item.reason : changeSummary(item))}</p>
      )}
      <ChangedValues before={item.before} after={item.after} />
      {item.differences.length > 0 && (
        <details>
          <summary>{t('Effect')}</summary>
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
      label={t('Changed values')}
      columns={[{ title: t('Field') }, { title: t('Before') }, { title: t('After') }]}
      rows={keys.map((key) => [fieldName(key), text(before[key]), text(after[key])])}
    />
  );
}

const DEPLOY_KINDS: Readonly<Record<FunctionAnswer['deploys'][number]['kind'], Message>> = {
  create: message('function created'),
  code: message('code updated'),
  configuration: message('configuration updated'),
  unknown: message('updated'),
};

/** Updates of $LATEST, which logs do not show. */
function Deploys({ deploys }: { readonly deploys: FunctionAnswer['deploys'] }) {
  const { zone } = useView();
  if (deploys.length === 0) return null;
  return (
    <Section title={t('Updates of $LATEST')}>
      <DataTable
        label={t('Updates of $LATEST')}
        columns={[
          { title: t('Time') },
          { title: t('Update') },
          { title: t('Reported by') },
          { title: t('Code SHA-256') },
        ]}
        rows={deploys.map((row) => [
          time(row.at, zone),
          translated(DEPLOY_KINDS[row.kind]),
          listText(row.sources.map((source) => (source === 'cloudtrail' ? 'CloudTrail' : t('inventory')))),
          <span class="mono">{visible(row.codeSha256 ?? '–').slice(0, 64)}</span>,
        ])}
      />
    </Section>
  );
}

function Configurations({ facts }: { readonly facts: FunctionAnswer }) {
  const { zone } = useView();
  return (
    <Section title={t('Configurations')}>
      <DataTable
        label={t('Configurations')}
        columns={[
          { title: t('Version') },
          { title: t('Memory'), number: true, values: facts.configurations.map((row) => row.memoryMb) },
          { title: t('Runtime') },
          { title: t('Environments'), number: true, values: facts.configurations.map((row) => row.environments) },
          { title: t('First seen'), values: facts.configurations.map((row) => row.firstSeenAt) },
          { title: t('Last seen'), values: facts.configurations.map((row) => row.lastSeenAt) },
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
