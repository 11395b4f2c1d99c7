/** Authenticates a request to a declared route and checks its scope. */
import type { RouteDeclaration } from '../contract/route.ts';
import { ProblemError } from '../problems.ts';
import type { Authenticator, Principal } from './auth.ts';
import { covers } from './auth.ts';
import { sessionCookieOf } from './cookies.ts';

/** @throws ProblemError when the route's scope is not covered. */
export function authorise(auth: Authenticator, route: RouteDeclaration, request: Request): Principal | null {
  if (route.scope === 'public') return null;
  const principal = principalOf(auth, request);
  if (principal === null) throw new ProblemError('unauthenticated');
  if (!covers(principal.scope, route.scope))
    throw new ProblemError('forbidden', `Scope ${route.scope} is required; this token has scope ${principal.scope}`);
  if (principal.session !== null && route.method !== 'get' && !sameOrigin(request)) {
    throw new ProblemError('forbidden', 'Cross-site requests with a session cookie are refused');
  }
  return principal;
}

function principalOf(auth: Authenticator, request: Request): Principal | null {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (bearer !== undefined) return auth.byToken(bearer);
  const key = request.headers.get('x-amz-firehose-access-key');
  if (key !== null) return auth.byToken(key);
  const cookie = sessionCookieOf(request);
  return cookie === null ? null : auth.bySession(cookie);
}

/** CSRF check: requires Sec-Fetch-Site or Origin, and refuses requests with neither. */
function sameOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  return origin !== null && URL.canParse(origin) && new URL(origin).host === new URL(request.url).host;
}
