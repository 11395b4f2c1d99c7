/** Facts about regions and partitions of AWS, from their names. */

export interface Partition {
  /** `aws`, `aws-cn`, `aws-us-gov`, … as in ARNs. */
  readonly name: string;
  /** Suffix of host names and of regional service principals. */
  readonly suffix: string;
}

const COMMERCIAL: Partition = { name: 'aws', suffix: 'amazonaws.com' };

/** Prefixes of region names, as the SDKs' partition metadata has them. */
const PARTITIONS: readonly (readonly [prefix: string, partition: Partition])[] = [
  ['cn-', { name: 'aws-cn', suffix: 'amazonaws.com.cn' }],
  ['us-gov-', { name: 'aws-us-gov', suffix: 'amazonaws.com' }],
  ['us-iso-', { name: 'aws-iso', suffix: 'c2s.ic.gov' }],
  ['us-isob-', { name: 'aws-iso-b', suffix: 'sc2s.sgov.gov' }],
  ['eu-isoe-', { name: 'aws-iso-e', suffix: 'cloud.adc-e.uk' }],
  ['us-isof-', { name: 'aws-iso-f', suffix: 'csp.hci.ic.gov' }],
  ['eusc-', { name: 'aws-eusc', suffix: 'amazonaws.eu' }],
];

/** Partition that a region belongs to, by its prefix. */
export function partitionOf(region: string): Partition {
  return PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? COMMERCIAL;
}

/** The partition in an ARN; null if the text is no ARN of a known partition. */
export function partitionOfArn(arn: string): Partition | null {
  const name = /^arn:(aws[a-z-]*):/.exec(arn)?.[1];
  if (name === undefined) return null;
  return [COMMERCIAL, ...PARTITIONS.map(([, partition]) => partition)].find((known) => known.name === name) ?? null;
}

/** The regions that every account can use. Regions that AWS launched since March 2019 must be enabled first. */
const ALWAYS_ENABLED = new Set([
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ap-south-1',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eu-north-1',
  'sa-east-1',
]);

/** Whether the region must be enabled for an account before its credentials are valid there. */
export function isOptInRegion(region: string): boolean {
  return partitionOf(region).name === 'aws' && !ALWAYS_ENABLED.has(region);
}
