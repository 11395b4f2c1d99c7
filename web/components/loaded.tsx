import type { FunctionComponent } from 'preact';
import { useEffect, useState } from 'preact/hooks';

interface LoadedProps<P> {
  /** Fetches the component's code. */
  readonly from: () => Promise<FunctionComponent<P>>;
  readonly props: P;
}

/** A component whose code is fetched when it is first shown; nothing until then. Showing it again tries again. */
export function Loaded<P extends object>({ from, props }: LoadedProps<P>) {
  const [loaded, setLoaded] = useState<{ readonly Component: FunctionComponent<P> } | null>(null);
  useEffect(() => {
    from().then(
      (Component) => setLoaded({ Component }),
      () => undefined,
    );
  }, []);
  return loaded === null ? null : <loaded.Component {...props} />;
}
