/** AWS checks of the doctor. Imported only when needed: loads the AWS SDK. */
import type { AwsWants } from '../../ingest/aws/aws-probe.ts';
import { probeAws } from '../../ingest/aws/aws-probe.ts';
import type { Config } from '../config/environment.ts';
import type { AwsScopeOptions } from './aws-options.ts';
import type { Finding } from './doctor-checks.ts';

export async function checkAws(
  options: AwsScopeOptions,
  config: Config,
  wants: AwsWants,
): Promise<{ readonly findings: readonly Finding[]; readonly skewMs: number | null }> {
  const regions = options.region === undefined ? config.pull.regions : [options.region];
  const findings: Finding[] = [];
  let skewMs: number | null = null;
  for (const region of regions.length === 0 ? [undefined] : regions) {
    const { probes, serverMs } = await probeAws(
      { region, profile: options.profile, proxy: config.proxy },
      wants,
      Date.now(),
    );
    if (serverMs !== null) skewMs = Date.now() - serverMs;
    const where = region === undefined ? '' : ` in ${region}`;
    for (const { action, problem, skipped, optional } of probes) {
      if (problem !== null && optional)
        findings.push({
          area: 'AWS',
          verdict: 'note',
          sentence: `Optional${where}: ${problem} Without it, ${action === 'lambda:ListTags' ? 'tags are not read' : 'patterns of subscription filters are not compared'}.`,
        });
      else if (problem !== null)
        findings.push({
          area: 'AWS',
          verdict: 'problem',
          sentence: region === undefined ? problem : `${region}: ${problem}`,
        });
      else if (skipped !== null)
        findings.push({ area: 'AWS', verdict: 'note', sentence: `${action} was not tried${where}: ${skipped}.` });
      else findings.push({ area: 'AWS', verdict: 'ok', sentence: `${action} is allowed${where}.` });
    }
  }
  return { findings, skewMs };
}
