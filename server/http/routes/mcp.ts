/** Handler of the MCP server's endpoint. */
import { mcpRoutes } from '../contract/mcp.ts';
import { implement } from '../implement.ts';
import { LargeBody } from '../json-body.ts';
import { ProblemError } from '../problems.ts';

export const mcpHandlers = implement(mcpRoutes, {
  callMcp: async ({ context, principal, body, request, callApi }) => {
    if (principal === null) throw new ProblemError('unauthenticated');
    if (body instanceof LargeBody) throw new ProblemError('payload-too-large');
    const { answerPost } = await import('../../mcp/mcp-server.ts');
    const { config, version } = context;
    const answer = await answerPost(request, body, {
      ...{
        client: callApi,
        scope: principal.scope,
        isRestricted: principal.restriction !== null,
        version,
        signal: request.signal,
      },
      baseUrl: config.publicUrl ?? '',
    });
    answer.headers.set('cache-control', 'no-store');
    return answer;
  },
});
