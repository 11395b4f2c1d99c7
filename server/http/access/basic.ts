/** Basic authentication, for clients that cannot send a bearer token: any user name, with a token as the password. */

const BASIC = /^Basic ([A-Za-z0-9+/]+={0,2})$/i;

/** The password of a request; null without one. */
export function basicPassword(request: Request): string | null {
  const encoded = BASIC.exec(request.headers.get('authorization') ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? null : text.slice(colon + 1);
}
