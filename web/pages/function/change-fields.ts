/** Names of the fields that changes list, in words. */
import type { Message } from '../../i18n/translate.ts';
import { message, translated } from '../../i18n/translate.ts';

const FIELDS: Readonly<Record<string, Message>> = {
  version: message('Version'),
  memoryMb: message('Memory (MB)'),
  extensions: message('Extensions'),
  runtimeVersionArn: message('Runtime version'),
  deployedAtMs: message('Time of the update (epoch, ms)'),
  timeoutMs: message('Timeout (ms)'),
  runtime: message('Runtime'),
  architecture: message('Architecture'),
  vpcId: message('VPC'),
  subnetIds: message('Subnets'),
  securityGroupIds: message('Security groups'),
  layers: message('Layers'),
  packageType: message('Package type'),
  codeSizeBytes: message('Code size (bytes)'),
  ephemeralStorageMb: message('Ephemeral storage (MB)'),
  provisionedConcurrency: message('Provisioned concurrency'),
  snapStart: message('SnapStart'),
  state: message('State'),
  logGroup: message('Log group'),
  codeSha256: message('Code SHA-256'),
};

/** The name of a field in words; as the API has it where it is not known. */
export function fieldName(field: string): string {
  const known = FIELDS[field];
  return known === undefined ? field : translated(known);
}
