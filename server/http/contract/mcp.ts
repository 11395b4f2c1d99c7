/** Model Context Protocol over streamable HTTP. The protocol itself is validated by its SDK. */
import * as z from 'zod';
import { declareRoutes } from './route.ts';

const id = z.union([z.string().max(256), z.number()]);

const request = z
  .looseObject({
    jsonrpc: z.literal('2.0'),
    id: id.optional().describe('Absent in notifications, which are answered with 202 and no body'),
    method: z.string().max(128).optional(),
  })
  .meta({ id: 'McpMessage' });

const idsOf = (messages: readonly z.infer<typeof request>[]) =>
  messages.flatMap((one) => (one.id === undefined ? [] : [one.id]));

/** Most messages of one body. */
const MOST_MESSAGES = 10;
const MOST_BYTES = 65_536;

const answer = z
  .looseObject({ jsonrpc: z.literal('2.0'), id: id.nullable().optional() })
  .describe('The answer of JSON-RPC; an array of them for several messages');

export const mcpRoutes = declareRoutes({
  callMcp: {
    method: 'post',
    path: '/mcp',
    scope: 'read',
    tag: 'MCP',
    summary: 'Call the tools for clients of the Model Context Protocol (streamable HTTP, without sessions)',
    body: z.union([
      request,
      z
        .array(request)
        .min(1)
        .max(MOST_MESSAGES)
        .refine((messages) => new Set(idsOf(messages)).size === idsOf(messages).length, {
          error: 'expected a different id for each request',
        }),
    ]),
    maxBodyBytes: MOST_BYTES,
    answer,
    stream: 'json',
    problems: [
      ...(['invalid-request', 'unauthenticated', 'forbidden', 'method-not-allowed', 'payload-too-large'] as const),
      ...(['unsupported-media-type', 'internal', 'unavailable'] as const),
    ],
  },
});
