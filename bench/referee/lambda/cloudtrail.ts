/** CloudTrail records of changes of a function (Lambda developer guide, "Logging Lambda API calls with CloudTrail"). */
import type { FunctionPlan } from './plan.ts';
import type { Random } from './random.ts';
import { uuid } from './random.ts';
import { functionArn } from './traces.ts';

/** One record for each change by the user: code, configuration, or both. Lambda's own runtime updates leave none. */
export function trailRecords(plan: FunctionPlan, random: Random): readonly Record<string, unknown>[] {
  const byId = new Map(plan.configurations.map((configuration) => [configuration.id, configuration]));
  const records: Record<string, unknown>[] = [];
  plan.routing.forEach((routing, index) => {
    const before = byId.get(plan.routing[index - 1]?.weights[0]?.configuration ?? '');
    const after = byId.get(routing.weights[0]?.configuration ?? '');
    if (before === undefined || after === undefined || routing.why === 'runtime-patch') return;
    const names: string[] = [];
    if (before.codeSha256 !== after.codeSha256) names.push('UpdateFunctionCode20150331v2');
    if (before.memoryMb !== after.memoryMb) names.push('UpdateFunctionConfiguration20150331v2');
    if (after.version !== '$LATEST') names.push('UpdateAlias20150331');
    for (const eventName of names) {
      records.push({
        eventVersion: '1.08',
        userIdentity: { type: 'IAMUser', accountId: plan.accountId, userName: 'deployer' },
        eventTime: `${new Date(routing.fromMs).toISOString().slice(0, 19)}Z`,
        eventSource: 'lambda.amazonaws.com',
        eventName,
        awsRegion: plan.region,
        sourceIPAddress: '203.0.113.64',
        userAgent: 'aws-cli/2.15',
        requestParameters: { functionName: plan.name },
        responseElements: {
          functionName: plan.name,
          functionArn: functionArn(plan),
          memorySize: after.memoryMb,
          codeSha256: after.codeSha256,
          version: after.version,
        },
        requestID: uuid(random),
        eventID: uuid(random),
        readOnly: false,
        eventType: 'AwsApiCall',
        recipientAccountId: plan.accountId,
      });
    }
  });
  return records;
}
