/** Configuration of a function. */

/** Configuration of a function. null means unknown; an empty list is known to be empty. */
export interface FunctionFacts {
  readonly kind: 'function-facts';
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly memoryMb: number | null;
  readonly timeoutMs: number | null;
  readonly runtime: string | null;
  readonly architecture: 'x86_64' | 'arm64' | null;
  readonly vpcId: string | null;
  /** Empty if the function is not in a VPC. */
  readonly subnetIds: readonly string[] | null;
  readonly securityGroupIds: readonly string[] | null;
  readonly layers: readonly string[] | null;
  readonly packageType: string | null;
  readonly codeSizeBytes: number | null;
  readonly ephemeralStorageMb: number | null;
  readonly provisionedConcurrency: number | null;
  readonly snapStart: boolean | null;
  readonly state: string | null;
  readonly logGroup: string | null;
  readonly lastModifiedMs: number | null;
}
