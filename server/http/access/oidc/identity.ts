/** The identity provider of a server. */
import type { SsrfSafeClient } from '../../../alerts/egress/egress-client.ts';
import type { Config } from '../../../config/environment.ts';
import type { OidcProvider } from './provider.ts';

export const LOGIN_PATH = '/auth/oidc/login';
export const CALLBACK_PATH = '/auth/oidc/callback';

/** Null without an identity provider. */
export type Identity = { provider(): Promise<OidcProvider> } | null;

interface Dependencies {
  readonly config: Pick<Config, 'oidc' | 'publicUrl'>;
  readonly egress: Pick<SsrfSafeClient, 'send'>;
  /** Epoch ms. */
  readonly now: () => number;
}

/** The identity provider of the settings, loaded on first use; null without one. */
export function identityOf({ config, egress, now }: Dependencies): Identity {
  const { oidc: settings, publicUrl } = config;
  if (settings === null || publicUrl === null) return null;
  let loaded: Promise<OidcProvider> | undefined;
  const load = async (): Promise<OidcProvider> => {
    const { OidcProvider } = await import('./provider.ts');
    return new OidcProvider({
      settings,
      redirectUri: `${publicUrl}${CALLBACK_PATH}`,
      now,
      send: async (url, { method, headers, body }) => {
        const answer = await egress.send({ url, method: method === 'POST' ? 'POST' : 'GET', headers, body });
        return new Response(answer.body === '' ? null : answer.body, {
          status: answer.status,
          headers: { 'content-type': answer.headers['content-type'] ?? '' },
        });
      },
    });
  };
  return { provider: () => (loaded ??= load()) };
}
