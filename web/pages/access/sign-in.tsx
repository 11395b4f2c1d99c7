import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import { clearQueryCache } from '../../api/use-query.ts';
import { navigate, useLocation } from '../../state/location.ts';

/** Signs in with a token or the password: typed, or carried in the link that the first start prints. */
export function SignIn() {
  const { query } = useLocation();
  const [secret, setSecret] = useState('');
  const [error, setError] = useState<string | null>(null);
  const enter = (text: string): void => {
    call('signIn', { body: { secret: text } }).then(
      () => navigate(ownPath(query.get('next'))),
      (reason: unknown) => setError(reason instanceof Error ? reason.message : 'Sign-in failed'),
    );
  };
  useEffect(() => {
    clearQueryCache();
    const carried = /^#token=(.+)$/.exec(window.location.hash)?.[1];
    if (carried === undefined) return;
    // The token must not stay in the address bar or the history.
    window.history.replaceState(null, '', '/sign-in');
    enter(decodeURIComponent(carried));
  }, []);
  return (
    <main>
      <section class="panel empty">
        <p>
          <img src="/icon.svg" alt="" width="48" height="48" />
        </p>
        <h1>Thermocline</h1>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            enter(secret);
          }}
        >
          <p>
            <label>
              Token or password{' '}
              <input
                type="password"
                name="secret"
                autocomplete="current-password"
                value={secret}
                onInput={(event) => setSecret(event.currentTarget.value)}
              />
            </label>{' '}
            <button type="submit" class="primary">
              Sign in
            </button>
          </p>
        </form>
        {error !== null && (
          <p role="alert">
            <strong>{error}</strong>
          </p>
        )}
        <p class="soft small">The first start printed an admin token. On the server, this makes another one:</p>
        <pre>npx thermocline token create me --scope admin</pre>
      </section>
    </main>
  );
}

/** Only paths of this site: no scheme, no host. */
function ownPath(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}
