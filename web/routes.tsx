/** Binds each page of the list to its component. A page without one, or with other parameters, does not compile. */

import type { ComponentType } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { PageMatch, PageName, PageParams } from '../server/http/contract/pages.ts';
import { EmptyState } from './components/query-states.tsx';
import { withSetupTexts } from './i18n/languages.ts';
import { pageTitle } from './i18n/server-texts.ts';
import { t } from './i18n/translate.ts';
import { trackRequest } from './state/page-ready.ts';
import { setTitle } from './state/title.ts';

type LoadPage<Name extends PageName> = () => Promise<ComponentType<PageParams<Name>>>;

/** The code of a page is fetched when it is first opened: no page pays for the others. */
const ROUTES: { readonly [Name in PageName]: LoadPage<Name> } = {
  overview: () => import('./pages/overview/overview.tsx').then(({ Overview }) => Overview),
  functions: () => import('./pages/functions/functions.tsx').then(({ Functions }) => Functions),
  function: () => import('./pages/function/function.tsx').then(({ FunctionPage }) => FunctionPage),
  changes: () => import('./pages/changes/changes.tsx').then(({ Changes }) => Changes),
  errors: () => import('./pages/errors/errors.tsx').then(({ Errors }) => Errors),
  errorGroup: () => import('./pages/errors/error-group.tsx').then(({ ErrorGroupPage }) => ErrorGroupPage),
  invocation: () => import('./pages/invocations/invocation.tsx').then(({ InvocationPage }) => InvocationPage),
  logs: () => import('./pages/logs/logs.tsx').then(({ Logs }) => Logs),
  trace: () => import('./pages/invocations/trace.tsx').then(({ TracePage }) => TracePage),
  rightSizing: () => import('./pages/right-sizing/right-sizing.tsx').then(({ RightSizing }) => RightSizing),
  network: () => import('./pages/network/network.tsx').then(({ Network }) => Network),
  map: () => import('./pages/network/map.tsx').then(({ ServiceMapPage }) => ServiceMapPage),
  compare: () => import('./pages/compare/compare.tsx').then(({ Compare }) => Compare),
  report: () => import('./pages/report/report.tsx').then(({ Report }) => Report),
  sql: () => withSetupTexts(import('./pages/sql/sql.tsx')).then(({ Sql }) => Sql),
  alerts: () => import('./pages/alerts/alerts.tsx').then(({ Alerts }) => Alerts),
  ingest: () => withSetupTexts(import('./pages/ingest/ingest.tsx')).then(({ Ingest }) => Ingest),
  connect: () => withSetupTexts(import('./pages/ingest/connect.tsx')).then(({ Connect }) => Connect),
  settings: () => withSetupTexts(import('./pages/settings/settings.tsx')).then(({ Settings }) => Settings),
  docs: () => import('./pages/docs/docs.tsx').then(({ Docs }) => Docs),
  signIn: () => import('./pages/access/sign-in.tsx').then(({ SignIn }) => SignIn),
};

type AnyPage = ComponentType<Readonly<Record<string, string>>>;

const loaded = new Map<PageName, AnyPage>();

/** Renders a page, and loads its code first where that is needed. */
export function Page({ name, params }: PageMatch) {
  const [failed, setFailed] = useState<PageName | null>(null);
  const [, setReady] = useState<PageName | null>(null);
  const View = loaded.get(name);
  // Before the page's own effects: a page about one function or invocation sets its own title afterwards.
  useLayoutEffect(() => setTitle(pageTitle(name)), [name]);
  useEffect(() => {
    if (View !== undefined) return;
    let current = true;
    const settled = trackRequest();
    ROUTES[name]().then(
      (component) => {
        loaded.set(name, component as AnyPage);
        if (current) setReady(name);
      },
      () => {
        if (current) setFailed(name);
      },
    );
    return () => {
      current = false;
      // Runs after the effects of the loaded page: its first requests are counted by now.
      settled();
    };
  }, [name, View]);
  if (View !== undefined) return <View {...params} />;
  if (failed !== name) return null;
  return (
    <EmptyState title={t('Failed to load this page')}>
      <p>{t('The server may be down, or was updated since this tab was opened.')}</p>
      <p>
        <button type="button" class="primary" onClick={() => window.location.reload()}>
          {t('Reload')}
        </button>
      </p>
    </EmptyState>
  );
}
