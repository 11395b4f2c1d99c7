import { PAGES } from '../../../server/http/contract/pages.ts';
import { hrefTo } from '../../state/location.ts';
import { useView } from '../../state/view.ts';
import { Deliveries } from './deliveries.tsx';
import { Firing } from './firing.tsx';
import { Receivers } from './receivers.tsx';
import { Routes } from './routes.tsx';
import { Rules } from './rules.tsx';
import { Silences } from './silences.tsx';

const TABS = [
  ['firing', 'Firing', Firing],
  ['rules', 'Rules', Rules],
  ['silences', 'Silences', Silences],
  ['receivers', 'Receivers', Receivers],
  ['routes', 'Routes', Routes],
  ['deliveries', 'Deliveries', Deliveries],
] as const;

/** Alerts, in tabs: firing, rules, silences, receivers, routes and deliveries. */
export function Alerts() {
  const { query } = useView();
  const tab = query.get('tab') ?? 'firing';
  return (
    <>
      <div class="title">
        <h1>{PAGES.alerts.title}</h1>
      </div>
      <nav class="tabs" aria-label="Views of alerts">
        {TABS.map(([key, label]) => (
          <a href={hrefTo('/alerts', { tab: key })} aria-current={tab === key ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      {TABS.map(([key, , View]) => (key === tab ? <View /> : null))}
    </>
  );
}
