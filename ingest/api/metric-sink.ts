/** A {@link MetricSink} that uses Thermocline's HTTP API. */

import type { PulledPoint } from '../aws/metric-queries.ts';
import type { MetricSink } from '../aws/metrics.ts';
import type { GroupKey } from '../aws/pull.ts';
import type { PullCheckpoint } from '../records/pull-checkpoint.ts';
import type { WriteOutcome } from '../records/sink.ts';
import type { ApiClient } from './api-client.ts';
import { requestJson } from './api-client.ts';
import { HttpPullSink } from './pull-sink.ts';

export class HttpMetricSink implements MetricSink {
  readonly #api: ApiClient;
  readonly #positions: HttpPullSink;

  constructor(api: ApiClient) {
    this.#api = api;
    this.#positions = new HttpPullSink(api);
  }

  checkpoint(key: GroupKey, mode: PullCheckpoint['mode']): Promise<PullCheckpoint | null> {
    return this.#positions.checkpoint(key, mode);
  }

  /** @throws ApiError if the server did not store the points; the stored position is then unchanged. */
  async store(metrics: readonly PulledPoint[], checkpoint: PullCheckpoint): Promise<WriteOutcome> {
    const headers = { 'content-type': 'application/json', 'x-thermocline-source-name': 'CloudWatch%20metrics' };
    const body = JSON.stringify({ checkpoint, events: [], metrics });
    return requestJson<WriteOutcome>(this.#api, '/ingest/pull', { method: 'POST', headers, body });
  }
}
