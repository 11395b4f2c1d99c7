/**
 * The Prometheus-compatible API, below /prometheus/api/v1. Threads parse and evaluate queries. Failures have the form of Prometheus.
 */
import type { HttpBindings } from '@hono/node-server';
import type { Hono, Context as HonoContext } from 'hono';
import type { Principal } from '../access/auth.ts';
import { authorise, principalOf } from '../access/authorise.ts';
import { basicPassword } from '../access/basic.ts';
import type { EncodedJson } from '../answers/encoded-json.ts';
import { readShapedAnswer, shapeAnswer } from '../answers/shape-answer.ts';
import type { Context } from '../context.ts';
import { prometheusRoutes } from '../contract/prometheus.ts';
import type { RouteDeclaration } from '../contract/route.ts';
import { readBody } from '../limits/body.ts';
import type { Turns } from '../limits/turns.ts';
import { FAMILIES, namesOf } from '../presentation/prometheus-metrics.ts';
import { ProblemError } from '../problems.ts';
import { releaseWhenSent } from '../release-bytes.ts';
import { storeFor } from '../requester-store.ts';
import { FailedQuery, failureOf, failureResponse, invalidParameter } from './failure.ts';
import { familyContext } from './family-context.ts';
import type { Times } from './parameters.ts';
import { instantTimes, limitOf, listTimes, rangeTimes, selectorsOf } from './parameters.ts';

const MAX_FORM_BYTES = 65_536;
/** The version of Prometheus whose API and functions these are. */
const PROMETHEUS_VERSION = '2.42.0';

/** One authorised request. */
interface Call {
  readonly context: Context;
  readonly parameters: URLSearchParams;
  readonly label: string;
  readonly restriction: Principal['restriction'];
  readonly request: Request;
}

/** `Response`: in a form of its own. */
type Reply = Response | EncodedJson<unknown> | { readonly status: 'success'; readonly data: unknown };
type Handler = (call: Call) => Promise<Reply>;

const HANDLERS: Readonly<Record<keyof typeof prometheusRoutes, Handler>> = {
  prometheusQuery: instantQuery,
  prometheusQueryForm: instantQuery,
  prometheusQueryRange: rangeQuery,
  prometheusQueryRangeForm: rangeQuery,
  prometheusLabels: (call) => list(call, 'labels', selectorsOf(call.parameters)),
  prometheusLabelsForm: (call) => list(call, 'labels', selectorsOf(call.parameters)),
  prometheusLabelValues,
  prometheusSeries: series,
  prometheusSeriesForm: series,
  functionMetrics,
  prometheusMetadata: async ({ parameters }) => success(metadata(parameters)),
  prometheusBuildInfo: async ({ context }) =>
    success({
      application: 'Thermocline',
      version: PROMETHEUS_VERSION,
      revision: context.version,
      branch: '',
      buildUser: '',
      buildDate: '',
      goVersion: '',
    }),
};

/** What clients ask Prometheus for, and this server has none of. Grafana shows an error where these are not answered. */
const EMPTY: Readonly<Record<string, unknown>> = {
  rules: { groups: [] },
  alerts: { alerts: [] },
  query_exemplars: [],
};

export function mountPrometheus(app: Hono, context: Context, turns: Turns): void {
  for (const [operationId, handle] of Object.entries(HANDLERS)) {
    const route: RouteDeclaration = prometheusRoutes[operationId as keyof typeof prometheusRoutes];
    app.on(route.method.toUpperCase(), route.path, (c) => guarded(context, turns, c, route, handle));
  }
  for (const [name, data] of Object.entries(EMPTY)) {
    const route = { ...prometheusRoutes.prometheusBuildInfo, path: `/prometheus/api/v1/${name}` } as const;
    app.on(['GET', 'POST'], route.path, (c) => guarded(context, turns, c, route, async () => success(data)));
  }
  app.all('/prometheus/*', (c) =>
    failureResponse(new FailedQuery('not_found', `${c.req.method} ${c.req.path.slice(0, 200)} is not supported`)),
  );
}

function success(data: unknown): Reply {
  return { status: 'success', data };
}

async function guarded(
  context: Context,
  turns: Turns,
  c: HonoContext,
  route: RouteDeclaration,
  handle: Handler,
): Promise<Response> {
  const began = performance.now();
  let status = 200;
  try {
    const caller = callerOf(context, c.req.raw);
    await turns.next(caller === null ? 'anonymous' : 'known');
    // Again: the credential may have ended while the request waited.
    const restriction = check(context, route, c.req.raw, caller === null ? null : callerOf(context, c.req.raw));
    const parameters = await parametersOf(context, c);
    const store = storeFor(context, { lane: 'interactive', signal: c.req.raw.signal }, restriction);
    const answer = await handle({
      context: { ...context, store },
      parameters,
      label: c.req.param('label') ?? '',
      restriction,
      request: c.req.raw,
    });
    if (answer instanceof Response) return answer;
    c.header('Cache-Control', 'no-store');
    if (!('bytes' in answer)) return c.json(answer);
    releaseWhenSent(answer.bytes, (c.env as Partial<HttpBindings> | undefined)?.outgoing);
    return c.body(answer.bytes, 200, { 'Content-Type': 'application/json' });
  } catch (error) {
    const failure = failureOf(error);
    if (failure.type === 'internal') context.log.error({ err: error, path: route.path }, 'internal server error');
    const response = failureResponse(failure);
    status = response.status;
    return response;
  } finally {
    context.metrics.apiSeconds.observe({ route: route.path, status }, (performance.now() - began) / 1000);
  }
}

function callerOf({ auth, config }: Context, request: Request): Principal | null {
  const password = basicPassword(request);
  return password === null ? principalOf(auth, request, config) : auth.byToken(password);
}

/** Returns what the caller may read; null for everything. @throws FailedQuery if it may not read */
function check(
  { config }: Context,
  route: RouteDeclaration,
  request: Request,
  caller: Principal | null,
): Principal['restriction'] {
  if (caller === null)
    throw new FailedQuery(
      'unauthorized',
      'authentication required: a token, or basic authentication with a token as the password',
    );
  try {
    authorise(config, route, request, caller);
    return caller.restriction;
  } catch (error) {
    if (error instanceof ProblemError) throw new FailedQuery('forbidden', error.message);
    throw error;
  }
}

/** Parameters of the address, and of the form of a POST. @throws FailedQuery */
async function parametersOf(context: Context, c: HonoContext): Promise<URLSearchParams> {
  const parameters = new URLSearchParams(new URL(c.req.url).search);
  if (c.req.method !== 'POST') return parameters;
  const type = c.req.header('content-type') ?? '';
  if (type !== '' && !/^application\/x-www-form-urlencoded(?:;|$)/i.test(type))
    throw new FailedQuery('bad_data', 'Content-Type: expected application/x-www-form-urlencoded');
  const read = await readBody(c.req.raw, MAX_FORM_BYTES, context.apiBodies);
  if (!read.ok) {
    if (read.reason === 'busy') throw new FailedQuery('unavailable', 'too many request bodies are being read');
    throw new FailedQuery('bad_data', `the form cannot be read: ${read.reason}, at most ${MAX_FORM_BYTES} bytes`);
  }
  try {
    for (const [name, value] of new URLSearchParams(Buffer.from(read.body).toString('utf8')))
      parameters.append(name, value);
    return parameters;
  } finally {
    read.release();
  }
}

function instantQuery(call: Call): Promise<Reply> {
  return query(call, instantTimes(call.parameters, call.context.now()));
}

function rangeQuery(call: Call): Promise<Reply> {
  return query(call, rangeTimes(call.parameters));
}

async function query({ context, parameters }: Call, times: Times): Promise<Reply> {
  const text = parameters.get('query') ?? '';
  const { analysis } = context;
  const { meta: plan } = await shapeAnswer(analysis, 'promqlPlan', text, { ...times, nowMs: context.now() });
  if (!plan.ok) throw invalidQuery('query', plan);
  const form = { ...times, expression: plan.expression, context: await familyContext(context, plan.tags) };
  const { answer, meta: failure } =
    plan.question === null
      ? await shapeAnswer(analysis, 'promqlResult', null, form)
      : await readShapedAnswer(context, [['series', plan.question]], 'promqlResult', form);
  if (failure !== null) throw invalidQuery('query', failure);
  return answer;
}

function invalidQuery(name: string, failure: { readonly errorType: 'bad_data' | 'execution'; readonly error: string }) {
  return failure.errorType === 'bad_data'
    ? invalidParameter(name, failure.error)
    : new FailedQuery('execution', failure.error);
}

async function list(
  { context, parameters }: Call,
  what: 'series' | 'labels' | 'values',
  selectors: readonly string[],
  label = '',
): Promise<Reply> {
  const times = listTimes(parameters, context.now());
  const limit = limitOf(parameters);
  const { meta: plan } = await shapeAnswer(context.analysis, 'listingPlan', selectors, times);
  if (!plan.ok) throw invalidQuery('match[]', plan);
  const form = { list: what, label, matchers: plan.matchers, limit, context: await familyContext(context, plan.tags) };
  const { answer, meta: failure } = await readShapedAnswer(context, [['series', plan.question]], 'promqlListing', form);
  if (failure !== null) throw invalidQuery('match[]', failure);
  return answer;
}

async function prometheusLabelValues(call: Call): Promise<Reply> {
  if (!/^[A-Za-z_]\w*$/.test(call.label))
    throw new FailedQuery('bad_data', `invalid label name: ${JSON.stringify(call.label.slice(0, 100))}`);
  return list(call, 'values', selectorsOf(call.parameters), call.label);
}

async function series(call: Call): Promise<Reply> {
  const selectors = selectorsOf(call.parameters);
  if (selectors.length === 0) throw new FailedQuery('bad_data', 'no match[] parameter provided');
  return list(call, 'series', selectors);
}

/** Series of one scrape. */
const MAX_SCRAPED = 100_000;

/** Counts whole functions: what the caller may read is selected from them. */
async function functionMetrics({ context, parameters, restriction, request }: Call): Promise<Response> {
  const limit = limitOf(parameters) ?? MAX_SCRAPED;
  if (limit > MAX_SCRAPED) throw invalidParameter('limit', `at most ${MAX_SCRAPED} series`);
  const selectors = selectorsOf(parameters);
  // Fails while the tags of a restriction cannot be read.
  if (restriction !== null) await context.permitted.inForce(restriction);
  const [counted, own] = await Promise.all([context.functionMetrics.read(), familyContext(context, true)]);
  const gzip = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
  const form = { restriction, selectors, limit, gzip, context: own };
  const { answer, meta: failure } = await shapeAnswer(context.analysis, 'functionMetricsText', counted, form);
  if (failure !== null) throw invalidQuery('match[]', failure);
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' };
  const coding = { ...(gzip ? { 'content-encoding': 'gzip' } : {}), vary: 'Accept-Encoding' };
  return new Response(answer.bytes, { headers: { ...headers, ...coding } });
}

/** Types and descriptions of metrics, by the names of their families as Prometheus has them. */
function metadata(parameters: URLSearchParams): Readonly<Record<string, readonly object[]>> {
  const wanted = parameters.get('metric') ?? '';
  const found = FAMILIES.filter(
    (family) => wanted === '' || family.name === wanted || namesOf(family).includes(wanted),
  );
  const limit = limitOf(parameters) ?? found.length;
  return Object.fromEntries(
    found.slice(0, limit).map(({ name, type, help }) => [name, [{ type, help, unit: '' }]] as const),
  );
}
