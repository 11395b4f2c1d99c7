/** Region, endpoint and credentials for S3, from where the AWS command line and SDKs take them. */
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } from '@smithy/core/config';
import type { AwsScope } from '../aws-clients.ts';

export interface S3Settings {
  readonly region: string;
  /** undefined: that of the region. */
  readonly endpoint: string | undefined;
  readonly credentials: () => Promise<{
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }>;
}

/** What services other than AWS mostly name their only region. */
const REGION_ELSEWHERE = 'us-east-1';

/**
 * Reads the environment (AWS_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, …) and the profile. Credentials are read when a request needs
 * them, and renewed before they expire; `requestHandler` carries their requests. @throws Error if AWS is meant and no region is set, or the endpoint is no URL
 */
export async function s3Settings(
  { region: givenRegion, profile, endpoint: given }: AwsScope,
  requestHandler: object,
): Promise<S3Settings> {
  const named = profile === undefined ? {} : { profile };
  const endpoint =
    given ??
    (await loadConfig<string | undefined>(
      {
        environmentVariableSelector: (env) => env['AWS_ENDPOINT_URL_S3'] || env['AWS_ENDPOINT_URL'] || undefined,
        configFileSelector: (settings, config) => {
          const services = config?.[`services.${settings['services'] ?? ''}`];
          return services?.['s3.endpoint_url'] ?? settings['endpoint_url'];
        },
        default: async () => undefined,
      },
      named,
    )());
  if (endpoint !== undefined && !/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : ''))
    throw new Error(`AWS_ENDPOINT_URL_S3: expected a URL such as https://minio.example.com:9000, got ${endpoint}`);
  const region =
    givenRegion ??
    (await loadConfig(
      endpoint === undefined
        ? NODE_REGION_CONFIG_OPTIONS
        : { ...NODE_REGION_CONFIG_OPTIONS, default: async () => REGION_ELSEWHERE },
      { ...NODE_REGION_CONFIG_FILE_OPTIONS, ...named },
    )());
  const clientConfig = { region, requestHandler, ...named };
  return { region, endpoint, credentials: defaultProvider({ ...named, clientConfig }) };
}
