/** Authenticates a request to a declared route and checks its scope. */
import type { Config } from '../../config/environment.ts';
import { covers } from '../../storage/role-scopes.ts';
import type { RouteDeclaration } from '../contract/route.ts';
import { ProblemError } from '../problems.ts';
import type { Authenticator, Principal } from './auth.ts';
import { sessionCookieOf } from './cookies.ts';
import { answersRestricted, FLEET_WIDE } from './restricted-routes.ts';

type AccessConfig = Pick<Config, 'publicUrl' | 'trustProxy'>;

/**
 * Checks that the principal of a request covers the scope of the route. @returns null on public routes
 * @throws ProblemError if it does not
 */
export function authorise(
  config: AccessConfig,
  route: RouteDeclaration,
  request: Request,
  principal: Principal | null,
): Principal | null {
  if (route.scope === 'public') return null;
  if (principal === null) throw new ProblemError('unauthenticated');
  if (!covers(principal.scope, route.scope))
    throw new ProblemError('forbidden', `Scope ${route.scope} is required; this token has scope ${principal.scope}`);
  if (principal.restriction !== null && !answersRestricted(route)) throw new ProblemError('forbidden', FLEET_WIDE);
  if (principal.session !== null && route.method !== 'get' && !isSameOrigin(request, config)) {
    throw new ProblemError('forbidden', 'Cross-site requests with a session cookie are refused');
  }
  return principal;
}

/** Whose credential a request carries; null if it has none that is valid. */
export function principalOf(auth: Authenticator, request: Request, config: AccessConfig): Principal | null {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (bearer !== undefined) return auth.byToken(bearer);
  const key = request.headers.get('x-amz-firehose-access-key');
  if (key !== null) return auth.byToken(key);
  const cookie = sessionCookieOf(request, config);
  return cookie === null ? null : auth.bySession(cookie);
}

/**
 * CSRF check: requires Sec-Fetch-Site or Origin, and refuses requests with neither. An origin is scheme, host and port: that
 * of the public address, or that to which the request was sent.
 */
function isSameOrigin(request: Request, { publicUrl, trustProxy }: AccessConfig): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin';
  const origin = request.headers.get('origin');
  if (origin === null || !URL.canParse(origin)) return false;
  const target = new URL(request.url);
  const forwarded = trustProxy ? request.headers.get('x-forwarded-proto')?.split(',').at(-1)?.trim() : undefined;
  if (forwarded === 'https' || forwarded === 'http') target.protocol = `${forwarded}:`;
  const given = new URL(origin).origin;
  return given === target.origin || (publicUrl !== null && given === new URL(publicUrl).origin);
}
