/** The API reference, worked out by hand from a small OpenAPI document. */
import { h } from 'preact';
import { afterEach, expect, test } from 'vitest';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore, showPage } from '../../../test/support/show-page.ts';
import { Docs } from './docs.tsx';

afterEach(restore);

const document: NonNullable<Answers['getOpenApi']> = {
  openapi: '3.1.0',
  info: { title: 'Thermocline', version: '0.1.0', description: 'Questions about Lambda functions.' },
  paths: {
    '/api/v1/functions': {
      get: {
        summary: 'List functions',
        'x-scope': 'read',
        parameters: [
          { name: 'from', in: 'query', required: false, description: 'Start', schema: { default: 'now-24h' } },
          { name: 'id', in: 'path', required: true, schema: { enum: ['a', 'b'] } },
          { name: 'limit', in: 'query', required: false, schema: {} },
        ],
        responses: {
          '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/FunctionList' } } } },
        },
      },
    },
    '/api/v1/tokens': {
      post: {
        summary: 'Create a token',
        'x-scope': 'admin',
        responses: { '200': { content: { 'application/json': { schema: { type: 'string' } } } } },
      },
      delete: { summary: 'Delete all', 'x-scope': 'admin', parameters: [], responses: {} },
    },
  },
  components: { schemas: { FunctionList: { type: 'object', title: 'named' } } },
} as never;

test('each route has its scope, parameters, command and the schema of its answer', async () => {
  const { elements, text, link } = await showPage(h(Docs, {}), { answers: { getOpenApi: document } });
  expect(text).toContain('API openapi.json Questions about Lambda functions.');
  expect(link('openapi.json')).toBe('/openapi.json');
  expect(elements('summary').map((one) => one.text)).toEqual([
    'GET /api/v1/functions List functions read',
    'POST /api/v1/tokens Create a token admin',
    'DELETE /api/v1/tokens Delete all admin',
  ]);
  expect(elements('tr').map((one) => one.text)).toEqual([
    'Parameter Default Description',
    'from query now-24h Start',
    'id path required a, b',
    'limit query –',
  ]);
  expect(elements('table')).toHaveLength(1);
  const authorised = 'curl -H "Authorization: Bearer $THERMOCLINE_TOKEN"';
  expect(elements('pre').map((one) => one.text)).toEqual([
    `${authorised} 'http://thermocline.test/api/v1/functions'`,
    '{ "type": "object", "title": "named" }',
    `${authorised} -X POST 'http://thermocline.test/api/v1/tokens'`,
    '{ "type": "string" }',
    `${authorised} -X DELETE 'http://thermocline.test/api/v1/tokens'`,
  ]);
});

test('a failure', async () => {
  const { text } = await showPage(h(Docs, {}), { failures: { getOpenApi: 'unreachable' } });
  expect(text).toContain('Failed to load the API document. Cannot reach the server. Retry');
});
