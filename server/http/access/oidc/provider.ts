/**
 * The identity provider: authorization code flow with PKCE, state and nonce, and its sign-outs (OpenID Connect Core, RP-Initiated Logout,
 * Back-Channel Logout). Loaded on first use.
 */
import type { JWTVerifyGetKey } from 'jose';
import { createRemoteJWKSet, customFetch as customJwksFetch, decodeJwt, jwtVerify } from 'jose';
import type { Configuration, ServerMetadata } from 'openid-client';
import * as client from 'openid-client';
import { MINUTE_MS, SECOND_MS } from '../../../../ingest/records/time.ts';
import type { OidcSettings } from '../../../config/oidc-settings.ts';
import type { Claims } from './grants.ts';
import { lacksClaim } from './grants.ts';
import type { Login } from './login-states.ts';

/** The provider's metadata is read again after it. */
const METADATA_MS = 10 * MINUTE_MS;
/** After a failure, the provider is not asked again for so long: strangers can begin sign-ins. */
const FAILED_MS = 5 * SECOND_MS;
/** Clocks may differ. */
const TOLERANCE_SEC = 30;
/** A sign-out that is older is not accepted. */
const LOGOUT_SEC = 600;
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Sends a request under the rules of outgoing ones. Rejects with an OutboundError. */
export type Send = (
  url: string,
  init: { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: string | null },
) => Promise<Response>;

export interface ProviderOptions {
  readonly settings: OidcSettings;
  /** Address of the callback, as registered at the provider. */
  readonly redirectUri: string;
  readonly send: Send;
  /** Epoch ms. */
  readonly now: () => number;
}

/** Why a sign-in failed. `unreachable`: the provider cannot be asked. `cancelled`: it says no. `invalid`: its answer is not acceptable. */
export type SignInFault = 'unreachable' | 'cancelled' | 'invalid';

export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly fault: SignInFault;

  constructor(fault: SignInFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** A user who signed in. */
export interface SignedIn {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
  readonly idToken: string;
  /** The session at the provider; null where it names none. */
  readonly sid: string | null;
}

export class OidcProvider {
  readonly #options: ProviderOptions;
  #metadata: { readonly value: Promise<ServerMetadata>; readonly untilMs: number } | null = null;
  #keys: { readonly uri: string; readonly of: JWTVerifyGetKey } | null = null;
  /** Ids of sign-outs that were carried out, and when they may be forgotten. */
  readonly #seen = new Map<string, number>();

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  /** Where the browser is sent to sign in. @throws ProviderError */
  async authorizationUrl({ state, nonce, verifier }: Login): Promise<URL> {
    const { settings, redirectUri } = this.#options;
    const configuration = await this.#configuration();
    return client.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: settings.scopes,
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
  }

  /** Redeems what the browser brought back. `query` begins with a question mark. @throws ProviderError */
  async redeem(query: string, { state, nonce, verifier }: Login): Promise<SignedIn> {
    const configuration = await this.#configuration();
    const callback = new URL(this.#options.redirectUri);
    callback.search = query;
    try {
      const tokens = await client.authorizationCodeGrant(configuration, callback, {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      });
      const [signed, idToken = ''] = [tokens.claims(), tokens.id_token];
      if (signed === undefined || idToken.length === 0) throw new ProviderError('invalid', 'no ID token');
      const { userinfo_endpoint: more } = configuration.serverMetadata();
      const claims =
        more !== undefined && lacksClaim(signed, this.#options.settings)
          ? { ...(await client.fetchUserInfo(configuration, tokens.access_token, signed.sub)), ...signed }
          : signed;
      const sid = typeof signed['sid'] === 'string' ? signed['sid'] : null;
      return { issuer: signed.iss, subject: signed.sub, claims, idToken, sid };
    } catch (error) {
      throw providerErrorOf(error);
    }
  }

  /** Where the browser is sent to sign out at the provider too; null if it offers none, or cannot be asked. */
  async endSessionUrl(hint: string | null, returnTo: string): Promise<URL | null> {
    try {
      const configuration = await this.#configuration();
      if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
      return client.buildEndSessionUrl(configuration, {
        post_logout_redirect_uri: returnTo,
        ...(hint === null ? {} : { id_token_hint: hint }),
      });
    } catch {
      return null;
    }
  }

  /** Checks a logout token, once. Returns whose sessions end. @throws ProviderError */
  async redeemLogout(
    token: string,
  ): Promise<{ readonly issuer: string; readonly subject: string | null; readonly sid: string | null }> {
    const { settings, now } = this.#options;
    try {
      // Before keys are fetched: anyone can send one.
      const { iss, aud } = decodeJwt(token);
      if (!isSameIssuer(iss, settings.issuer) || ![aud].flat().includes(settings.clientId))
        throw new ProviderError('invalid', 'a logout token of another issuer or client');
      const { issuer, jwks_uri: uri } = await this.#readMetadata();
      if (uri === undefined) throw new ProviderError('invalid', 'the provider has no keys');
      const { payload } = await jwtVerify(token, this.#keysAt(uri), {
        issuer,
        audience: settings.clientId,
        currentDate: new Date(now()),
        clockTolerance: TOLERANCE_SEC,
        maxTokenAge: LOGOUT_SEC,
        requiredClaims: ['iat', 'jti', 'events'],
      });
      const { events, nonce, sub, sid, jti } = payload as Claims & typeof payload;
      const isLogout = typeof events === 'object' && events !== null && LOGOUT_EVENT in events;
      const session = typeof sid === 'string' ? sid : null;
      if (!isLogout || nonce !== undefined || (sub === undefined && session === null) || jti === undefined)
        throw new ProviderError('invalid', 'not a logout token');
      this.#noteLogout(jti);
      return { issuer, subject: sub ?? null, sid: session };
    } catch (error) {
      throw providerErrorOf(error);
    }
  }

  /** @throws ProviderError if it was carried out before */
  #noteLogout(jti: string): void {
    const nowMs = this.#options.now();
    for (const [old, untilMs] of this.#seen) if (untilMs < nowMs) this.#seen.delete(old);
    if (this.#seen.has(jti)) throw new ProviderError('invalid', 'this logout token was used before');
    this.#seen.set(jti, nowMs + (LOGOUT_SEC + 2 * TOLERANCE_SEC) * SECOND_MS);
  }

  #keysAt(uri: string): JWTVerifyGetKey {
    if (this.#keys?.uri === uri) return this.#keys.of;
    const { send } = this.#options;
    const get = (url: string): Promise<Response> => send(url, { method: 'GET', headers: {}, body: null });
    this.#keys = { uri, of: createRemoteJWKSet(new URL(uri), { [customJwksFetch]: get }) };
    return this.#keys.of;
  }

  /** A configuration of its own for each sign-in: keys are fetched anew, so that a rotation holds at once. @throws ProviderError */
  async #configuration(): Promise<Configuration> {
    const { settings, now } = this.#options;
    const metadata = await this.#readMetadata();
    const { clientId, clientSecret: key } = settings;
    const ways = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const secret = ways.includes('client_secret_basic') ? client.ClientSecretBasic : client.ClientSecretPost;
    const configuration = new client.Configuration(
      metadata,
      clientId,
      { [client.clockTolerance]: TOLERANCE_SEC, [client.clockSkew]: Math.round((now() - Date.now()) / SECOND_MS) },
      key === null ? client.None() : secret(key),
    );
    configuration[client.customFetch] = this.#customFetch;
    client.enableNonRepudiationChecks(configuration);
    if (isInsecure(settings)) client.allowInsecureRequests(configuration);
    return configuration;
  }

  readonly #customFetch: client.CustomFetch = (url, { method, headers, body }) =>
    this.#options.send(url, { method, headers, body: body === undefined || body === null ? null : String(body) });

  /** @throws ProviderError */
  async #readMetadata(): Promise<ServerMetadata> {
    const nowMs = this.#options.now();
    const known = this.#metadata;
    if (known !== null && nowMs < known.untilMs && nowMs >= known.untilMs - METADATA_MS) return known.value;
    const value = this.#discover();
    this.#metadata = { value, untilMs: nowMs + METADATA_MS };
    value.catch(() => {
      this.#metadata = { value, untilMs: this.#options.now() + FAILED_MS };
    });
    return value;
  }

  async #discover(): Promise<ServerMetadata> {
    const { settings } = this.#options;
    try {
      const found = await client.discovery(new URL(settings.issuer), settings.clientId, undefined, client.None(), {
        [client.customFetch]: this.#customFetch,
        execute: isInsecure(settings) ? [client.allowInsecureRequests] : [],
      });
      return found.serverMetadata();
    } catch (error) {
      const found = providerErrorOf(error);
      // Without a sign-in there is nothing that could be invalid.
      throw new ProviderError('unreachable', found.message);
    }
  }
}

function isInsecure({ issuer }: OidcSettings): boolean {
  return issuer.toLowerCase().startsWith('http:');
}

/** Identifiers with and without a slash at the end are of one issuer; the provider's own is compared exactly afterwards. */
function isSameIssuer(given: string | undefined, configured: string): boolean {
  return given?.replace(/\/$/, '') === configured.replace(/\/$/, '');
}

function providerErrorOf(error: unknown): ProviderError {
  if (error instanceof ProviderError) return error;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    // By its name: this file has a bundle of its own, in which the class is another.
    if (cause.name === 'OutboundError') return new ProviderError('unreachable', cause.message);
  if (error instanceof client.AuthorizationResponseError)
    return new ProviderError(error.error === 'access_denied' ? 'cancelled' : 'invalid', error.error);
  return new ProviderError('invalid', error instanceof Error ? error.message : 'unknown');
}
