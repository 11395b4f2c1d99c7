/** Starts the client: the address picks the page. */
import { render } from 'preact';
import { EmptyState } from './components/query-states.tsx';
import { Shell } from './components/shell.tsx';
import { SignIn } from './pages/access/sign-in.tsx';
import { Alerts } from './pages/alerts/alerts.tsx';
import { Compare } from './pages/compare/compare.tsx';
import { Docs } from './pages/docs/docs.tsx';
import { FunctionPage } from './pages/function/function.tsx';
import { Functions } from './pages/functions/functions.tsx';
import { Connect } from './pages/ingest/connect.tsx';
import { Ingest } from './pages/ingest/ingest.tsx';
import { InvocationPage } from './pages/invocations/invocation.tsx';
import { TracePage } from './pages/invocations/trace.tsx';
import { ServiceMapPage } from './pages/network/map.tsx';
import { Network } from './pages/network/network.tsx';
import { Overview } from './pages/overview/overview.tsx';
import { Settings } from './pages/settings/settings.tsx';
import { interceptLinks, useLocation } from './state/location.ts';

function App() {
  const { path } = useLocation();
  if (path === '/sign-in') return <SignIn />;
  return <Shell>{pageOf(path)}</Shell>;
}

function pageOf(path: string) {
  const [, first = '', second] = path.split('/');
  if (first === '') return <Overview />;
  if (first === 'functions' && second === undefined) return <Functions />;
  if (first === 'functions' && second !== undefined) return <FunctionPage id={decodeURIComponent(second)} />;
  if (first === 'invocations' && second !== undefined) return <InvocationPage requestId={decodeURIComponent(second)} />;
  if (first === 'traces' && second !== undefined) return <TracePage traceId={decodeURIComponent(second)} />;
  if (first === 'network') return <Network />;
  if (first === 'map') return <ServiceMapPage />;
  if (first === 'compare') return <Compare />;
  if (first === 'alerts') return <Alerts />;
  if (first === 'settings') return <Settings />;
  if (first === 'ingest') return <Ingest />;
  if (first === 'connect') return <Connect />;
  if (first === 'docs') return <Docs />;
  return (
    <EmptyState title="No such page">
      <a href="/">Back to the overview</a>
    </EmptyState>
  );
}

const root = document.getElementById('app');
if (root !== null) {
  interceptLinks();
  render(<App />, root);
}
