/** Tokens, and the browser's session. */
import { randomBytes } from 'node:crypto';
import type { StoredToken } from '../../storage/store.ts';
import { newTokenText, SESSION_COOKIE, sha256 } from '../auth.ts';
import type { Token } from '../contract/tokens.ts';
import {
  emptyAnswer,
  newSession,
  newToken,
  newTokenAnswer,
  sessionAnswer,
  tokenParams,
  tokensAnswer,
} from '../contract/tokens.ts';
import { cookieOf } from '../cookies.ts';
import { ProblemError } from '../problems.ts';
import { route } from '../route.ts';
import { iso, isoOrNull } from '../time.ts';

const DAY_MS = 86_400_000;

export const tokenRoutes = [
  route(
    {
      method: 'get',
      path: '/api/v1/tokens',
      scope: 'admin',
      summary: 'Tokens, without their secrets',
      answer: tokensAnswer,
    },
    async ({ context }) => ({ items: context.auth.credentials.tokens.map(tokenOf), nextCursor: null }),
  ),
  route(
    {
      method: 'post',
      path: '/api/v1/tokens',
      scope: 'admin',
      summary: 'Create a token; its text is shown once',
      body: newToken,
      answer: newTokenAnswer,
    },
    async ({ context, body }) => {
      const text = newTokenText(body.scope);
      const createdMs = context.now();
      const expiresMs = body.expiresInDays === undefined ? null : createdMs + body.expiresInDays * DAY_MS;
      const stored = { id: randomBytes(6).toString('hex'), name: body.name, scope: body.scope, createdMs, expiresMs };
      await context.store.control.addToken({ ...stored, sha256: sha256(text) });
      await context.auth.refresh();
      return { ...tokenOf({ ...stored, lastUsedMs: null, revokedMs: null }), token: text };
    },
  ),
  route(
    {
      method: 'delete',
      path: '/api/v1/tokens/:id',
      scope: 'admin',
      summary: 'Revoke a token and end its sessions',
      params: tokenParams,
      answer: emptyAnswer,
    },
    async ({ context, params }) => {
      const revoked = await context.store.control.revokeToken(params.id, context.now());
      await context.auth.refresh();
      if (!revoked) throw new ProblemError('not-found', `No live token ${params.id}`);
      return {};
    },
  ),
  route(
    {
      method: 'post',
      path: '/api/v1/session',
      scope: 'public',
      summary: 'Sign a browser in with a token',
      body: newSession,
      answer: sessionAnswer,
    },
    async ({ context, body, request, setHeader }) => {
      const principal = context.auth.byToken(body.token.trim());
      if (principal === null) throw new ProblemError('unauthenticated', 'This token is not known, or no longer valid');
      if (principal.scope === 'ingest')
        throw new ProblemError('forbidden', 'An ingest token cannot sign in: use a read or an admin token');
      const session = await context.auth.openSession(principal);
      const secure = new URL(request.url).protocol === 'https:' ? '; Secure' : '';
      setHeader(
        'Set-Cookie',
        `${SESSION_COOKIE}=${session.value}; HttpOnly; SameSite=Lax; Path=/; Max-Age=${session.maxAgeSec}${secure}`,
      );
      return { scope: principal.scope, name: principal.name };
    },
  ),
  route(
    { method: 'get', path: '/api/v1/session', scope: 'read', summary: 'Who am I?', answer: sessionAnswer },
    async ({ principal }) => ({ scope: principal?.scope ?? 'read', name: principal?.name ?? '' }),
  ),
  route(
    { method: 'delete', path: '/api/v1/session', scope: 'public', summary: 'Sign out', answer: emptyAnswer },
    async ({ context, request, setHeader }) => {
      const value = cookieOf(request, SESSION_COOKIE);
      if (value !== null) await context.auth.closeSession(value);
      setHeader('Set-Cookie', `${SESSION_COOKIE}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0`);
      return {};
    },
  ),
];

function tokenOf({ createdMs, expiresMs, lastUsedMs, revokedMs, id, name, scope }: StoredToken): Token {
  return {
    id,
    name,
    scope,
    createdAt: iso(createdMs),
    expiresAt: isoOrNull(expiresMs),
    lastUsedAt: isoOrNull(lastUsedMs),
    revokedAt: isoOrNull(revokedMs),
  };
}
