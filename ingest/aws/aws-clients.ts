/** Creates AWS clients with long retries and a request rate limit that includes the retries. */
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { XRayClient } from '@aws-sdk/client-xray';
import pThrottle from 'p-throttle';
import type { ProxySettings } from '../api/proxy-settings.ts';
import { ProxiedHandler } from './proxied-handler.ts';

export interface AwsScope {
  /** undefined: taken by the SDK from the environment or the profile. */
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
  /** URL of the service; undefined: that of the region, or of AWS_ENDPOINT_URL. */
  readonly endpoint?: string | undefined;
  /** Proxies of outgoing requests; none by default. */
  readonly proxy?: ProxySettings | undefined;
}

export interface AwsRateLimit {
  /** Requests per second in one account and region, including retries. */
  readonly requestsPerSecond: number;
  /** Attempts per call. The default gives about a minute of adaptive back-off. */
  readonly maxAttempts?: number;
}

const MAX_ATTEMPTS = 8;
/** CloudWatch Logs answers within seconds; a slower request is aborted and retried. */
const REQUEST_TIMEOUT_MS = 60_000;

function settings({ region, profile, endpoint, proxy }: AwsScope, rateLimit: AwsRateLimit) {
  const timeouts = { requestTimeout: REQUEST_TIMEOUT_MS, connectionTimeout: 10_000 };
  const isProxied = proxy !== undefined && (proxy.http !== null || proxy.https !== null);
  return {
    maxAttempts: rateLimit.maxAttempts ?? MAX_ATTEMPTS,
    // Adaptive mode takes LimitExceededException (no free subscription slot) for throttling and slows down; calls that change
    // settings use the standard mode.
    retryMode: rateLimit.maxAttempts === undefined ? ('adaptive' as const) : ('standard' as const),
    requestHandler: isProxied ? new ProxiedHandler(proxy, timeouts) : timeouts,
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
}

interface Throttled {
  readonly middlewareStack: {
    add(
      middleware: (next: (args: never) => Promise<unknown>) => (args: never) => Promise<unknown>,
      options: { readonly step: 'finalizeRequest'; readonly priority: 'low'; readonly name: string },
    ): void;
  };
}

/** Limits the request rate. Runs after the retry middleware, so that retries count as well. */
function limitRate(client: unknown, rateLimit: AwsRateLimit): void {
  const turn = pThrottle({ limit: Math.max(1, Math.floor(rateLimit.requestsPerSecond)), interval: 1000 })(
    () => undefined,
  );
  (client as Throttled).middlewareStack.add(
    (next) => async (args) => {
      await turn();
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'requestBudget' },
  );
}

/** Client of CloudWatch Logs for one account and region. */
export function logsClient(scope: AwsScope, rateLimit: AwsRateLimit): CloudWatchLogsClient {
  const client = new CloudWatchLogsClient(settings(scope, rateLimit));
  limitRate(client, rateLimit);
  return client;
}

/** Client of CloudWatch metrics for one account and region. */
export function metricsClient(scope: AwsScope, rateLimit: AwsRateLimit): CloudWatchClient {
  const client = new CloudWatchClient(settings(scope, rateLimit));
  limitRate(client, rateLimit);
  return client;
}

/** Client of X-Ray for one account and region. */
export function xrayClient(scope: AwsScope, rateLimit: AwsRateLimit): XRayClient {
  const client = new XRayClient(settings(scope, rateLimit));
  limitRate(client, rateLimit);
  return client;
}

/** Client of Lambda for one account and region. */
export function lambdaClient(scope: AwsScope, rateLimit: AwsRateLimit): LambdaClient {
  const client = new LambdaClient(settings(scope, rateLimit));
  limitRate(client, rateLimit);
  return client;
}

/** The region that a client uses. @throws if neither argument, environment nor profile sets one */
export async function regionOf(client: { config: { region: () => Promise<string> } }): Promise<string> {
  return client.config.region();
}
