/**
 * Runs commands of the CLI in this process: what a command does and prints, without half a second of CPU time for the start
 * of a process. `runCli` of product.ts runs the built CLI as a process of its own.
 */
import { run } from '../../server/cli/program.ts';

let running = false;

/** Runs a subcommand until it ends. One at a time: it has the streams and the environment of the process to itself. */
export async function runCommand(
  folder: string,
  args: readonly string[],
  options: { readonly environment?: Record<string, string> } = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  if (running) throw new Error('another command is running in this process');
  running = true;
  const { env } = process;
  const out = capture(process.stdout);
  const err = capture(process.stderr);
  process.env = { PATH: env['PATH'], THERMOCLINE_DATA: folder, ...options.environment };
  try {
    const code = await run(['node', 'thermocline', ...args]);
    return { code, stdout: out.text(), stderr: err.text() };
  } finally {
    process.env = env;
    out.end();
    err.end();
    running = false;
  }
}

/** Collects what is written to the stream until `end`. */
function capture(stream: NodeJS.WriteStream): { text(): string; end(): void } {
  const { write } = stream;
  const chunks: Buffer[] = [];
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    chunks.push(Buffer.from(chunk as Uint8Array));
    const written = rest.at(-1);
    if (typeof written === 'function') process.nextTick(written);
    return true;
  };
  return {
    text: () => Buffer.concat(chunks).toString('utf8'),
    end: () => {
      stream.write = write;
    },
  };
}
