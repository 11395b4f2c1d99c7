/** `thermocline doctor`: checks the installation and prints findings. Read-only. */

import { plain } from '../../ingest/text/printable.ts';
import type { Config } from '../config/environment.ts';
import { ConfigError, configFromProcess } from '../config/environment.ts';
import type { Finding } from './doctor-checks.ts';
import {
  checkBackups,
  checkClock,
  checkConfiguration,
  checkDatabase,
  checkDisk,
  checkReachability,
  checkServer,
} from './doctor-checks.ts';
import { checkCommits } from './doctor-commits.ts';
import { writeJson, writeOut } from './output.ts';
import { findServer } from './target.ts';

export interface DoctorOptions {
  /** Check AWS permissions even if nothing is collected from AWS. */
  readonly aws?: true;
  readonly region?: string;
  readonly profile?: string;
  readonly json?: true;
}

const MARKS = { ok: ' ok ', note: 'note', problem: 'FAIL' } as const;

/** Runs all checks. Exit code 1 if there is a problem. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const findings: Finding[] = [];
  const report = (found: readonly Finding[]): void => {
    findings.push(...found);
    if (options.json === true) return;
    for (const { area, verdict, sentence } of found) writeOut(`[${MARKS[verdict]}] ${area}: ${plain(sentence)}\n`);
  };
  const config = readConfig(report);
  if (config !== null) await examine(config, options, report);
  if (options.json === true) writeJson({ findings }, 2);
  const problems = findings.filter((finding) => finding.verdict === 'problem').length;
  if (options.json !== true)
    writeOut(
      problems === 0 ? '\nNo problems found.\n' : `\n${problems} ${problems === 1 ? 'problem' : 'problems'} found.\n`,
    );
  return problems === 0 ? 0 : 1;
}

async function examine(
  config: Config,
  options: DoctorOptions,
  report: (found: readonly Finding[]) => void,
): Promise<void> {
  report(checkConfiguration(config));
  report(await checkDisk(config));
  report(await checkServer(config));
  report(checkCommits(config, (await findServer(config)) !== null));
  report(await checkDatabase(config));
  report(checkBackups(config, Date.now()));
  const clocks: number[] = [];
  if (config.clickhouse !== null) {
    const { checkClickHouse } = await import('./doctor-clickhouse.ts');
    const { findings, skewMs } = await checkClickHouse(config.clickhouse);
    report(findings);
    if (skewMs !== null) clocks.push(skewMs);
  }
  const wants = {
    logs: config.pull.logGroups.length > 0 || options.aws === true,
    traces: config.traces || options.aws === true,
    metrics: config.pullMetricsMs !== null || options.aws === true,
    inventory: config.inventory || options.aws === true,
    logGroups: config.pull.logGroups,
  };
  if (wants.logs || wants.traces || wants.metrics || wants.inventory) {
    const { checkAws } = await import('./doctor-aws.ts');
    const { findings, skewMs } = await checkAws(options, config, wants);
    report(findings);
    if (skewMs !== null) clocks.push(skewMs);
  } else
    report([
      {
        area: 'AWS',
        verdict: 'ok',
        sentence: 'This server collects nothing from AWS. Use --aws to check permissions anyway.',
      },
    ]);
  const { findings, skewMs } = await checkReachability(config);
  report(findings);
  if (skewMs !== null) clocks.push(skewMs);
  report(checkClock(clocks));
}

function readConfig(report: (found: readonly Finding[]) => void): Config | null {
  try {
    return configFromProcess();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    report(error.message.split('\n').map((line) => ({ area: 'configuration', verdict: 'problem', sentence: line })));
    return null;
  }
}
