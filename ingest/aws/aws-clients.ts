/** AWS clients as the collectors use them: patient retries, and a request budget that every attempt draws on. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { XRayClient } from '@aws-sdk/client-xray';
import pThrottle from 'p-throttle';

export interface AwsScope {
  /** undefined: what the SDK finds in the environment or the profile. */
  readonly region?: string | undefined;
  readonly profile?: string | undefined;
}

export interface AwsRateLimit {
  /** Requests per second and account and region, retries included. */
  readonly requestsPerSecond: number;
  /** Attempts of one call before it is given up; about a minute of adaptive back-off by default. */
  readonly maxAttempts?: number;
}

const MAX_ATTEMPTS = 8;
/** CloudWatch Logs answers within seconds; one that does not is asked again. */
const REQUEST_TIMEOUT_MS = 60_000;

function settings({ region, profile }: AwsScope, budget: AwsRateLimit) {
  return {
    maxAttempts: budget.maxAttempts ?? MAX_ATTEMPTS,
    // The SDK takes "no slot left" for a throttle: whoever changes things does not slow down for it.
    retryMode: budget.maxAttempts === undefined ? ('adaptive' as const) : ('standard' as const),
    requestHandler: { requestTimeout: REQUEST_TIMEOUT_MS, connectionTimeout: 10_000 },
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
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

/** Behind the retry middleware, so that retries wait for their turn as well. */
function draw(client: unknown, budget: AwsRateLimit): void {
  const turn = pThrottle({ limit: Math.max(1, Math.floor(budget.requestsPerSecond)), interval: 1000 })(() => undefined);
  (client as Throttled).middlewareStack.add(
    (next) => async (args) => {
      await turn();
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'requestBudget' },
  );
}

export function logsClient(place: AwsScope, budget: AwsRateLimit): CloudWatchLogsClient {
  const client = new CloudWatchLogsClient(settings(place, budget));
  draw(client, budget);
  return client;
}

export function xrayClient(place: AwsScope, budget: AwsRateLimit): XRayClient {
  const client = new XRayClient(settings(place, budget));
  draw(client, budget);
  return client;
}

export function lambdaClient(place: AwsScope, budget: AwsRateLimit): LambdaClient {
  const client = new LambdaClient(settings(place, budget));
  draw(client, budget);
  return client;
}

/** The region a client settled on. @throws when neither argument, environment nor profile names one. */
export async function regionOf(client: { config: { region: () => Promise<string> } }): Promise<string> {
  return client.config.region();
}
