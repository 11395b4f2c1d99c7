/** Reads function configuration as `aws lambda list-functions`, `get-function-configuration` and the SDK return it. */
import { arnRegion } from '../records/arn.ts';
import type { FunctionFacts } from '../records/function-facts.ts';
import type { DocumentResult } from '../records/telemetry-record.ts';
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
  const architecture = textsOf(listAt(record, 'Architectures'))[0];
  const seconds = numberAt(record, 'Timeout');
  const facts: FunctionFacts = {
    kind: 'function-facts',
    account: arn?.split(':')[4] ?? '',
    region: arnRegion(arn) ?? '',
    name,
    memoryMb: numberAt(record, 'MemorySize'),
    timeoutMs: seconds === null ? null : seconds * 1000,
    runtime: textAt(record, 'Runtime'),
    architecture: architecture === 'arm64' || architecture === 'x86_64' ? architecture : null,
    vpcId: textAt(vpc, 'VpcId'),
    // Lambda omits VpcConfig for functions that were never in a VPC.
    subnetIds: textsOf(listAt(vpc, 'SubnetIds')),
    securityGroupIds: textsOf(listAt(vpc, 'SecurityGroupIds')),
    layers: listAt(record, 'Layers').flatMap((layer) => (isObject(layer) ? textsOf([layer['Arn']]) : [])),
    packageType: textAt(record, 'PackageType'),
    codeSizeBytes: numberAt(record, 'CodeSize'),
    ephemeralStorageMb: numberAt(objectAt(record, 'EphemeralStorage'), 'Size'),
    provisionedConcurrency: numberAt(record, 'ProvisionedConcurrency'),
    snapStart: snapStartOf(textAt(objectAt(record, 'SnapStart'), 'ApplyOn')),
    state: textAt(record, 'State'),
    logGroup: textAt(objectAt(record, 'LoggingConfig'), 'LogGroup'),
    lastModifiedMs: isoMs(textAt(record, 'LastModified')?.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') ?? null),
  };
  return { ok: true, records: [facts] };
}

function snapStartOf(applyOn: string | null): boolean | null {
  return applyOn === null ? null : applyOn !== 'None';
}
