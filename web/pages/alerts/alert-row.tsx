import { useState } from 'preact/hooks';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { significant } from '../../../ingest/text/quantities.ts';
import type { InstancesAnswer } from '../../../server/http/contract/alert-instances.ts';
import { call } from '../../api/client.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { ago, duration, ofLargest, quantity, time, visible } from '../../format.ts';
import { listText } from '../../i18n/lists.ts';
import { ruleNameText } from '../../i18n/reason.ts';
import { codeText } from '../../i18n/server-texts.ts';
import { t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { useNow } from '../../state/clock.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import { groupHref } from '../errors/error-cells.tsx';
import { summaryOf, withoutLeads } from './alert-summary.ts';

type Instance = InstancesAnswer['items'][number];

/** The function's id in the API; where it was inferred from a log group alone, account and region are empty. */
function functionIdOf({ account = '', region = '' }: Instance['labels'], name: string): string {
  return `${account}:${region}:${name}`;
}

const MINUTE_REFRESH_MS = 10_000;

/** A firing alert: value against threshold, since when, who is notified, what explains it, and a silence. */
export function AlertRow({
  item,
  history,
  notified,
  isChosen,
  reload,
}: {
  readonly item: Instance;
  /** Whom it is sent to; null where the panel says it of all of its alerts. */
  readonly notified: string | null;
  /** Values of the last 6 hours; null if they are not known. */
  readonly history: readonly (number | null)[] | null;
  /** The address asks to silence this one. */
  readonly isChosen: boolean;
  readonly reload: () => void;
}) {
  const { zone } = useView();
  const nowMs = useNow(MINUTE_REFRESH_MS);
  const name = item.labels['function'];
  return (
    <article class={isChosen ? 'alert-row chosen' : 'alert-row'} ref={isChosen ? showRow : null}>
      <div class="alert-figures">
        <div class="alert-value">{item.value === null ? t('no data') : amount(item.value, item.unit)}</div>
        <div class="soft small">{t('limit {threshold}', { threshold: amount(item.threshold, item.unit) })}</div>
        {history !== null && (
          <Sparkline
            values={ofLargest(history)}
            label={t('{ruleName}, last 6 hours', { ruleName: ruleNameText(item.ruleName) })}
          />
        )}
      </div>
      <div class="alert-text">
        <p>
          {name !== undefined && (
            <a class="strong" href={hrefTo('/functions', { q: name })}>
              {visible(name)}
            </a>
          )}{' '}
          {item.silenced && <span class="badge">{t('silenced')}</span>}
          {item.inhibited && <span class="badge">{t('inhibited')}</span>}
          {item.failing && <span class="badge warm">{t('evaluation failing')}</span>}
          {/* The panel names the rule, and the link the function. */}
          {withoutLeads(summaryOf(item), [name, ruleNameText(item.ruleName)])}
        </p>
        <p class="soft small">
          {t('Started {time}.', { time: ago(Date.parse(item.startsAt), nowMs) })} {notified}
        </p>
        <div class="alert-more small">
          {name !== undefined && item.labels['error'] !== undefined && (
            <a href={groupHref(functionIdOf(item.labels, name), item.labels['error'])}>{t('Failures of this group')}</a>
          )}
          <details>
            <summary>{t('Evidence and times')}</summary>
            <p class="soft">
              {t(
                'Since {since}, window {from} to {to}{interval, select, none {} other {, 95 % interval {interval}}}, n={n}',
                {
                  since: time(item.startsAt, zone),
                  from: time(item.window.from, zone),
                  to: time(item.window.to, zone),
                  interval:
                    item.interval === null ? 'none' : item.interval.map((one) => significant(one, 3)).join(' – '),
                  n: item.n,
                },
              )}
            </p>
            {item.evidence.length > 0 && <Evidence item={item} />}
          </details>
          {!item.silenced && (
            <details open={isChosen}>
              <summary>{t('[verb] Silence')}</summary>
              <SilenceForm item={item} reload={reload} />
            </details>
          )}
        </div>
      </div>
    </article>
  );
}

/** Times of more than a second are not read in milliseconds. */
function amount(value: number, unit: string): string {
  return unit === 'ms' ? duration(value) : quantity(value, unit);
}

/** Whom an alert is sent to, in a sentence. */
export function notifiedText({ notifies }: Instance): string {
  return notifies.length === 0
    ? t('No one is notified: no route matches.')
    : t('Notifies {receivers}.', { receivers: visible(listText(notifies)) });
}

function showRow(row: HTMLElement | null): void {
  row?.scrollIntoView({ block: 'center' });
}

function Evidence({ item }: { readonly item: Instance }) {
  const { zone } = useView();
  return (
    <DataTable
      label={t('Evidence for {ruleName}', { ruleName: ruleNameText(item.ruleName) })}
      columns={[{ title: t('Request') }, { title: t('Time') }, { title: t('Status') }, { title: t('Cause') }]}
      rows={item.evidence.map((one) => [
        <a class="mono" href={hrefTo(`/invocations/${encodeURIComponent(one.requestId)}`)}>
          {one.requestId.slice(0, 13)}…
        </a>,
        <span class="mono">{time(one.timestamp, zone)}</span>,
        codeText(one.status),
        <>
          {causeText(one.cause)}
          {one.line !== undefined && one.line !== null && <span class="interval mono">{visible(one.line)}</span>}
        </>,
      ])}
    />
  );
}

/** The cause of a cold start by its name; another text as it is. */
function causeText(cause: string | null): string {
  if (cause === null) return '–';
  return visible(codeText(cause));
}

const HOURS = [2, 24, 168];

/** Silences the alert by its labels, with a reason for those who find it. */
function SilenceForm({ item, reload }: { readonly item: Instance; readonly reload: () => void }) {
  const action = useAction();
  const [reason, setReason] = useState('');
  const silence = (hours: number): void =>
    action.run(async () => {
      const matchers = Object.entries(item.labels).map(([label, value]) => ({ name: label, value }));
      const endsAt = new Date(Date.now() + hours * HOUR_MS).toISOString();
      const comment =
        reason.trim() === ''
          ? t('Silenced from the Alerts page: {rule}', { rule: ruleNameText(item.ruleName) })
          : reason.trim();
      await call('createSilence', { body: { matchers, endsAt, comment } });
      reload();
      return t('Silenced for {hours, plural, one {# hour} other {# hours}}.', { hours });
    });
  return (
    <>
      <p class="controls">
        {HOURS.map((hours) => (
          <button type="button" class="small" disabled={action.busy} onClick={() => silence(hours)}>
            {hours === 168 ? t('Silence 7 days') : t('Silence {hours} h', { hours })}
          </button>
        ))}
        <label class="small">
          {t('reason')} <input value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
      </p>
      <ActionResult action={action} />
    </>
  );
}
