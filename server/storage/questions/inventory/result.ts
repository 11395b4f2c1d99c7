/** Merges what sources report about a function's configuration. */
import type { FunctionFacts } from '../../../../ingest/records/function-facts.ts';

export type StoredFacts = Omit<FunctionFacts, 'kind' | 'account' | 'region' | 'name'>;

/** Merges new facts into known ones: null keeps the known value; an empty list of subnets means no VPC (`vpcId` ""). */
export function mergeFacts(known: StoredFacts | null, given: Partial<StoredFacts>): StoredFacts {
  const versionCodes = given.versionCodes ? { ...known?.versionCodes, ...given.versionCodes } : null;
  const versionArchitectures = given.versionArchitectures
    ? { ...known?.versionArchitectures, ...given.versionArchitectures }
    : null;
  const vpc = given.subnetIds?.length === 0 ? { vpcId: '' } : {};
  return merge(known, { ...given, ...vpc, versionCodes, versionArchitectures });
}

/** Facts reported by one source. */
export interface ReportedFacts {
  readonly atMs: number;
  readonly source: string;
  readonly given: Partial<StoredFacts>;
}

/** A configuration: since when it applies, and when a source last confirmed it. */
export interface FactsEntry {
  readonly fromMs: number;
  readonly confirmedMs: number;
  readonly source: string;
  readonly facts: StoredFacts;
}

/** Folds reports (ascending by time) into a history, oldest first, with an entry per change. */
export function foldFacts(reported: readonly ReportedFacts[]): readonly FactsEntry[] {
  const entries: FactsEntry[] = [];
  for (const { atMs, source, given } of reported) {
    const newest = entries.at(-1);
    const facts = mergeFacts(newest?.facts ?? null, given);
    if (newest !== undefined && JSON.stringify(newest.facts) === JSON.stringify(facts)) {
      entries[entries.length - 1] = { ...newest, confirmedMs: atMs };
    } else if (newest !== undefined && newest.fromMs === atMs) {
      entries[entries.length - 1] = { fromMs: atMs, confirmedMs: atMs, source, facts };
    } else entries.push({ fromMs: atMs, confirmedMs: atMs, source, facts });
  }
  return entries;
}

const NOTHING: StoredFacts = {
  memoryMb: null,
  timeoutMs: null,
  runtime: null,
  architecture: null,
  vpcId: null,
  subnetIds: null,
  securityGroupIds: null,
  layers: null,
  packageType: null,
  codeSizeBytes: null,
  ephemeralStorageMb: null,
  provisionedConcurrency: null,
  snapStart: null,
  state: null,
  logGroup: null,
  lastModifiedMs: null,
  codeSha256: null,
  versionCodes: null,
  versionArchitectures: null,
  tenantIsolation: null,
  durable: null,
  capacityProvider: null,
  environmentConcurrency: null,
  instances: null,
  instanceHourUsd: null,
  subscriptionFilters: null,
};

function merge(known: StoredFacts | null, given: Partial<StoredFacts>): StoredFacts {
  const stated = Object.entries(given).filter(([field, value]) => field in NOTHING && (value ?? null) !== null);
  return { ...NOTHING, ...known, ...Object.fromEntries(stated) };
}
