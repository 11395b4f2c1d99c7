/** `thermocline mcp`: the tools for clients of the Model Context Protocol, over standard input and output. */
import type { Command } from 'commander';
import { requestJson } from '../../../ingest/api/api-client.ts';
import { configFromProcess } from '../../config/environment.ts';
import { version } from '../../config/paths.ts';
import type { Principal } from '../../http/access/auth.ts';
import { examples } from '../arguments.ts';
import type { Run } from '../command.ts';
import { tokenOption, urlOption } from '../server-options.ts';
import { openServer } from '../target.ts';

interface McpOptions {
  readonly url?: string;
  readonly token?: string;
}

export function mcpCommand(program: Command, run: Run): void {
  program
    .command('mcp')
    .description('serve tools to a client of the Model Context Protocol, over standard input and output')
    .addOption(urlOption())
    .addOption(tokenOption('read; with edit, also silences'))
    .addHelpText('after', examples('thermocline mcp --url https://thermocline.example.com'))
    .action((options: McpOptions) => run(() => serve(options)));
}

async function serve(options: McpOptions): Promise<number> {
  const target = await openServer(options);
  try {
    const { scope, restriction } = await requestJson<Pick<Principal, 'scope' | 'restriction'>>(
      target.request,
      '/api/v1/session',
    );
    const isRestricted = restriction !== null;
    const baseUrl = options.url === undefined ? (configFromProcess().publicUrl ?? target.url) : target.url;
    const { serveStdio } = await import('../../mcp/mcp-server.ts');
    await serveStdio({ client: target.request, scope, isRestricted, version, baseUrl: baseUrl ?? '' });
    return 0;
  } finally {
    await target.close();
  }
}
