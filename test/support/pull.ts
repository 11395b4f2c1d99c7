/** Pulls from a test server that speaks the CloudWatch Logs protocol into a product, by one clock. */
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach } from 'vitest';
import { HttpPullSink } from '../../ingest/api/pull-sink.ts';
import { logsClient } from '../../ingest/aws/aws-clients.ts';
import { Poller } from '../../ingest/aws/poller.ts';
import type { PullSink } from '../../ingest/aws/pull.ts';
import { DEFAULT_TIMING } from '../../ingest/aws/pull-window.ts';
import type { PullCheckpoint } from '../../ingest/records/pull-checkpoint.ts';
import { ACCOUNT, AwsDouble, REGION, stubCredentials } from './aws.ts';
import { stored } from './firehose.ts';
import type { TestProduct } from './product.ts';
import { removeFolder, startProduct } from './product.ts';

export const T0 = Date.UTC(2026, 10, 20, 10);
export const GROUP = '/aws/lambda/pulled';
const key = { account: ACCOUNT, region: REGION, logGroup: GROUP };

/** A product and an AWS double for each test of the file. */
export class PullFixture {
  aws!: AwsDouble;
  product!: TestProduct;
  /** Clock of the product, of AWS and of pollers, epoch ms. */
  now = T0;
  warnings: string[] = [];
  #client!: CloudWatchLogsClient;

  constructor() {
    stubCredentials();
    beforeEach(async () => {
      this.aws = await AwsDouble.start();
      this.aws.now = () => this.now;
      this.now = T0;
      this.warnings = [];
      this.product = await startProduct({ now: () => this.now });
      this.#client = logsClient(this.aws.scope, { requestsPerSecond: 100, maxAttempts: 3 });
    });
    afterEach(async () => {
      this.#client.destroy();
      await this.product.close();
      await this.aws.stop();
      removeFolder(this.product.folder);
    });
  }

  sink(): PullSink {
    return new HttpPullSink(this.product.fetch);
  }

  poller(using: PullSink = this.sink(), include = ['/aws/lambda/*'], clock = (): number => this.now): Poller {
    return new Poller({
      isOurs: () => true,
      client: this.#client,
      region: REGION,
      selection: { include, exclude: [] },
      platformLinesOnly: false,
      timing: DEFAULT_TIMING,
      sink: using,
      now: clock,
      log: { info: () => undefined, warn: (_facts, text) => this.warnings.push(text) },
    });
  }

  /** Request ids of stored invocations, in ascending order. */
  async ids(): Promise<string[]> {
    return (await stored(this.product)).map((item) => item.requestId).toSorted();
  }

  checkpoint(logGroup = GROUP): Promise<PullCheckpoint | null> {
    return this.sink().checkpoint({ ...key, logGroup }, 'poll');
  }

  /** Time windows in which events of the group were asked for, epoch ms. */
  windows(logGroup = GROUP): readonly (readonly [fromMs: number, toMs: number])[] {
    return this.aws
      .of('FilterLogEvents')
      .filter((input) => input['logGroupName'] === logGroup)
      .map((input) => [Number(input['startTime']), Number(input['endTime'])]);
  }
}
