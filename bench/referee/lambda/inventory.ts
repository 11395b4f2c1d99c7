/** The answer of `aws lambda list-functions --function-version ALL` at a time (Lambda API reference, FunctionConfiguration). */
import type { Configuration, FunctionPlan } from './plan.ts';
import { functionArn } from './traces.ts';

/** Lists $LATEST and the published versions of functions as they are at `atMs`. */
export function listFunctions(plans: readonly FunctionPlan[], atMs: number): { readonly Functions: readonly object[] } {
  return { Functions: plans.flatMap((plan) => entries(plan, atMs)) };
}

function entries(plan: FunctionPlan, atMs: number): readonly object[] {
  const byId = new Map(plan.configurations.map((configuration) => [configuration.id, configuration]));
  const past = plan.routing.filter(({ fromMs }) => fromMs <= atMs);
  const published = new Map<string, { configuration: Configuration; fromMs: number }>();
  for (const routing of past) {
    for (const { configuration } of routing.weights) {
      const known = byId.get(configuration);
      if (known === undefined) continue;
      const seen = published.get(known.version);
      // A published version never changes; $LATEST is what was routed last.
      if (seen === undefined || known.version === '$LATEST') {
        published.set(known.version, { configuration: known, fromMs: routing.fromMs });
      }
    }
  }
  const latest = published.get('$LATEST') ?? [...published.values()].at(-1);
  if (latest === undefined) return [];
  published.set('$LATEST', latest);
  return [...published].map(([version, { configuration, fromMs }]) => entry(plan, configuration, version, fromMs));
}

function entry(plan: FunctionPlan, configuration: Configuration, version: string, fromMs: number): object {
  const unqualified = functionArn(plan);
  return {
    FunctionName: plan.name,
    FunctionArn: `${unqualified}:${version}`,
    Runtime: configuration.packageType === 'Image' ? undefined : configuration.runtime,
    Role: `arn:aws:iam::${plan.accountId}:role/planted`,
    Handler: configuration.packageType === 'Image' ? undefined : 'index.handler',
    CodeSize: configuration.codeBytes,
    Description: '',
    Timeout: Math.round(configuration.timeoutMs / 1000),
    MemorySize: configuration.memoryMb,
    LastModified: new Date(fromMs).toISOString().replace('Z', '+0000'),
    CodeSha256: configuration.codeSha256,
    Version: version,
    VpcConfig: configuration.vpc
      ? { SubnetIds: ['subnet-0a1b2c3d'], SecurityGroupIds: ['sg-0a1b2c3d'], VpcId: 'vpc-0a1b2c3d' }
      : { SubnetIds: [], SecurityGroupIds: [], VpcId: '' },
    TracingConfig: { Mode: plan.tracedShare > 0 ? 'Active' : 'PassThrough' },
    PackageType: configuration.packageType,
    Architectures: [configuration.architecture],
    EphemeralStorage: { Size: 512 },
    SnapStart: {
      ApplyOn: configuration.snapStart ? 'PublishedVersions' : 'None',
      OptimizationStatus: configuration.snapStart && version !== '$LATEST' ? 'On' : 'Off',
    },
    LoggingConfig: { LogFormat: plan.format === 'text' ? 'Text' : 'JSON', LogGroup: `/aws/lambda/${plan.name}` },
  };
}
