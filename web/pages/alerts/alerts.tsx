import { pageTitle } from '../../i18n/server-texts.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import { Deliveries } from './deliveries.tsx';
import { Firing } from './firing.tsx';
import { Receivers } from './receivers.tsx';
import { Routes } from './routes.tsx';
import { Rules } from './rules.tsx';
import { Silences } from './silences.tsx';

const TABS = [
  ['firing', message('Firing'), Firing],
  ['rules', message('Rules'), Rules],
  ['silences', message('Silences'), Silences],
  ['receivers', message('Receivers'), Receivers],
  ['routes', message('Routes'), Routes],
  ['deliveries', message('Deliveries'), Deliveries],
] as const;

/** Alerts, in tabs: firing, rules, silences, receivers, routes and deliveries. */
export function Alerts() {
  const { query } = useView();
  const asked = query.get('tab');
  const tab = TABS.some(([key]) => key === asked) ? asked : 'firing';
  return (
    <>
      <div class="title">
        <h1>{pageTitle('alerts')}</h1>
      </div>
      <nav class="tabs" aria-label={t('Views of alerts')}>
        {TABS.map(([key, label]) => (
          <a href={hrefTo('/alerts', { tab: key })} aria-current={tab === key ? 'page' : undefined}>
            {translated(label)}
          </a>
        ))}
      </nav>
      {TABS.map(([key, , View]) => (key === tab ? <View /> : null))}
    </>
  );
}
