/** Starts the client: the address picks the page. */
import { render } from 'preact';
import { Alerts } from './pages/alerts.tsx';
import { Compare } from './pages/compare.tsx';
import { Connect } from './pages/connect.tsx';
import { Docs } from './pages/docs.tsx';
import { FunctionPage } from './pages/function.tsx';
import { Functions } from './pages/functions.tsx';
import { Ingest } from './pages/ingest.tsx';
import { InvocationPage } from './pages/invocation.tsx';
import { ServiceMapPage } from './pages/map.tsx';
import { Network } from './pages/network.tsx';
import { Overview } from './pages/overview.tsx';
import { Settings } from './pages/settings.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { TracePage } from './pages/trace.tsx';
import { Shell } from './parts/shell.tsx';
import { Empty } from './parts/states.tsx';
import { interceptLinks, usePlace } from './state/location.ts';

function App() {
  const { path } = usePlace();
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
    <Empty title="No such page">
      <a href="/">Back to the overview</a>
    </Empty>
  );
}

const root = document.getElementById('app');
if (root !== null) {
  interceptLinks();
  render(<App />, root);
}
