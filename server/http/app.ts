/** Builds the Hono app: ingest, health, API routes and the web client. */

import { readFile } from 'node:fs/promises';
import type { HttpBindings } from '@hono/node-server';
import type { Handler, Context as HonoContext, MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import * as z from 'zod';
import type { ApiClient } from '../../ingest/api/api-client.ts';
import type { Restriction } from '../storage/ports.ts';
import { StoreError } from '../storage/ports.ts';
import type { Principal } from './access/auth.ts';
import { authorise, principalOf } from './access/authorise.ts';
import { clientOf } from './access/client-address.ts';
import { isHttps } from './access/cookies.ts';
import { mountOidc } from './access/oidc/routes.ts';
import { EncodedJson } from './answers/encoded-json.ts';
import { checkHost } from './check-host.ts';
import type { Context } from './context.ts';
import { mountHealth } from './health.ts';
import type { Route, SignInWay } from './implement.ts';
import { mountOtlp } from './ingest/otlp-routes.ts';
import { mountIngest } from './ingest/routes.ts';
import { jsonBody, LargeBody } from './json-body.ts';
import { Turns } from './limits/turns.ts';
import { asProblemError, ProblemError, problemOf } from './problems.ts';
import { mountPrometheus } from './prometheus/routes.ts';
import { releaseWhenSent } from './release-bytes.ts';
import { storeFor } from './requester-store.ts';
import { routeTable } from './routes/table.generated.ts';
import { headersOfAnswers } from './security-headers.ts';
import { mountWeb } from './static-files.ts';
import type { RequestPart } from './validation.ts';
import { fieldErrorsOf, parseQuery } from './validation.ts';

/** Requests that arrive at once begin over several turns of the event loop. */
const turns = new Turns(setImmediate);
/** Routes without query parameters refuse any. */
const NO_QUERY = z.strictObject({});

export function createApp(context: Context): Hono {
  const app = new Hono();
  app.onError((error, c) => problem(context, c, error));
  app.use((_, next) => {
    context.metrics.loopDelay.touch();
    return next();
  });
  app.use(headersOfAnswers(isHttps(context.config)));
  app.use(checkHost(context.config));
  app.use(withoutBodyOfHead);
  mountIngest(app, context);
  mountOtlp(app, context);
  mountOperations(app, context);
  mountPrometheus(app, context, turns);
  mountOidc(app, context);
  for (const route of routeTable) app.on(route.method.toUpperCase(), route.path, handlerOf(app, context, route));
  app.all('/mcp', (c) => {
    c.header('Allow', 'POST');
    throw new ProblemError(
      'method-not-allowed',
      `${c.req.method} /mcp: there are no sessions and no stream of the server`,
    );
  });
  app.all('/api/*', (c) => {
    const known = routeTable.some((route) => matches(route.path, c.req.path));
    throw new ProblemError(known ? 'method-not-allowed' : 'not-found', `${c.req.method} ${c.req.path.slice(0, 200)}`);
  });
  mountWeb(app, context.webRoot);
  app.notFound((c) => problem(context, c, new ProblemError('not-found')));
  return app;
}

/** Ends the body of an answer to HEAD: no client reads it, so a stream would stay open. */
const withoutBodyOfHead: MiddlewareHandler = async (c, next) => {
  await next();
  if (c.req.raw.method === 'HEAD') await c.res.body?.cancel().catch(() => undefined);
};

function handlerOf(app: Hono, context: Context, route: Route): Handler {
  return async (c) => {
    const began = performance.now();
    let status = 200;
    let principal: Principal | null = null;
    let signIn: SignIn | null = null;
    const extra: [string, string][] = [];
    let body: unknown;
    const { auth, config } = context;
    const caller = principalOf(auth, c.req.raw, config);
    await turns.next(caller === null ? 'anonymous' : 'known');
    try {
      // Again: the credential may have ended while the request waited.
      principal = authorise(config, route, c.req.raw, caller === null ? null : principalOf(auth, c.req.raw, config));
      if (route.body !== undefined) body = await jsonBody(context, c, principal, route.maxBodyBytes);
      const answer = await route.handle({
        context: forRequest(context, route, c.req.raw.signal, principal?.restriction ?? null),
        principal,
        query: valid(parseQuery(route.query ?? NO_QUERY, c), 'query') as never,
        params: parse(route.params, c.req.param(), 'path') as never,
        body: (route.body === undefined || body instanceof LargeBody ? body : parse(route.body, body, 'body')) as never,
        request: c.req.raw,
        callApi: callerOf(app, c),
        client: clientOf(c, context.config),
        noteSignIn: (who, how) => {
          signIn = { who, how };
        },
        setHeader: (name, value) => extra.push([name, value]),
      });
      for (const [name, value] of extra) c.header(name, value, { append: true });
      c.header('Cache-Control', 'no-store');
      if (answer instanceof EncodedJson) {
        releaseWhenSent(answer.bytes, (c.env as Partial<HttpBindings> | undefined)?.outgoing);
        return c.body(answer.bytes, 200, { 'Content-Type': 'application/json' });
      }
      return answer instanceof Response ? answer : c.json(answer as object);
    } catch (error) {
      for (const [name, value] of extra) c.header(name, value, { append: true });
      const response = problem(context, c, error);
      status = response.status;
      return response;
    } finally {
      if (body instanceof LargeBody) body.release();
      await note(context, c, route, { principal, signIn, status });
      context.metrics.apiSeconds.observe({ route: route.path, status }, (performance.now() - began) / 1000);
    }
  };
}

/** Headers that say who asks and from where: requests in a caller's name have them too. */
const CALLER_HEADERS = [
  ...(['authorization', 'x-amz-firehose-access-key', 'cookie'] as const),
  ...(['origin', 'sec-fetch-site', 'x-forwarded-for', 'x-forwarded-proto'] as const),
];

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Asks routes of this app in the name of the caller of another: each is authorised, limited and audited as if it came alone. */
function callerOf(app: Hono, c: HonoContext): ApiClient {
  return async (path, init = {}) => {
    const headers = new Headers(init.headers);
    for (const name of CALLER_HEADERS) {
      const value = c.req.header(name);
      if (value !== undefined) headers.set(name, value);
    }
    // A GET changes nothing, nor do its questions: it may come from a bookmark or another site, also where a question is a POST.
    if (SAFE_METHODS.has(c.req.method)) headers.set('sec-fetch-site', 'same-origin');
    // Without the outgoing message: the answer is read here, and sent as part of another.
    const { incoming } = (c.env ?? {}) as Partial<HttpBindings>;
    return app.fetch(new Request(new URL(path, c.req.url), { ...init, headers }), { incoming });
  };
}

/**
 * The context for one request: its reads have the lane of the route and see what the caller may read, and end when the client leaves. A
 * change is completed.
 */
function forRequest(
  context: Context,
  { method, path, scope }: Route,
  signal: AbortSignal,
  restriction: Restriction | null,
): Context {
  const isChange = method !== 'get' && scope !== 'read';
  if (isChange && restriction === null) return context;
  const lane = path.startsWith('/api/v1/export') ? 'export' : 'interactive';
  const requester = isChange ? ({ lane } as const) : ({ lane, signal } as const);
  // What several requests share belongs to callers that may read everything.
  const shared =
    restriction === null ? context : { ...context, store: storeFor(context, { lane: 'own' }, restriction) };
  return { ...context, shared, store: storeFor(context, requester, restriction) };
}

interface SignIn {
  readonly who: Principal | null;
  readonly how: SignInWay;
}

/** Scopes of changes that are audited. */
const AUDITED_SCOPES: ReadonlySet<string> = new Set(['edit', 'admin']);

/** Outcomes of sign-in attempts that are audited: success, wrong credentials, insufficient scope. */
const SIGN_IN_ENDS: ReadonlySet<number> = new Set([200, 401, 403]);

/** Audits control-plane changes and sign-ins, including refused ones. */
async function note(
  context: Context,
  c: HonoContext,
  route: Route,
  { principal, signIn, status }: { principal: Principal | null; signIn: SignIn | null; status: number },
): Promise<void> {
  const isAudited = AUDITED_SCOPES.has(route.scope) || route.path === '/api/v1/session/password';
  const isChange = route.method !== 'get' && isAudited && principal !== null;
  // Only audit sign-ins that passed the throttle, so that strangers cannot fill the log.
  const isSignIn = route.method === 'post' && route.path === '/api/v1/session' && SIGN_IN_ENDS.has(status);
  if (!isChange && !isSignIn) return;
  const entry = {
    atMs: context.now(),
    tokenId: (principal ?? signIn?.who)?.tokenId ?? null,
    name: signIn === null ? (principal?.name ?? '') : `${signIn.who?.name ?? 'nobody'} (by ${signIn.how})`,
    client: clientOf(c, context.config),
    method: route.method.toUpperCase(),
    // What was deleted may be in the query.
    path: (c.req.path + (route.method === 'delete' ? new URL(c.req.url).search : '')).slice(0, 500),
    status,
  };
  await context.store.control
    .addAudit(entry)
    .catch((error: unknown) => context.log.warn({ err: error }, 'failed to write the audit log'));
}

function parse(schema: z.ZodType | undefined, value: unknown, part: RequestPart): unknown {
  if (schema === undefined) return undefined;
  return valid(schema.safeParse(value), part);
}

function valid(result: ReturnType<typeof parseQuery>, part: RequestPart): unknown {
  if (result.success) return result.data;
  throw new ProblemError('invalid-request', `The ${part} is not valid`, fieldErrorsOf(result.error, part));
}

function problem(context: Context, c: HonoContext, cause: unknown): Response {
  const error = asProblemError(cause);
  const { document, isServerError } = problemOf(error);
  if (isServerError && error instanceof StoreError) context.storeErrors.note(error, c.req.path);
  else if (isServerError) context.log.error({ err: error, path: c.req.path }, document.title);
  const body = JSON.stringify(document);
  c.header('Cache-Control', 'no-store');
  if (document.status === 401) c.header('WWW-Authenticate', 'Bearer');
  const retryAfterSec = error instanceof ProblemError ? error.retryAfterSec : null;
  if (retryAfterSec !== null || document.status === 503) c.header('Retry-After', String(retryAfterSec ?? 5));
  return c.body(body, document.status as 400, { 'Content-Type': 'application/problem+json' });
}

function mountOperations(app: Hono, context: Context): void {
  // Written ahead of time: to derive it from the declarations takes 0.3 s of this thread. All answers share its bytes.
  let openApi: Uint8Array<ArrayBuffer> | null = null;
  app.get('/openapi.json', async (c) => {
    await turns.next('anonymous');
    openApi ??= new Uint8Array(await readFile(context.openApiFile));
    return c.body(openApi, 200, { 'Content-Type': 'application/json' });
  });
  mountHealth(app, context);
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((part, at) => part.startsWith(':') || part === given[at]);
}
