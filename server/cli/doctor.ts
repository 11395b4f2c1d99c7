/** `thermocline doctor`: looks at everything an operator may have got wrong, and says what it finds in sentences. Changes nothing. */
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
import { plain } from './text.ts';

export interface DoctorOptions {
  /** Ask AWS even where nothing is configured to be collected. */
  readonly aws?: true;
  readonly region?: string;
  readonly profile?: string;
  readonly json?: true;
}

const MARKS = { ok: ' ok ', note: 'note', problem: 'FAIL' } as const;

/** Exit code 1 where something is wrong. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const findings: Finding[] = [];
  const tell = (found: readonly Finding[]): void => {
    findings.push(...found);
    if (options.json === true) return;
    for (const { area, verdict, sentence } of found)
      process.stdout.write(`[${MARKS[verdict]}] ${area}: ${plain(sentence)}\n`);
  };
  const config = readConfig(tell);
  if (config !== null) await examine(config, options, tell);
  if (options.json === true) process.stdout.write(`${JSON.stringify({ findings }, null, 2)}\n`);
  const problems = findings.filter((finding) => finding.verdict === 'problem').length;
  if (options.json !== true)
    process.stdout.write(problems === 0 ? '\nNothing is wrong.\n' : `\n${problems} of these want mending.\n`);
  return problems === 0 ? 0 : 1;
}

async function examine(
  config: Config,
  options: DoctorOptions,
  tell: (found: readonly Finding[]) => void,
): Promise<void> {
  tell(checkConfiguration(config));
  tell(await checkDisk(config));
  tell(await checkServer(config));
  tell(await checkDatabase(config));
  tell(checkBackups(config, Date.now()));
  const clocks: number[] = [];
  if (config.clickhouse !== null) {
    const { checkClickHouse } = await import('./doctor-clickhouse.ts');
    const { findings, skewMs } = await checkClickHouse(config.clickhouse);
    tell(findings);
    if (skewMs !== null) clocks.push(skewMs);
  }
  const wants = {
    logs: config.pull.logGroups.length > 0 || options.aws === true,
    traces: config.traces || options.aws === true,
    inventory: config.inventory || options.aws === true,
  };
  if (wants.logs || wants.traces || wants.inventory) {
    const { checkAws } = await import('./doctor-aws.ts');
    const { findings, skewMs } = await checkAws(options, config, wants);
    tell(findings);
    if (skewMs !== null) clocks.push(skewMs);
  } else
    tell([
      { area: 'AWS', verdict: 'ok', sentence: 'Nothing is collected from AWS by this server; --aws asks anyway.' },
    ]);
  const { findings, skewMs } = await checkReachability(config);
  tell(findings);
  if (skewMs !== null) clocks.push(skewMs);
  tell(checkClock(clocks));
}

function readConfig(tell: (found: readonly Finding[]) => void): Config | null {
  try {
    return configFromProcess();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    tell(error.message.split('\n').map((line) => ({ area: 'configuration', verdict: 'problem', sentence: line })));
    return null;
  }
}
