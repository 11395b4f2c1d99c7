/** Runs the built product in its own process, for the benchmarks. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const TOKEN = 'bench-admin-token-0123456789abcdef';

export interface BenchServer {
  readonly process: ChildProcess;
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts the server on a free port; `nodeArguments` precede the script, and `environment` is added to that of the benchmark. */
export async function startServer(
  data: string,
  nodeArguments: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchServer> {
  const server = spawn(process.execPath, [...nodeArguments, join(import.meta.dirname, '../main.js'), 'serve'], {
    env: {
      ...process.env,
      THERMOCLINE_DATA: data,
      THERMOCLINE_PORT: '0',
      THERMOCLINE_ADMIN_TOKEN: TOKEN,
      THERMOCLINE_LOG_LEVEL: 'warn',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise<string>((resolve) => {
    let text = '';
    server.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /ready at (http\S+)/.exec(text)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const stop = async (): Promise<void> => {
    if (server.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
  };
  return { process: server, url, stop };
}
