import type { InstancesAnswer } from '../../../server/http/contract/alert-instances.ts';
import { useQuery } from '../../api/use-query.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorBanner, Freshness } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { time, visible } from '../../format.ts';
import { listText } from '../../i18n/lists.ts';
import { ruleNameText } from '../../i18n/reason.ts';
import { t, translated } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import { useAlertHistory } from './alert-history.ts';
import { AlertRow, notifiedText } from './alert-row.tsx';
import { endedText, summaryOf } from './alert-summary.ts';
import { Unrouted } from './rules.tsx';
import type { Rule } from './signals.ts';
import { conditionOf } from './signals.ts';
import { ALERT_STATUSES, severityName } from './state-names.ts';

type Instance = InstancesAnswer['items'][number];

const TONES: Readonly<Record<string, string>> = { critical: 'bad', warning: 'warm' };
const SEVERITIES = ['critical', 'warning', 'info'];

/** Firing alerts by rule, the worst first, each with its evidence and a silence; pending alerts, and the history of transitions. */
export function Firing() {
  const { filters } = useView();
  const answer = useQuery('listAlerts', { query: filters });
  const rules = useQuery('listAlertRules');
  const history = useQuery('listAlertHistory', { query: { ...filters, limit: 50 } });
  const items = answer.data?.items ?? [];
  const firing = items.filter((item) => item.state === 'firing');
  const pending = items.filter((item) => item.state === 'pending');
  return (
    <>
      <ErrorBanner result={answer} what={t('alerts')} shapes={{}} />
      {answer.data !== null && firing.length === 0 && (
        <EmptyState title={t('No firing alerts')}>
          <p>
            <Freshness result={answer} />
          </p>
          {rules.data !== null && <Watched rules={rules.data.items} />}
        </EmptyState>
      )}
      {groupsOf(firing).map((group) => (
        <RuleGroup
          key={group[0].ruleId}
          group={group}
          rule={rules.data?.items.find(({ id }) => id === group[0].ruleId) ?? null}
          reload={answer.reload}
        />
      ))}
      {pending.length > 0 && (
        <Section title={t('Pending alerts')}>
          <DataTable
            label={t('Pending alerts')}
            columns={[{ title: t('Rule') }, { title: t('Summary') }, { title: t('Since') }]}
            rows={pending.map((item) => [
              visible(ruleNameText(item.ruleName)),
              summaryOf(item),
              <Timestamp at={item.startsAt} />,
            ])}
          />
        </Section>
      )}
      <ErrorBanner result={history} what={t('the history')} />
      {history.data !== null && history.data.items.length > 0 && (
        <Section title={t('History')}>
          <DataTable
            label={t('Alert history')}
            columns={[{ title: t('Time') }, { title: t('State') }, { title: t('Summary') }]}
            rows={history.data.items.map((item) => [
              <Timestamp at={item.at} />,
              <span class={`badge ${item.status === 'firing' ? 'bad' : 'good'}`}>
                {translated(ALERT_STATUSES[item.status])}
              </span>,
              <>
                {summaryOf(item)}
                {item.reason !== null && <span class="interval">{endedText(item.reason)}</span>}
              </>,
            ])}
          />
        </Section>
      )}
    </>
  );
}

type Group = readonly [Instance, ...Instance[]];

/** Alerts by rule: the most severe rules first, and those with the most alerts. */
function groupsOf(firing: readonly Instance[]): readonly Group[] {
  const groups = new Map<string, [Instance, ...Instance[]]>();
  for (const item of firing) {
    const key = `${item.ruleId} ${item.ruleName}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [item]);
    else known.push(item);
  }
  return [...groups.values()].toSorted(
    ([a, ...others], [b, ...rest]) =>
      SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || rest.length - others.length,
  );
}

function RuleGroup({
  group,
  rule,
  reload,
}: {
  readonly group: Group;
  /** Null for alerts about the product itself. */
  readonly rule: Rule | null;
  readonly reload: () => void;
}) {
  const [first] = group;
  const history = useAlertHistory(rule, group);
  // Buttons of chat messages name the alert to silence.
  const chosen = useView().query.get('silence');
  const notified = new Set(group.map(notifiedText));
  const isSame = notified.size === 1 && group.length > 1;
  return (
    <Section
      title={visible(ruleNameText(first.ruleName))}
      aside={
        <>
          {group.length > 1 && (
            <span class="soft small">{t('{n, plural, one {# alert} other {# alerts}}', { n: group.length })}</span>
          )}
          <span class={`badge ${TONES[first.severity] ?? ''}`}>{severityName(first.severity)}</span>
          {rule !== null && <a href={hrefTo('/alerts', { tab: 'rules', edit: rule.id })}>{t('Edit rule')}</a>}
          {first.runbookUrl !== null && (
            <a href={first.runbookUrl} rel="noopener noreferrer">
              {t('Runbook')}
            </a>
          )}
        </>
      }
    >
      {rule !== null && (
        <p class="soft small">
          {conditionOf(rule)}
          {isSame && ` · ${notifiedText(first)}`}
        </p>
      )}
      {group.map((item) => (
        <AlertRow
          key={item.id}
          item={item}
          history={history.get(item.id) ?? null}
          notified={isSame && rule !== null ? null : notifiedText(item)}
          isChosen={item.id === chosen}
          reload={reload}
        />
      ))}
    </Section>
  );
}

/** What is watched while nothing fires. */
function Watched({ rules }: { readonly rules: readonly Rule[] }) {
  const receivers = useQuery('listReceivers');
  const enabled = rules.filter((rule) => rule.enabled);
  const failing = enabled.filter(({ state }) => state === 'error');
  return (
    <>
      <p>
        {t('{n, plural, one {# rule} other {# rules}} watched: {names}{more, plural, =0 {} other { and # others}}.', {
          n: enabled.length,
          names: listText(enabled.slice(0, MOST_NAMED).map(({ name }) => visible(ruleNameText(name)))),
          more: Math.max(0, enabled.length - MOST_NAMED),
        })}
      </p>
      {failing.length > 0 && (
        <p role="alert">
          {t('{n, plural, one {# rule} other {# rules}} cannot be evaluated.', { n: failing.length })}{' '}
          <a href={hrefTo('/alerts', { tab: 'rules' })}>{t('Show rules')}</a>
        </p>
      )}
      {receivers.data?.items.length === 0 ? (
        <p>
          {t('No one would be notified: there are no receivers.')}{' '}
          <a href={hrefTo('/alerts', { tab: 'receivers' })}>{t('Add a receiver')}</a>
        </p>
      ) : (
        <Unrouted rules={rules} />
      )}
      {enabled.some(({ signal }) => signal.kind === 'ingestSilence') && (
        <p class="soft small">
          {t(
            'That no lines arrive is watched for sources that go on delivering: imported and simulated data are left out.',
          )}
        </p>
      )}
      <p>
        <a href={hrefTo('/alerts', { tab: 'rules', new: '1' })}>{t('New rule')}</a>
      </p>
    </>
  );
}

const MOST_NAMED = 6;

function Timestamp({ at }: { readonly at: string }) {
  const { zone } = useView();
  return <span class="mono">{time(at, zone)}</span>;
}
