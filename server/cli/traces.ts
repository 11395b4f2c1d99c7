/** `thermocline traces`: fetches X-Ray traces of stored invocations, cold starts first. */

import { HttpTraceSink } from '../../ingest/api/trace-sink.ts';
import { regionOf, xrayClient } from '../../ingest/aws/aws-clients.ts';
import { fetchTraces, limitSentence } from '../../ingest/aws/traces.ts';
import type { Config } from '../config/environment.ts';
import type { AwsScopeOptions } from './aws-options.ts';
import { rangeOfArguments } from './aws-options.ts';
import { writeOut } from './output.ts';
import { Progress } from './progress.ts';
import { openTarget } from './target.ts';

export interface TraceOptions extends AwsScopeOptions {
  readonly since: string;
  readonly limit: number;
}

export async function runTraces(config: Config, options: TraceOptions): Promise<number> {
  const { fromMs } = rangeOfArguments(options.since, 'now', Date.now());
  const client = xrayClient(
    { ...options, proxy: config.proxy },
    { requestsPerSecond: options.requestsPerSecond ?? config.pull.requestsPerSecond },
  );
  const target = await openTarget(config);
  const stopping = new AbortController();
  const interrupt = (): void => stopping.abort();
  process.once('SIGINT', interrupt);
  let progress: Progress | null = null;
  let last = 0;
  try {
    const region = await regionOf(client);
    const { requested, found, segments, inProgress, limitExceeded, problem } = await fetchTraces({
      client,
      sink: new HttpTraceSink(target.request, fromMs, region, true),
      limit: options.limit,
      signal: stopping.signal,
      onProgress: (done, of) => {
        progress ??= new Progress(of, 'traces');
        progress.add(done - last, 'X-Ray');
        last = done;
      },
    });
    writeOut(`requested ${requested} traces, found ${found}, ${segments} new segments\n`);
    if (inProgress > 0)
      writeOut(`${inProgress} traces have segments in progress. Run the command again in a few minutes.\n`);
    const limited = limitSentence(limitExceeded);
    if (limited !== null) writeOut(`${limited}\n`);
    if (requested === 0 && problem === null) {
      writeOut(
        `No trace of ${region} is missing or due for another attempt. REPORT lines name traces if active tracing is on; traces of the last 30 s are not asked for yet.\n`,
      );
    }
    if (problem !== null) writeOut(`${problem}\n`);
    if (stopping.signal.aborted) return 130;
    return problem === null ? 0 : 1;
  } finally {
    (progress as Progress | null)?.finish();
    process.removeListener('SIGINT', interrupt);
    client.destroy();
    await target.close();
  }
}
