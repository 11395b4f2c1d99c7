/** A genuine Prometheus: with given samples, that scrapes, or that receives. */
import type { ChildProcess } from 'node:child_process';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { Series } from '../../server/analytics/promql/values.ts';
import { removeFolder, temporaryFolder } from './product.ts';

export const promtool = process.env['PROMTOOL_PATH'] ?? '/usr/bin/promtool';
/** Debian's package has both programs. */
const prometheus = join(dirname(promtool), 'prometheus');

const answer = z.object({
  status: z.enum(['success', 'error']),
  errorType: z.string().optional(),
  error: z.string().optional(),
  data: z
    .object({
      resultType: z.enum(['scalar', 'vector', 'matrix', 'string']),
      result: z.array(z.unknown()),
    })
    .optional(),
});
export type PrometheusAnswer = z.infer<typeof answer>;

export class Prometheus {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url;
    this.#process = process;
    this.#folder = folder;
  }

  /** Starts a server on blocks of the samples. */
  static async start(series: readonly Series[]): Promise<Prometheus> {
    const folder = temporaryFolder();
    const samples = join(folder, 'samples.txt');
    writeFileSync(samples, openMetrics(series));
    execFileSync(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', samples, join(folder, 'data')], {
      stdio: 'pipe',
    });
    return Prometheus.#run(folder, '', []);
  }

  /** Starts an empty server with a configuration, in JSON, which is valid YAML. */
  static async configured(configuration: object, flags: readonly string[] = []): Promise<Prometheus> {
    return Prometheus.#run(temporaryFolder(), JSON.stringify(configuration), flags);
  }

  static async #run(folder: string, configuration: string, flags: readonly string[]): Promise<Prometheus> {
    const config = join(folder, 'prometheus.yml');
    writeFileSync(config, configuration);
    const address = `127.0.0.1:${await freePort()}`;
    const process = spawn(
      prometheus,
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--storage.tsdb.retention.time=100y',
        `--web.listen-address=${address}`,
        '--log.level=error',
        ...flags,
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const server = new Prometheus(`http://${address}`, process, folder);
    for (;;) {
      if (process.exitCode !== null) throw new Error(`prometheus ended with code ${process.exitCode}`);
      const ready = await fetch(`${server.url}/-/ready`).catch(() => null);
      await ready?.body?.cancel();
      if (ready?.ok === true) return server;
      await wait(100);
    }
  }

  async ask(path: string, parameters: Readonly<Record<string, string>>): Promise<PrometheusAnswer> {
    const response = await fetch(`${this.url}${path}`, { method: 'POST', body: new URLSearchParams(parameters) });
    return answer.parse(await response.json());
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.kill();
    await ended;
    removeFolder(this.#folder);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  server.close();
  await once(server, 'close');
  return port;
}

/** Samples in the OpenMetrics text format. */
function openMetrics(series: readonly Series[]): string {
  const lines = series.flatMap(({ labels, times, values }) => {
    const name = labels.get('__name__');
    const others = labels.withoutName().entries.map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    return [...times].map((ms, at) => `${name}{${others.join(',')}} ${numberText(values[at] ?? 0)} ${ms / 1000}`);
  });
  return `${lines.join('\n')}\n# EOF\n`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
