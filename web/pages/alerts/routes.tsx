import { useState } from 'preact/hooks';
import type { RoutingDocument } from '../../../server/http/contract/routing.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { ActionResult } from '../../components/action-result.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ManagedNotice } from '../../components/managed-by.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { visible } from '../../format.ts';
import { clausesText } from '../../i18n/lists.ts';
import { t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { shownMatcher } from './matcher-text.ts';
import { severityName } from './state-names.ts';

type Route = RoutingDocument['routes'][number];

/** Routes in the order in which they are tried, a form for a new one, and who would be notified of an alert. */
export function Routes() {
  const answer = useQuery('getAlertRouting');
  const action = useAction();
  const routes = answer.data?.routes ?? [];
  const managed = answer.data?.managed.routes ?? null;
  const save = (next: readonly Route[], message: string): void =>
    action.run(async () => {
      // The server refuses the change if somebody else has changed the routes meanwhile.
      await call('updateAlertRouting', { body: { routes: [...next], revision: answer.data?.revision } });
      answer.reload();
      return message;
    });
  const moved = (at: number): readonly Route[] => {
    const [before, route] = [routes[at - 1], routes[at]];
    if (before === undefined || route === undefined) return routes;
    return routes.with(at - 1, route).with(at, before);
  };
  return (
    <>
      <ErrorBanner result={answer} what={t('routes')} shapes={{}} />
      {answer.data !== null && (
        <Section title={t('Routes')}>
          <p class="soft small">
            {t(
              'Tried from the top. The first route that matches takes the alert, unless it continues. Rules with receivers of their own need no route.',
            )}
          </p>
          <ManagedNotice by={managed} />
          <ActionResult action={action} />
          {routes.length === 0 ? (
            <p>{t('No routes: alerts from rules without receivers notify no one.')}</p>
          ) : (
            <DataTable
              label={t('Routes')}
              columns={[{ title: t('Alerts') }, { title: t('Receiver') }, { title: t('Grouping') }, { title: '' }]}
              rows={routes.map((route, at) => [
                <span class="mono">{matchersText(route)}</span>,
                <>
                  {visible(route.receiver)}
                  {route.continue && <span class="interval">{t('and the routes below')}</span>}
                </>,
                <>
                  {route.groupBy.join(', ')}
                  <span class="interval">
                    {t('after {groupWait}, again every {repeatInterval}', {
                      groupWait: route.groupWait,
                      repeatInterval: route.repeatInterval,
                    })}
                  </span>
                </>,
                managed === null && (
                  <div class="row-actions">
                    <button
                      type="button"
                      class="plain small"
                      disabled={action.busy || at === 0}
                      onClick={() => save(moved(at), t('Route moved up.'))}
                    >
                      {t('Move up')}
                    </button>
                    <button
                      type="button"
                      class="plain small"
                      disabled={action.busy}
                      onClick={() => save(routes.toSpliced(at, 1), t('Route removed.'))}
                    >
                      {t('Remove route')}
                    </button>
                  </div>
                ),
              ])}
            />
          )}
        </Section>
      )}
      {answer.data !== null && managed === null && (
        <NewRoute onAdd={(route) => save([...routes, route], t('Route added at the end.'))} />
      )}
      <WhoIsNotified />
    </>
  );
}

function matchersText({ matchers }: Route): string {
  if (matchers.length === 0) return t('all alerts');
  return visible(matchers.map(shownMatcher).join(', '));
}

const LABELS = ['severity', 'alertname', 'function', 'account', 'region'];

function NewRoute({ onAdd }: { readonly onAdd: (route: Route) => void }) {
  const receivers = useQuery('listReceivers');
  const action = useAction();
  const [label, setLabel] = useState('severity');
  const [value, setValue] = useState('');
  const [receiver, setReceiver] = useState('');
  const [continues, setContinues] = useState(false);
  const all = receivers.data?.items ?? [];
  const chosen = receiver === '' ? (all[0]?.id ?? '') : receiver;
  const add = (): void => {
    const matchers = value === '' ? [] : [{ name: label, value, isRegex: /[*|]/.test(value), isEqual: true }];
    const [groupWait, groupInterval, repeatInterval] = ['30s', '5m', '4h'];
    const timing = { groupWait, groupInterval, repeatInterval, muteTimes: [] };
    onAdd({ matchers, receiver: chosen, groupBy: ['alertname'], ...timing, continue: continues });
  };
  return (
    <Section title={t('New route')}>
      <ErrorBanner result={receivers} what={t('receivers')} />
      {receivers.data !== null && all.length === 0 ? (
        <p class="soft">{t('Add a receiver first.')}</p>
      ) : (
        <ActionForm action={action} submit={t('Add route')} onSubmit={add}>
          <label class="small">
            {t('alerts whose')}{' '}
            <select value={label} onChange={(event) => setLabel(event.currentTarget.value)}>
              {LABELS.map((one) => (
                <option value={one} lang="en">
                  {one}
                </option>
              ))}
            </select>
          </label>
          <label class="small">
            {t('is')}{' '}
            <input value={value} placeholder={t('anything')} onInput={(event) => setValue(event.currentTarget.value)} />
          </label>
          <label class="small">
            {t('go to')}{' '}
            <select value={chosen} onChange={(event) => setReceiver(event.currentTarget.value)}>
              {all.map((one) => (
                <option value={one.id}>{visible(one.name)}</option>
              ))}
            </select>
          </label>
          <label class="small">
            <input
              type="checkbox"
              checked={continues}
              onChange={(event) => setContinues(event.currentTarget.checked)}
            />{' '}
            {t('and to the routes below')}
          </label>
        </ActionForm>
      )}
    </Section>
  );
}

/** Asks the stored routes about an alert with these labels. */
function WhoIsNotified() {
  const action = useAction();
  const [name, setName] = useState('');
  const [severity, setSeverity] = useState('critical');
  const [functionName, setFunctionName] = useState('');
  const ask = (): void =>
    action.run(async () => {
      const { matched } = await call('previewAlertRouting', {
        body: { labels: { alertname: name, severity, function: functionName } },
      });
      if (matched.length === 0) return t('No one: no route matches this alert.');
      return clausesText(
        matched.map(({ route, receiver }) => t('{receiver}, by route {n}', { receiver, n: route + 1 })),
      );
    });
  return (
    <Section title={t('Who would be notified?')}>
      <ActionForm action={action} submit={t('Ask')} onSubmit={ask}>
        <label class="small">
          {t('rule name')} <input value={name} onInput={(event) => setName(event.currentTarget.value)} />
        </label>
        <label class="small">
          {t('of severity')}{' '}
          <select value={severity} onChange={(event) => setSeverity(event.currentTarget.value)}>
            {['info', 'warning', 'critical'].map((one) => (
              <option value={one}>{severityName(one)}</option>
            ))}
          </select>
        </label>
        <label class="small">
          {t('function name')}{' '}
          <input value={functionName} onInput={(event) => setFunctionName(event.currentTarget.value)} />
        </label>
      </ActionForm>
    </Section>
  );
}
