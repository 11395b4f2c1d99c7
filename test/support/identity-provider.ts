/** A genuine OpenID provider (npm `oidc-provider`) on loopback, and a browser that signs in with it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JWK, JWTPayload } from 'jose';
import { decodeJwt, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import type { TestProduct } from './product.ts';

/** The public address of the product. */
export const PUBLIC_URL = 'https://thermocline.example.com';
export const CLIENT = 'thermocline';
const SECRET = 'a secret of the client';

export interface Person {
  readonly name?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly groups?: readonly string[];
}

export interface TestProvider {
  readonly issuer: string;
  /** Settings of a product that uses it. */
  readonly settings: Readonly<Record<string, string>>;
  /** Users by their login. */
  readonly people: Map<string, Person>;
  /** Requests that it received, as `METHOD path`. */
  readonly requests: string[];
  /** Changes the claims of ID tokens before they are signed, with the provider's own key; null for none. */
  tamper: ((claims: JWTPayload) => JWTPayload) | null;
  /** The product to which sign-outs are sent. */
  product: TestProduct | null;
  /** Signs with a new key from now on; the old one is gone. */
  rotateKey(): Promise<void>;
  /** Signs claims with its key. */
  sign(claims: JWTPayload, type: string): Promise<string>;
  close(): Promise<void>;
}

async function newKey(id: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: id, alg: 'RS256', use: 'sig' };
}

const FIRST_KEY = 'first';
let sharedKey: Promise<JWK> | null = null;

/** `hasOwnKey`: signs with a key that no other provider has. The others share one, which takes a while to find, until they rotate it. */
export async function startProvider({ hasOwnKey = false } = {}): Promise<TestProvider> {
  let handle: ReturnType<Provider['callback']> | null = null;
  if (!hasOwnKey) sharedKey ??= newKey(FIRST_KEY);
  let key = await (hasOwnKey || sharedKey === null ? newKey(FIRST_KEY) : sharedKey);
  const server = createServer((request, response) => {
    made.requests.push(`${request.method} ${request.url?.split('?')[0]}`);
    void handle?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sign = async (claims: JWTPayload, type: string): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid ?? '', typ: type }).sign(await importJWK(key));
  const start = (): void => {
    const provider = providerWith(issuer, key, made);
    provider.use(async (context, next) => {
      await next();
      const { body } = context as { body?: { id_token?: string } };
      if (made.tamper === null || context.path !== '/token' || body?.id_token === undefined) return;
      body.id_token = await sign(made.tamper(decodeJwt(body.id_token)), 'JWT');
    });
    handle = provider.callback();
  };
  const made: TestProvider = {
    issuer,
    settings: {
      THERMOCLINE_PUBLIC_URL: PUBLIC_URL,
      THERMOCLINE_OIDC_ISSUER: issuer,
      THERMOCLINE_OIDC_CLIENT_ID: CLIENT,
      THERMOCLINE_OIDC_CLIENT_SECRET: SECRET,
      THERMOCLINE_OUTBOUND_ALLOW: '127.0.0.0/8',
      THERMOCLINE_OUTBOUND_HTTP: 'on',
    },
    people: new Map(),
    requests: [],
    tamper: null,
    product: null,
    sign,
    rotateKey: async () => {
      key = await newKey(`${key.kid}-next`);
      start();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  start();
  return made;
}

function providerWith(issuer: string, key: JWK, made: TestProvider): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT,
        client_secret: SECRET,
        redirect_uris: [`${PUBLIC_URL}/auth/oidc/callback`],
        post_logout_redirect_uris: [`${PUBLIC_URL}/`],
        backchannel_logout_uri: `${PUBLIC_URL}/auth/oidc/backchannel-logout`,
        backchannel_logout_session_required: true,
      },
    ],
    // The product is in this process: its sign-outs come as they would over its public address.
    fetch: async (url: string | URL, options: RequestInit) => {
      const { pathname } = new URL(String(url));
      const answer = await made.product?.app.request(`${PUBLIC_URL}${pathname}`, options);
      return answer ?? new Response(null, { status: 502 });
    },
    jwks: { keys: [key] },
    cookies: { keys: ['a key of cookies'] },
    pkce: { required: () => true },
    claims: { openid: ['sub', 'sid'], profile: ['name'], email: ['email', 'email_verified'], groups: ['groups'] },
    scopes: ['openid', 'profile', 'email', 'groups'],
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, ...made.people.get(id) }),
    }),
    features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
  });
}

/** A browser with cookies: follows redirects between the product and the provider, and fills in forms of the provider. */
export class Browser {
  readonly #product: TestProduct;
  /** By origin, then by name. */
  readonly cookies = new Map<string, Map<string, string>>();
  /** Set-Cookie headers of the product. */
  readonly set: string[] = [];

  constructor(product: TestProduct) {
    this.#product = product;
  }

  /** One request, without following redirects. */
  async request(address: string, init: RequestInit = {}): Promise<Response> {
    const url = new URL(address, PUBLIC_URL);
    const jar = this.cookies.get(url.origin) ?? new Map<string, string>();
    this.cookies.set(url.origin, jar);
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '));
    const isProduct = url.origin === PUBLIC_URL;
    if (isProduct) headers.set('host', url.host);
    const answer = isProduct
      ? await this.#product.app.request(url.href, { ...init, headers })
      : await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      if (isProduct) this.set.push(line);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  /** Follows redirects until a page, or until an address for which `stop` is true, which is returned unvisited. */
  async follow(address: string, login: string, stop: (url: URL) => boolean = () => false): Promise<Followed> {
    let next: { url: URL; init: RequestInit } = { url: new URL(address, PUBLIC_URL), init: {} };
    for (let hops = 0; hops < 30; hops += 1) {
      if (stop(next.url)) return { url: next.url, answer: null };
      const answer = await this.request(next.url.href, next.init);
      const location = answer.headers.get('location');
      if (location !== null) {
        next = { url: new URL(location, next.url), init: {} };
        continue;
      }
      const form = next.url.pathname.startsWith('/interaction/') ? formOf(await answer.clone().text(), login) : null;
      if (form === null) return { url: next.url, answer };
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      next = { url: new URL(form.action, next.url), init: { method: 'POST', headers, body: form.body } };
    }
    throw new Error('too many redirects');
  }

  /** Signs in, and returns the last answer. */
  async signIn(login: string, returnTo = '/'): Promise<Followed> {
    return this.follow(`/auth/oidc/login?returnTo=${encodeURIComponent(returnTo)}`, login, isPage);
  }

  /** A request of the API in the session. */
  async api<T = Record<string, unknown>>(
    path: string,
    init: RequestInit = {},
  ): Promise<{ readonly status: number; readonly body: T }> {
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...init.headers };
    const answer = await this.request(path, { ...init, headers });
    return { status: answer.status, body: (await answer.json()) as T };
  }
}

export interface Followed {
  readonly url: URL;
  readonly answer: Response | null;
}

/** A page of the web client. */
function isPage(url: URL): boolean {
  return url.origin === PUBLIC_URL && !url.pathname.startsWith('/auth/');
}

/** What a form of the provider sends. */
function formOf(html: string, login: string): { readonly action: string; readonly body: string } | null {
  const action = /action="([^"]+)"/.exec(html)?.[1];
  const prompt = /name="prompt" value="([^"]+)"/.exec(html)?.[1];
  if (action === undefined || prompt === undefined) return null;
  return { action, body: new URLSearchParams({ prompt, login, password: 'any' }).toString() };
}
