/** Examples of the operations in ../mcp.ts. */

import type { mcpRoutes } from '../mcp.ts';
import type { ExamplesOf } from '../route.ts';

export const mcpExamples: ExamplesOf<typeof mcpRoutes> = {
  callMcp: {
    body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'get_costs', arguments: {} } },
    answer: {
      jsonrpc: '2.0',
      id: 1,
      result: {
        content: [
          {
            type: 'text',
            text: 'Cost of 2026-11 (UTC) until 2026-11-28 08:00 UTC: $0.23 at list price.\nNo forecast of the month. Not known, because data covers 7 whole days before today: 21 are required\nPage: https://thermocline.example.com/',
          },
        ],
      },
    },
  },
};
