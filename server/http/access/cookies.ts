/** The session cookie. */
import { parse, serialize } from 'hono/utils/cookie';

export const SESSION_COOKIE = 'thermocline_session';

/** The session in the request's cookie, or null. */
export function sessionCookieOf(request: Request): string | null {
  return parse(request.headers.get('cookie') ?? '', SESSION_COOKIE)[SESSION_COOKIE] ?? null;
}

/** The Set-Cookie header of a session; an empty value with a `maxAgeSec` of 0 ends it. */
export function sessionCookie(value: string, maxAgeSec: number, secure: boolean): string {
  return serialize(SESSION_COOKIE, value, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: maxAgeSec, secure });
}
