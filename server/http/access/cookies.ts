/** The session cookie. */
import { parse, serialize } from 'hono/utils/cookie';
import type { Config } from '../../config/environment.ts';

const NAME = 'thermocline_session';
/** Browsers accept this prefix only on secure cookies of exactly this host, so no neighbouring site can set one (RFC 6265bis). */
const HTTPS_NAME = `__Host-${NAME}`;

type PublicAddress = Pick<Config, 'publicUrl'>;

/** Whether browsers reach this server by HTTPS, as configured. */
export function isHttps({ publicUrl }: PublicAddress): boolean {
  return publicUrl?.toLowerCase().startsWith('https:') === true;
}

/** Name of the session cookie at this public address. */
export function sessionCookieName(config: PublicAddress): string {
  return isHttps(config) ? HTTPS_NAME : NAME;
}

/** The session in the request's cookie, or null. */
export function sessionCookieOf(request: Request, config: PublicAddress): string | null {
  const name = sessionCookieName(config);
  return parse(request.headers.get('cookie') ?? '', name)[name] ?? null;
}

/** The Set-Cookie header of a session; an empty value with a `maxAgeSec` of 0 ends it. */
export function sessionCookie(value: string, maxAgeSec: number, config: PublicAddress): string {
  return serialize(sessionCookieName(config), value, {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    maxAge: maxAgeSec,
    secure: isHttps(config),
  });
}

const LOGIN_NAME = 'thermocline_login';

/** Name of the cookie of a sign-in under way: each has its own, so that several tabs can sign in. */
function loginCookieName(state: string, config: PublicAddress): string {
  const name = `${LOGIN_NAME}_${state.slice(0, 8).replaceAll(/[^\w-]/g, '')}`;
  return isHttps(config) ? `__Host-${name}` : name;
}

/** What a sign-in under way is sealed in; null if the browser has not brought it. */
export function loginCookieOf(request: Request, state: string, config: PublicAddress): string | null {
  const name = loginCookieName(state, config);
  return parse(request.headers.get('cookie') ?? '', name)[name] ?? null;
}

/**
 * The Set-Cookie header of a sign-in under way; an empty value with a `maxAgeSec` of 0 ends it. SameSite=Lax, because the provider leads
 * the browser back: with Strict it would not be sent.
 */
export function loginCookie(state: string, value: string, maxAgeSec: number, config: PublicAddress): string {
  return serialize(loginCookieName(state, config), value, {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    maxAge: maxAgeSec,
    secure: isHttps(config),
  });
}
