/** The OpenAPI 3.1 document, generated from the schemas that validate. */
import { z } from 'zod';
import { loadTestQuery, rawLogsQuery, writeOutcome } from './contract/ingest.ts';
import { problem } from './contract/problem.ts';
import type { Route } from './implement.ts';

type Json = Record<string, unknown>;

/** Built once at start. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Thermocline',
      version,
      description:
        'Observability for AWS Lambda from the log lines it already writes. Times are ISO 8601 UTC; units stand in the field names.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token tc_<scope>_…; admin covers every scope' },
        session: { type: 'apiKey', in: 'cookie', name: 'thermocline_session' },
        firehose: { type: 'apiKey', in: 'header', name: 'X-Amz-Firehose-Access-Key' },
      },
      schemas: { Problem: schemaOf(problem) },
    },
    paths: { ...paths, ...ingestPaths(), ...operationsPaths() },
  };
}

function operation(route: Route): Json {
  return {
    summary: route.summary,
    operationId: route.operationId,
    tags: [route.tag],
    security: route.scope === 'public' ? [] : [{ bearer: [] }, { session: [] }],
    'x-scope': route.scope,
    parameters: [...parametersOf(route.params, 'path'), ...parametersOf(route.query, 'query')],
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: json(schemaOf(route.body, 'input')) } }),
    responses: {
      200: {
        ...answerContent(route),
      },
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

/** What a successful answer is made of. */
function answerContent({ stream, answer }: Route): Json {
  const schema = schemaOf(answer);
  if (stream === undefined) return { description: 'The answer', content: json(schema) };
  if (stream === 'events') {
    return {
      description: 'Server-sent events; each data line has this shape',
      content: { 'text/event-stream': { schema } },
    };
  }
  return {
    description: 'A stream of rows of this shape',
    content: { 'application/x-ndjson': { schema }, 'text/csv': { schema: { type: 'string' } } },
  };
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(typeof property['description'] === 'string' ? { description: property['description'] } : {}),
    schema: property,
  }));
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
}

function json(schema: Json): Json {
  return { 'application/json': { schema } };
}

/** The ingest prefix speaks Firehose's shape, so it stands outside the table. */
function ingestPaths(): Record<string, Json> {
  const firehoseAnswer = {
    type: 'object',
    required: ['requestId', 'timestamp'],
    properties: { requestId: { type: 'string' }, timestamp: { type: 'integer' }, errorMessage: { type: 'string' } },
    additionalProperties: false,
  };
  const post = (summary: string, body: Json, answer: Json, extra: Json = {}): Json => ({
    post: {
      summary,
      security: [{ bearer: [] }, { firehose: [] }],
      'x-scope': 'ingest',
      requestBody: { required: true, content: body },
      responses: {
        200: { description: 'Stored and fsynced', content: json(answer) },
        default: { description: 'Not stored; send again', content: json(firehoseAnswer) },
      },
      ...extra,
    },
  });
  const any = { 'application/json': { schema: { type: 'object' } } };
  return {
    '/ingest/firehose': post('Amazon Data Firehose HTTP endpoint', any, firehoseAnswer),
    '/ingest/lambda': post('Lambda destination event, or a decoded subscription message', any, schemaOf(writeOutcome)),
    '/ingest/logs': post(
      'Raw log text, NDJSON or CLI JSON',
      { 'text/plain': { schema: { type: 'string' } } },
      schemaOf(writeOutcome),
      {
        parameters: parametersOf(rawLogsQuery, 'query'),
      },
    ),
    '/ingest/load-test': post(
      'Output of a load generator: hey (summary or CSV), Locust (statistics CSV)',
      { 'text/plain': { schema: { type: 'string' } } },
      schemaOf(writeOutcome),
      { parameters: parametersOf(loadTestQuery, 'query') },
    ),
    '/ingest/pull': post('A page of FilterLogEvents with the position it moves to', any, schemaOf(writeOutcome)),
  };
}

function operationsPaths(): Record<string, Json> {
  const get = (summary: string): Json => ({
    get: { summary, security: [], 'x-scope': 'public', responses: { 200: { description: 'OK' } } },
  });
  return {
    '/healthz': get('The process is alive'),
    '/readyz': get('It can store and read'),
    '/metrics': get('Prometheus metrics'),
    '/openapi.json': get('This document'),
  };
}
