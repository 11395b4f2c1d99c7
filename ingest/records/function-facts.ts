/** Configuration of a function. */

export type Architecture = 'x86_64' | 'arm64';

/** Entries of one list of configurations, as the contract of the API states them; each published version is one. */
export const MAX_LISTED_FUNCTIONS = 20_000;

/** Configuration of a function. null means unknown; an empty list is known to be empty. */
export interface FunctionFacts {
  readonly kind: 'function-facts';
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly memoryMb: number | null;
  readonly timeoutMs: number | null;
  readonly runtime: string | null;
  readonly architecture: Architecture | null;
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
  /** When code or configuration of $LATEST was last updated, epoch ms. */
  readonly lastModifiedMs: number | null;
  /** Hash of the deployment package of $LATEST, as AWS prints it. */
  readonly codeSha256: string | null;
  /** Hashes of the deployment packages of published versions, by version. Versions with the same hash run the same code. */
  readonly versionCodes: Readonly<Record<string, string>> | null;
  /** Architectures of published versions, by version. */
  readonly versionArchitectures: Readonly<Record<string, Architecture>> | null;
  /** Each environment serves one tenant only. */
  readonly tenantIsolation: boolean | null;
  readonly durable: boolean | null;
  /** ARN of the capacity provider of Managed Instances; "" if the function does not run on them. */
  readonly capacityProvider: string | null;
  /** Invocations that an environment runs at the same time (Managed Instances). */
  readonly environmentConcurrency: number | null;
  /** EC2 instances of the capacity provider that run the function, and what each costs per hour at list price. */
  readonly instances: number | null;
  readonly instanceHourUsd: number | null;
  /**
   * Subscription filters of the log group and of the account, by name: whether the pattern passes all lines in which runtimes
   * report errors.
   */
  readonly subscriptionFilters: Readonly<Record<string, boolean>> | null;
}

/** An architecture with the version ('' for $LATEST) and the time since which it applies, epoch ms; 0 for a published version. */
export type ArchitectureSince = readonly [version: string, sinceMs: number, architecture: Architecture];

/** Returns what facts that were read at `nowMs` say about architectures. */
export function architecturesIn(facts: FunctionFacts, nowMs: number): readonly ArchitectureSince[] {
  const { architecture, versionArchitectures, lastModifiedMs } = facts;
  // Without a time of update beside versions, the record is of a published version: it says nothing about $LATEST.
  const isLatest = lastModifiedMs !== null || versionArchitectures === null;
  return [
    ...(architecture === null || !isLatest ? [] : [['', lastModifiedMs ?? nowMs, architecture] as const]),
    ...Object.entries(versionArchitectures ?? {}).map(([version, own]) => [version, 0, own] as const),
  ];
}
