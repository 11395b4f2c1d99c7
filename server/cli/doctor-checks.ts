/** Checks of the doctor, one function per area. All are read-only. */

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import { byteSize, fixed, integer } from '../../ingest/text/quantities.ts';
import { SsrfSafeClient } from '../alerts/egress/egress-client.ts';
import { capacityReason } from '../config/capacity.ts';
import { MAX_CLOCK_SKEW_MS } from '../config/clock-skew.ts';
import type { Config } from '../config/environment.ts';
import { assetPaths, version } from '../config/paths.ts';
import { damageSentence, RECOVERY_HINT } from '../jobs/storage-watch.ts';
import { freeBytes } from '../storage/free-space.ts';
import type { StoreCheck } from '../storage/sqlite/maintenance/check.ts';
import { UpkeepProcesses } from '../storage/sqlite/maintenance/child.ts';
import { listBackups } from '../storage/sqlite/maintenance/manifest.ts';
import { knownSchema } from './known-schema.ts';
import type { Target } from './target.ts';
import { findServer } from './target.ts';

export interface Finding {
  readonly area: string;
  /** `note` is information, `problem` needs to be fixed. */
  readonly verdict: 'ok' | 'note' | 'problem';
  readonly sentence: string;
}

/** File systems that do not support SQLite's write-ahead log, by magic number (statfs(2)). */
const NETWORK_FILE_SYSTEMS: Readonly<Record<number, string>> = {
  26985: 'NFS',
  20859: 'SMB',
  4283649346: 'CIFS',
  4266872130: 'SMB2',
  16914839: '9P',
};
const LOOPBACK = /^(?:localhost|127\.|::1$)/;
const OLDEST_SUPPORTED_NODE = 22;
const CHECK_MS = 120_000;
/** Smallest memory that withstood load, bursts and hostile bodies in tests. */
const LEAST_MEMORY_BYTES = 256 * 1_048_576;

const ok = (area: string, sentence: string): Finding => ({ area, verdict: 'ok', sentence });
const note = (area: string, sentence: string): Finding => ({ area, verdict: 'note', sentence });
const problem = (area: string, sentence: string): Finding => ({ area, verdict: 'problem', sentence });

/** Checks settings, Node.js version, memory, listening address and public URL. */
export function checkConfiguration(config: Config): readonly Finding[] {
  const findings = [
    ok('configuration', 'All settings are valid.'),
    config.capacity.memoryBytes < LEAST_MEMORY_BYTES
      ? note('capacity', `${capacityReason(config.capacity).text}. Hostile bodies can end the process below 256 MB.`)
      : ok('capacity', `${capacityReason(config.capacity).text}.`),
  ];
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_SUPPORTED_NODE) {
    const text = `Node ${process.versions.node} works but no longer gets security fixes. Use Node 22 or 24.`;
    findings.push(note('configuration', text));
  }
  if (!LOOPBACK.test(config.host)) {
    const open = `The server listens on ${config.host}, reachable from other machines`;
    const safe = config.publicUrl?.startsWith('https:') === true;
    findings.push(
      safe
        ? ok('configuration', `${open}, through ${config.publicUrl}.`)
        : note(
            'configuration',
            `${open}, and THERMOCLINE_PUBLIC_URL is not https: tokens would be sent unencrypted. Use a TLS proxy (deploy/proxy).`,
          ),
    );
  }
  if (config.publicUrl === null) {
    const text =
      'THERMOCLINE_PUBLIC_URL is not set: alerts and templates contain no links, and Firehose requires an https URL.';
    findings.push(note('configuration', text));
  }
  return findings;
}

/** Checks the data folder: permissions, file system and free space. */
export async function checkDisk(config: Config): Promise<readonly Finding[]> {
  const { dataFolder, minFreeBytes } = config;
  if (!existsSync(dataFolder)) return [note('disk', `${dataFolder} does not exist yet. The first start creates it.`)];
  const findings: Finding[] = [];
  try {
    accessSync(dataFolder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [
      problem('disk', `${dataFolder} is not writable by this user. Change its owner to the user that runs the server.`),
    ];
  }
  const { mode } = statSync(dataFolder);
  if ((mode & 0o007) !== 0)
    findings.push(note('disk', `${dataFolder} is accessible to all users of this machine. Run chmod 700 on it.`));
  const network = NETWORK_FILE_SYSTEMS[(await statfs(dataFolder)).type];
  if (network !== undefined)
    findings.push(
      problem('disk', `${dataFolder} is on ${network}, which does not guarantee durable writes. Use a local disk.`),
    );
  const free = freeBytes(dataFolder);
  const required = `${byteSize(minFreeBytes)} are required (THERMOCLINE_MIN_FREE_MB)`;
  if (free < minFreeBytes) findings.push(problem('disk', `${byteSize(free)} are free, ${required}: ingest is paused.`));
  else if (free < minFreeBytes * 4) findings.push(note('disk', `${byteSize(free)} are free, ${required}.`));
  else findings.push(ok('disk', `${byteSize(free)} are free on the disk of ${dataFolder}.`));
  return findings;
}

/** Checks whether a server runs on the data folder, is ready, and has enabled receivers. */
export async function checkServer(config: Config): Promise<readonly Finding[]> {
  const server = await findServer(config);
  if (server === null) return [note('server', 'No server is running on this data folder.')];
  const response = await server.request('/readyz');
  const { reason } = (await response.json()) as { reason?: string };
  const ready = response.ok
    ? ok('server', 'The server on this data folder is ready.')
    : problem('server', `The server on this data folder is not ready: ${reason ?? response.status}.`);
  return [ready, ...(await checkReceivers(server))];
}

async function checkReceivers(server: Target): Promise<readonly Finding[]> {
  const response = await server.request('/api/v1/alerts/receivers');
  const { items = [] } = (await response.json()) as { items?: { name: string; disabled: string | null }[] };
  if (items.length === 0) return [note('alerts', 'No receivers: alerts are only shown on the Alerts page.')];
  const disabledItems = items.filter((item) => item.disabled !== null);
  if (disabledItems.length === 0) return [ok('alerts', `${items.length} receivers, all enabled.`)];
  return disabledItems.map(({ name, disabled }) => {
    const reasons = {
      'by-hand': 'manually',
      gone: 'it answered 410 Gone',
      failing: 'all deliveries failed for 24 hours',
    };
    const text = `Receiver ${name} is disabled: ${reasons[disabled as keyof typeof reasons] ?? disabled}.`;
    return disabled === 'by-hand' ? note('alerts', text) : problem('alerts', text);
  });
}

/** Reads every page of the database files, in a separate process. */
export async function checkDatabase(config: Config): Promise<readonly Finding[]> {
  const files = ['telemetry', 'control'].filter((name) => existsSync(`${config.dataFolder}/${name}.db`));
  if (files.length === 0) return [note('database', 'No database yet.')];
  const processes = new UpkeepProcesses(assetPaths.workers);
  const timer = setTimeout(() => processes.close(), CHECK_MS);
  try {
    const job = { op: 'check', folder: config.dataFolder, thorough: true, bytesPerSecond: null } as const;
    const { damage } = (await processes.run(job)) as StoreCheck;
    if (damage.length > 0) return [problem('database', `${damageSentence(damage)}. ${RECOVERY_HINT}`)];
    const names = files.map((name) => `${name}.db`).join(' and ');
    const migrations = files.map((name) => `${name} ${knownSchema(name)}`).join(', ');
    return [
      ok('database', `All pages of ${names} are intact. This version (${version}) supports schema ${migrations}.`),
    ];
  } catch {
    return [note('database', `The check took longer than ${CHECK_MS / 1000} s and was stopped.`)];
  } finally {
    clearTimeout(timer);
    processes.close();
  }
}

/** Checks the age and the disk of the newest backup. */
export function checkBackups(config: Config, nowMs: number): readonly Finding[] {
  const { folder, everyMs } = config.backups;
  const [latest] = listBackups(folder);
  if (latest === undefined) {
    const how = everyMs === null ? ' Set THERMOCLINE_BACKUP_HOURS, or run thermocline backup.' : '';
    return [note('backups', `No backups in ${folder}.${how}`)];
  }
  const ageMs = nowMs - Date.parse(latest.manifest.createdAt);
  const text = `The newest backup is ${fixed(ageMs / DAY_MS, 1)} days old (${latest.path}, ${byteSize(latest.bytes)}).`;
  const findings: Finding[] = [];
  if (everyMs !== null && ageMs > 2 * everyMs)
    findings.push(problem('backups', `${text} Scheduled backups run every ${everyMs / HOUR_MS} h.`));
  else findings.push(ok('backups', text));
  if (folder.startsWith(`${config.dataFolder}/`))
    findings.push(
      note(
        'backups',
        'Backups are on the same disk as the data folder and would be lost with it. Set THERMOCLINE_BACKUP_FOLDER.',
      ),
    );
  return findings;
}

/** Checks that the public URL reaches a Thermocline server. */
export async function checkReachability(
  config: Config,
): Promise<{ readonly findings: readonly Finding[]; readonly skewMs: number | null }> {
  if (config.publicUrl === null) return { findings: [], skewMs: null };
  // The operator's own URL may be private: allow all networks.
  const client = new SsrfSafeClient({ policy: { allow: ['0.0.0.0/0', '::/0'], http: true }, proxy: config.proxy });
  const url = `${config.publicUrl}/ingest/firehose`;
  try {
    const answer = await client.post({ url, body: '{}', headers: { 'content-type': 'application/json' } });
    const serverMs = Date.parse(answer.headers['date'] ?? '');
    const skewMs = Number.isNaN(serverMs) ? null : Date.now() - serverMs;
    // Without a key, Thermocline answers 401 in Firehose's response format.
    const isOurs = answer.status === 401 && answer.body.includes('"errorMessage"');
    const text = isOurs
      ? ok('reachability', `${config.publicUrl} reaches Thermocline, which requires a key.`)
      : problem(
          'reachability',
          `${url} answered ${answer.status}, but not as Thermocline does. Check that the proxy forwards /ingest.`,
        );
    return { findings: [text], skewMs };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      findings: [problem('reachability', `${config.publicUrl} cannot be reached from here: ${why}.`)],
      skewMs: null,
    };
  } finally {
    await client.close();
  }
}

/** `skews` are our clock minus the clocks of other servers, ms. */
export function checkClock(skews: readonly number[]): readonly Finding[] {
  const [worst] = skews.toSorted((a, b) => Math.abs(b) - Math.abs(a));
  if (worst === undefined)
    return [ok('clock', `The clock shows ${new Date().toISOString()}; there was no other clock to compare it with.`)];
  const seconds = integer(Math.abs(worst) / 1000);
  if (Math.abs(worst) <= MAX_CLOCK_SKEW_MS) return [ok('clock', 'The clock agrees with those of other servers.')];
  return [
    problem(
      'clock',
      `The clock is ${seconds} s ${worst > 0 ? 'ahead of' : 'behind'} others. Use NTP (chrony, systemd-timesyncd).`,
    ),
  ];
}
