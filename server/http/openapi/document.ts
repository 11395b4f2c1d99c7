/** The OpenAPI 3.1 document, derived from the route declarations and their examples. */
import type * as z from 'zod';
import { examples } from '../contract/examples/examples.generated.ts';
import { firehoseAnswer } from '../contract/ingest-routes.ts';
import { otlpStatus } from '../contract/otlp.ts';
import type { ProblemCode } from '../contract/problem.ts';
import { PROBLEMS, problem } from '../contract/problem.ts';
import { prometheusFailure } from '../contract/prometheus.ts';
import type { Example, RouteDeclaration } from '../contract/route.ts';
import { TAGS } from '../contract/route.ts';
import { routes } from '../contract/routes.generated.ts';
import type { Json } from './components.ts';
import { Components } from './components.ts';

/** Answers of the ingest prefix have the shape that Firehose expects; these are the statuses it sends on failure. */
const INGEST_STATUSES: Readonly<Record<number, string>> = {
  400: 'The request is malformed or too large. Retrying does not help',
  401: 'The access key is missing or unknown',
  403: 'The access key does not have the required scope',
  405: 'The method is not supported',
  429: 'Rate limit exceeded for this key. Retry later',
  503: 'Not stored. Retry the request',
};

/** Failures of OTLP/HTTP are google.rpc.Status. */
const OTLP_STATUSES: Readonly<Record<number, string>> = {
  ...INGEST_STATUSES,
  415: 'Content-Type or Content-Encoding is not supported',
};

/** Failures of the Prometheus-compatible API have the shape that clients of Prometheus expect. */
const PROMETHEUS_STATUSES: Readonly<Record<number, string>> = {
  400: 'A parameter or the query is not valid, or not supported',
  401: 'The token is missing or unknown',
  403: 'The token does not have the required scope',
  422: 'The query cannot be evaluated, or exceeds a limit',
  503: 'The query timed out, or the store is temporarily unavailable',
};

/** Builds the document; `version` is that of the product. */
export function openApiDocument(version: string): Json {
  const components = new Components();
  const paths: Record<string, Json> = {};
  for (const [operationId, route] of Object.entries<RouteDeclaration>(routes)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(operationId, route, components) };
  }
  components.add(problem, 'output');
  const used = new Set(Object.values<RouteDeclaration>(routes).flatMap(problemsOf));
  const { schemas, document } = components.resolve({ paths, responses: problemResponses(used) });
  return {
    openapi: '3.1.0',
    info: {
      title: 'Thermocline',
      version,
      description:
        'Observability for AWS Lambda from the log lines it already writes. Times are ISO 8601 in UTC; field names carry their units. Failed requests are answered with a problem document (RFC 9457): decide by its `code`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token tc_<scope>_…; admin covers every scope' },
        session: { type: 'apiKey', in: 'cookie', name: 'thermocline_session' },
        basic: { type: 'http', scheme: 'basic', description: 'Any user name, with a token as the password' },
        firehose: { type: 'apiKey', in: 'header', name: 'X-Amz-Firehose-Access-Key' },
      },
      responses: document.responses,
      schemas,
    },
    paths: document.paths,
  };
}

function isIngest({ path }: RouteDeclaration): boolean {
  return path.startsWith('/ingest/');
}

function isOtlp({ path }: RouteDeclaration): boolean {
  return path.startsWith('/v1/');
}

function isPrometheus({ path }: RouteDeclaration): boolean {
  return path.startsWith('/prometheus/') || path === '/metrics/functions';
}

function operationOf(operationId: string, route: RouteDeclaration, components: Components): Json {
  const example: Example | undefined = examples[operationId as keyof typeof examples];
  const parameters = [
    ...parametersOf(route.params, 'path', example?.params ?? {}),
    ...parametersOf(route.query, 'query', example?.query ?? {}),
  ];
  return {
    operationId,
    tags: [route.tag],
    summary: route.summary,
    security: securityOf(route),
    'x-scope': route.scope,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...bodyOf(route, example, components),
    responses: {
      200: { description: 'Success', content: contentOf(route, example, components) },
      ...failuresOf(route, components),
    },
  };
}

function securityOf(route: RouteDeclaration): Json[] {
  if (route.scope === 'public') return [];
  if (isPrometheus(route)) return [{ bearer: [] }, { basic: [] }];
  return isIngest(route) || isOtlp(route) ? [{ bearer: [] }, { firehose: [] }] : [{ bearer: [] }, { session: [] }];
}

function bodyOf({ body, bodyTypes }: RouteDeclaration, example: Example | undefined, components: Components): Json {
  if (body === undefined && bodyTypes === undefined) return {};
  const shown = example?.body === undefined ? {} : { example: example.body };
  const schemaOf = (type: string): Json => {
    if (body !== undefined) return components.add(body, 'input');
    return { type: type === 'application/json' ? 'object' : 'string' };
  };
  const types = bodyTypes ?? ['application/json'];
  const isShown = (type: string): boolean => (typeof example?.body === 'string') !== (type === 'application/json');
  return {
    requestBody: {
      required: true,
      content: Object.fromEntries(
        types.map((type) => [type, { schema: schemaOf(type), ...(isShown(type) ? shown : {}) }]),
      ),
    },
  };
}

function contentOf({ stream, answer }: RouteDeclaration, example: Example | undefined, components: Components): Json {
  const shown = example === undefined ? {} : { example: example.answer };
  const schema = components.add(answer, 'output');
  switch (stream) {
    case undefined:
    case 'json':
      return { 'application/json': { schema, ...shown } };
    case 'events':
      return { 'text/event-stream': { schema, ...shown } };
    case 'rows':
      return { 'application/x-ndjson': { schema, ...shown }, 'text/csv': { schema: { type: 'string' } } };
    case 'text':
      return { 'text/plain': { schema, ...shown } };
    case 'document':
      return { 'text/html': { schema, ...shown }, 'text/csv': { schema } };
    default:
      return stream satisfies never;
  }
}

function failuresOf(route: RouteDeclaration, components: Components): Json {
  if (isIngest(route)) {
    return route.scope === 'public' ? {} : statusesOf(INGEST_STATUSES, components.add(firehoseAnswer, 'output'));
  }
  if (isOtlp(route)) return statusesOf(OTLP_STATUSES, components.add(otlpStatus, 'output'));
  if (isPrometheus(route)) return statusesOf(PROMETHEUS_STATUSES, components.add(prometheusFailure, 'output'));
  const statuses = new Set(problemsOf(route).map((code) => PROBLEMS[code].status));
  return Object.fromEntries(
    [...statuses]
      .toSorted((a, b) => a - b)
      .map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }]),
  );
}

function statusesOf(statuses: Readonly<Record<number, string>>, schema: Json): Json {
  return Object.fromEntries(
    Object.entries(statuses).map(([status, description]) => [
      status,
      { description, content: { 'application/json': { schema } } },
    ]),
  );
}

/** Codes that a route may answer with. */
function problemsOf(route: RouteDeclaration): readonly ProblemCode[] {
  if (!route.path.startsWith('/api/')) return route.problems ?? [];
  return [
    'invalid-request',
    ...(route.scope === 'public' ? [] : (['unauthenticated', 'forbidden'] as const)),
    ...(route.body === undefined ? [] : (['payload-too-large', 'unsupported-media-type'] as const)),
    ...(route.problems ?? []),
    'internal',
    'unavailable',
    'deadline',
  ];
}

/** One shared response for each status of the used codes, which names all codes of that status. */
function problemResponses(used: ReadonlySet<ProblemCode>): Json {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of used) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      nameOf(status),
      {
        description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}`).join('. '),
        content: {
          'application/problem+json': {
            schema: { $ref: 'output:Problem' },
            example: {
              type: `urn:thermocline:problem:${codes[0]}`,
              code: codes[0],
              title: codes[0] === undefined ? '' : PROBLEMS[codes[0]].title,
              status,
            },
          },
        },
      },
    ]),
  );
}

/** Name of a shared response, such as `Problem404`. */
function nameOf(status: number): string {
  return `Problem${status}`;
}

function parametersOf(
  schema: z.ZodType | undefined,
  place: 'path' | 'query',
  example: Readonly<Record<string, unknown>>,
): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = new Components().add(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property;
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
      ...(example[name] === undefined ? {} : { example: example[name] }),
    };
  });
}
