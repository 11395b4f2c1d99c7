import { useEffect, useState } from 'preact/hooks';
import { call } from '../../api/client.ts';
import type { AnswerOf, RequestOf } from '../../api/request.ts';
import { clearQueryCache } from '../../api/use-query.ts';
import { LanguagePicker } from '../../components/language-picker.tsx';
import { PasswordField } from '../../components/password-field.tsx';
import { t } from '../../i18n/translate.ts';
import { isLocal, navigate, useLocation } from '../../state/location.ts';

/**
 * Signs in with the identity provider, with a token or a password, or with the one-time code in a link that the server printed. A link of an
 * invitation asks for the password that its user chooses. What a link carries does not stay in the browser's history.
 */
export function SignIn() {
  const { query } = useLocation();
  const [secret, setSecret] = useState('');
  const [user, setUser] = useState('');
  const [invitation, setInvitation] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [options, setOptions] = useState<AnswerOf<'getSignInOptions'> | null>(null);
  const signIn = (body: RequestOf<'signIn'>['body']): void => {
    call('signIn', { body }).then(
      () => navigate(localPath(query.get('next'))),
      (reason: unknown) => setError(reason instanceof Error ? reason.message : t('Sign-in failed')),
    );
  };
  useEffect(() => {
    clearQueryCache();
    call('getSignInOptions').then(setOptions, () => undefined);
    const [, kind, code] = /^#(code|invitation)=([\w-]+)$/.exec(window.location.hash) ?? [];
    if (code === undefined) return;
    window.history.replaceState(null, '', '/sign-in');
    if (kind === 'invitation') setInvitation(code);
    else signIn({ code });
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
            if (invitation !== '') signIn({ invitation, password: secret });
            else signIn(user === '' ? { secret } : { user, password: secret });
          }}
        >
          <p class="controls stacked">
            {options?.users && invitation === '' && (
              <label class="small">
                {t('User name, if you have one')}{' '}
                <input autocomplete="username" value={user} onInput={(event) => setUser(event.currentTarget.value)} />
              </label>
            )}
            <PasswordField
              label={invitation === '' ? t('Token or password') : t('Choose a password, 12 characters or more')}
              value={secret}
              set={setSecret}
              isNew={invitation !== ''}
            />
            <button type="submit" class="primary">
              {t('Sign in')}
            </button>
          </p>
        </form>
        {options?.oidc && (
          <p>
            <a
              class="button"
              href={`${options.oidc.path}?returnTo=${encodeURIComponent(localPath(query.get('next')))}`}
            >
              {t('Sign in with {name}', { name: options.oidc.name })}
            </a>
          </p>
        )}
        {error !== null && (
          <p role="alert">
            <strong>{error}</strong>
          </p>
        )}
        <p class="soft small">
          {t(
            'The server printed an admin token when it was started for the first time. To print a link that signs in once, run this on the server:',
          )}
        </p>
        <pre>npx thermocline sign-in</pre>
        <LanguagePicker />
      </section>
    </main>
  );
}

/** Prevents an open redirect: accepts paths of this site only. */
function localPath(next: string | null): string {
  return next !== null && isLocal(next) ? next : '/';
}
