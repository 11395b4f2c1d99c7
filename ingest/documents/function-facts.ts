/** Reads function configuration as `aws lambda list-functions`, `get-function-configuration` and the SDK return it. */

import { droppedErrorTerms } from '../lines/filter-pattern.ts';
import { arnRegion } from '../records/arn.ts';
import type { Architecture, FunctionFacts } from '../records/function-facts.ts';
import type { DocumentResult } from '../records/telemetry-record.ts';
import { compareText } from '../text/compare-text.ts';
import type { Json } from './json.ts';
import { isObject, isoMs, listAt, numberAt, objectAt, textAt, textsOf } from './json.ts';

export function looksLikeFunctionFacts(record: Json): boolean {
  return typeof record['FunctionName'] === 'string' && typeof record['FunctionArn'] === 'string';
}

export function readFunctionFacts(record: Json): DocumentResult {
  const name = textAt(record, 'FunctionName');
  if (name === null) return { ok: false, reason: 'function-without-name' };
  const arn = textAt(record, 'FunctionArn');
  const vpc = objectAt(record, 'VpcConfig');
  const seconds = numberAt(record, 'Timeout');
  const isLatest = (textAt(record, 'Version') ?? '$LATEST') === '$LATEST';
  const managed = objectAt(objectAt(record, 'CapacityProviderConfig'), 'LambdaManagedInstancesCapacityProviderConfig');
  const facts: FunctionFacts = {
    kind: 'function-facts',
    account: arn?.split(':')[4] ?? '',
    region: arnRegion(arn) ?? '',
    name,
    memoryMb: numberAt(record, 'MemorySize'),
    timeoutMs: seconds === null ? null : seconds * 1000,
    runtime: textAt(record, 'Runtime'),
    architecture: architectureOf(listAt(record, 'Architectures')),
    vpcId: textAt(vpc, 'VpcId'),
    // Lambda omits VpcConfig for functions that were never in a VPC.
    subnetIds: textsOf(listAt(vpc, 'SubnetIds')),
    securityGroupIds: textsOf(listAt(vpc, 'SecurityGroupIds')),
    layers: textsOf(listAt(record, 'Layers').map((layer) => (isObject(layer) ? layer['Arn'] : null))),
    packageType: textAt(record, 'PackageType'),
    codeSizeBytes: numberAt(record, 'CodeSize'),
    ephemeralStorageMb: numberAt(objectAt(record, 'EphemeralStorage'), 'Size'),
    provisionedConcurrency: numberAt(record, 'ProvisionedConcurrency'),
    snapStart: snapStartOf(textAt(objectAt(record, 'SnapStart'), 'ApplyOn')),
    state: textAt(record, 'State'),
    logGroup: textAt(objectAt(record, 'LoggingConfig'), 'LogGroup'),
    // A published version's are those of its own, which never change.
    lastModifiedMs: isLatest ? isoMs(textAt(record, 'LastModified')) : null,
    codeSha256: isLatest ? textAt(record, 'CodeSha256') : null,
    versionCodes: isLatest ? null : versionCodesOf(record),
    versionArchitectures: isLatest ? null : versionArchitecturesOf(record),
    tenantIsolation: textAt(objectAt(record, 'TenancyConfig'), 'TenantIsolationMode') === 'PER_TENANT',
    durable: objectAt(record, 'DurableConfig') !== null,
    capacityProvider: textAt(managed, 'CapacityProviderArn') ?? '',
    environmentConcurrency: numberAt(managed, 'PerExecutionEnvironmentMaxConcurrency'),
    instances: null,
    instanceHourUsd: null,
    subscriptionFilters: filtersOf(record['SubscriptionFilters']),
  };
  return { ok: true, records: [facts] };
}

/** The inventory reader adds them, as DescribeSubscriptionFilters returns them. */
function filtersOf(value: unknown): Readonly<Record<string, boolean>> | null {
  if (!Array.isArray(value)) return null;
  const filters = value.filter(isObject).flatMap((filter) => {
    const name = textAt(filter, 'filterName');
    return name === null
      ? []
      : [[name, droppedErrorTerms(textAt(filter, 'filterPattern') ?? '').length === 0] as const];
  });
  return Object.fromEntries(filters.toSorted(([a], [b]) => compareText(a, b)));
}

function versionCodesOf(record: Json): Readonly<Record<string, string>> | null {
  const [version, code] = [textAt(record, 'Version'), textAt(record, 'CodeSha256')];
  return version === null || code === null ? null : { [version]: code };
}

function versionArchitecturesOf(record: Json): Readonly<Record<string, Architecture>> | null {
  const version = textAt(record, 'Version');
  const architecture = architectureOf(listAt(record, 'Architectures'));
  return version === null || architecture === null ? null : { [version]: architecture };
}

/** Returns the first of the list that is an architecture of Lambda; null if none is. */
export function architectureOf(list: readonly unknown[]): Architecture | null {
  const [first] = textsOf(list);
  return first === 'arm64' || first === 'x86_64' ? first : null;
}

/**
 * Joins the records of one function, as `list-functions --function-version ALL` lists them: the configuration is that of
 * $LATEST where it is listed, with the code of every version.
 */
export function joinVersions(records: readonly FunctionFacts[]): readonly FunctionFacts[] {
  const byFunction = new Map<string, FunctionFacts[]>();
  for (const record of records) {
    const key = JSON.stringify([record.account, record.region, record.name]);
    const same = byFunction.get(key);
    if (same === undefined) byFunction.set(key, [record]);
    else same.push(record);
  }
  return [...byFunction.values()].flatMap((same) => {
    const main =
      same.findLast((record) => record.versionCodes === null && record.versionArchitectures === null) ?? same.at(-1);
    if (main === undefined) return [];
    return {
      ...main,
      versionCodes: joined(same.map((record) => record.versionCodes)),
      versionArchitectures: joined(same.map((record) => record.versionArchitectures)),
    };
  });
}

function joined<T>(parts: readonly (Readonly<Record<string, T>> | null)[]): Readonly<Record<string, T>> | null {
  const all: Record<string, T> = Object.assign({}, ...parts.map((part) => part ?? {}));
  return Object.keys(all).length === 0 ? null : all;
}

function snapStartOf(applyOn: string | null): boolean | null {
  return applyOn === null ? null : applyOn !== 'None';
}
