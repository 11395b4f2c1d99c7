/** Entry point of the web UI: renders the page at the current address. */

import { render } from 'preact';
import { matchPage } from '../server/http/contract/pages.ts';
import { EmptyState } from './components/query-states.tsx';
import { Shell } from './components/shell.tsx';
import { startLanguage } from './i18n/languages.ts';
import { t } from './i18n/translate.ts';
import { Page } from './routes.tsx';
import { interceptLinks, useLocation } from './state/location.ts';
import { useTitle } from './state/title.ts';

function App() {
  const { path } = useLocation();
  const match = matchPage(path);
  if (match?.name === 'signIn') return <Page {...match} />;
  return <Shell>{match === null ? <NotFound /> : <Page {...match} />}</Shell>;
}

function NotFound() {
  useTitle(t('Page not found'));
  return (
    <EmptyState title={t('Page not found')}>
      <a href="/">{t('Open the overview')}</a>
    </EmptyState>
  );
}

const root = document.getElementById('app');
if (root !== null) {
  interceptLinks();
  // Texts are read when a page is rendered: the catalogue comes first.
  void startLanguage().then(() => render(<App />, root));
}
