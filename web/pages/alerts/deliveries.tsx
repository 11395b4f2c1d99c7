import type { DeliveriesAnswer } from '../../../server/http/contract/deliveries.ts';
import { call } from '../../api/client.ts';
import { oneOf } from '../../api/one-of.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState, ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { duration, time, visible } from '../../format.ts';
import { listText } from '../../i18n/lists.ts';
import { saidText } from '../../i18n/reason.ts';
import { t, translated } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { setSearchParams } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import { DELIVERY_STATES } from './state-names.ts';

type State = DeliveriesAnswer['items'][number]['state'];

const STATES: Readonly<Record<State, string>> = {
  delivered: 'good',
  pending: 'warm',
  refused: 'bad',
  exhausted: 'bad',
  gone: 'bad',
  cancelled: '',
  superseded: '',
};

type Delivery = DeliveriesAnswer['items'][number];

/** What was not taken stands above the rest of its page, each in the order of time. */
function failuresFirst(items: readonly Delivery[]): readonly Delivery[] {
  const isFailure = ({ state }: Delivery): boolean => STATES[state] === 'bad';
  return [...items.filter(isFailure), ...items.filter((one) => !isFailure(one))];
}

/** Deliveries of notifications: state, attempts with responses, and a button to redeliver. */
export function Deliveries() {
  const { query, zone } = useView();
  const action = useAction();
  const cursor = query.get('cursor');
  const answer = useQuery('listDeliveries', {
    query: {
      limit: 50,
      state: oneOf(Object.keys(STATES) as State[], query.get('state')),
      cursor: cursor === null ? undefined : Number(cursor),
    },
  });
  const redeliver = (id: string): void =>
    action.run(async () => {
      const { again: n } = await call('redeliverDeliveries', { body: { ids: [id] } });
      answer.reload();
      return t('{n, plural, one {# notification} other {# notifications}} queued for redelivery with the same ID.', {
        n,
      });
    });
  return (
    <Section
      title={t('Deliveries')}
      aside={
        <label class="small">
          {t('State')}{' '}
          <select
            value={query.get('state') ?? ''}
            onChange={(event) => setSearchParams({ state: event.currentTarget.value, cursor: null })}
          >
            <option value="">{t('any')}</option>
            {(Object.keys(STATES) as State[]).map((state) => (
              <option value={state}>{translated(DELIVERY_STATES[state])}</option>
            ))}
          </select>
        </label>
      }
    >
      <ActionResult action={action} />
      <ErrorBanner result={answer} what={t('deliveries')} shapes={{}} />
      {answer.data !== null && answer.data.items.length === 0 && (
        <EmptyState title={t('No deliveries')}>{null}</EmptyState>
      )}
      {answer.data !== null && answer.data.items.length > 0 && (
        <DataTable
          label={t('Deliveries')}
          columns={[
            { title: t('When') },
            { title: t('Receiver') },
            { title: t('State') },
            { title: t('Attempts') },
            { title: '' },
          ]}
          rows={failuresFirst(answer.data.items).map((one) => [
            <>
              <span class="mono">{time(one.createdAt, zone)}</span>
              <span class="interval">{one.type}</span>
            </>,
            visible(one.receiver),
            <>
              <span class={`badge ${STATES[one.state]}`}>{translated(DELIVERY_STATES[one.state])}</span>
              {one.nextAttemptAt !== null && (
                <span class="interval">{t('next {value}', { value: time(one.nextAttemptAt, zone).slice(11) })}</span>
              )}
            </>,
            <details>
              <summary>{t('{n, plural, one {# attempt} other {# attempts}}', { n: one.attempts.length })}</summary>
              <ul class="plain">
                {one.attempts.map((attempt) => (
                  <li class="small">
                    {time(attempt.at, zone)}:{' '}
                    {listText([
                      attempt.error === null ? String(attempt.status) : saidText(attempt.error),
                      duration(attempt.tookMs),
                    ])}
                    {attempt.answer !== null && attempt.answer !== '' && (
                      <pre class="code">{visible(attempt.answer)}</pre>
                    )}
                  </li>
                ))}
              </ul>
              <pre class="code">{visible(one.body)}</pre>
            </details>,
            one.state === 'pending' ? null : (
              <button type="button" disabled={action.busy} onClick={() => redeliver(one.id)}>
                {t('Redeliver')}
              </button>
            ),
          ])}
        />
      )}
      {answer.data !== null && answer.data.nextCursor !== null && (
        <p class="controls">
          <button type="button" onClick={() => setSearchParams({ cursor: answer.data?.nextCursor ?? null })}>
            {t('Older →')}
          </button>
        </p>
      )}
    </Section>
  );
}
