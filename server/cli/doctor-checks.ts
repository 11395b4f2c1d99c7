/** What the doctor looks at, one function an area. None of them changes anything or opens the store for writing. */

import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { DAY_MS, HOUR_MS } from '../../ingest/records/time.ts';
import { SsrfSafeClient } from '../alerts/egress/egress-client.ts';
import { MAX_CLOCK_SKEW_MS } from '../config/clock-skew.ts';
import type { Config } from '../config/environment.ts';
import { assetPaths, version } from '../config/paths.ts';
import { damageSentence, RECOVERY_HINT } from '../jobs/storage-watch.ts';
import { freeBytes, megabytes } from '../storage/free-space.ts';
import type { Damage } from '../storage/ports/maintenance.ts';
import { UpkeepProcesses } from '../storage/sqlite/maintenance/child.ts';
import { listBackups } from '../storage/sqlite/maintenance/manifest.ts';
import { knownSchema } from './known-schema.ts';
import type { Target } from './target.ts';
import { findServer } from './target.ts';

export interface Finding {
  readonly area: string;
  /** A note is worth knowing; a problem wants mending. */
  readonly verdict: 'ok' | 'note' | 'problem';
  readonly sentence: string;
}

/** File systems that SQLite's write-ahead log does not work on, by their magic numbers (statfs(2)). */
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

const ok = (area: string, sentence: string): Finding => ({ area, verdict: 'ok', sentence });
const note = (area: string, sentence: string): Finding => ({ area, verdict: 'note', sentence });
const problem = (area: string, sentence: string): Finding => ({ area, verdict: 'problem', sentence });

export function checkConfiguration(config: Config): readonly Finding[] {
  const findings = [ok('configuration', 'Every setting is valid.')];
  const major = Number(process.versions.node.split('.')[0]);
  if (major < OLDEST_SUPPORTED_NODE) {
    const text = `Node ${process.versions.node} works, and gets no security fixes any more: Node 22 or 24 do.`;
    findings.push(note('configuration', text));
  }
  if (!LOOPBACK.test(config.host)) {
    const open = `It listens on ${config.host}, for others than this machine`;
    const safe = config.publicUrl?.startsWith('https:') === true;
    findings.push(
      safe
        ? ok('configuration', `${open}; it is reached by ${config.publicUrl}.`)
        : note(
            'configuration',
            `${open}, and THERMOCLINE_PUBLIC_URL is not https: tokens must not travel in clear. Put a proxy with TLS in front (deploy/proxy).`,
          ),
    );
  }
  if (config.publicUrl === null) {
    const text =
      'THERMOCLINE_PUBLIC_URL is not set: links in alerts and templates name no server, and Firehose needs an https one.';
    findings.push(note('configuration', text));
  }
  return findings;
}

export async function checkDisk(config: Config): Promise<readonly Finding[]> {
  const { dataFolder, minFreeBytes } = config;
  if (!existsSync(dataFolder)) return [note('disk', `${dataFolder} is not there yet: the first start makes it.`)];
  const findings: Finding[] = [];
  try {
    accessSync(dataFolder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return [
      problem('disk', `${dataFolder} cannot be written to by this user: give it to the user that runs the server.`),
    ];
  }
  const { mode } = statSync(dataFolder);
  if ((mode & 0o007) !== 0)
    findings.push(note('disk', `${dataFolder} can be entered by every user of this machine: chmod 700 it.`));
  const network = NETWORK_FILE_SYSTEMS[(await statfs(dataFolder)).type];
  if (network !== undefined)
    findings.push(
      problem('disk', `${dataFolder} is on ${network}, where 200 would not mean stored: use a local disk.`),
    );
  const free = freeBytes(dataFolder);
  const wanted = `${megabytes(minFreeBytes)} are to stay free (THERMOCLINE_MIN_FREE_MB)`;
  if (free < minFreeBytes)
    findings.push(problem('disk', `${megabytes(free)} are free, ${wanted}: nothing is stored until there is more.`));
  else if (free < minFreeBytes * 4) findings.push(note('disk', `${megabytes(free)} are free, ${wanted}.`));
  else findings.push(ok('disk', `${megabytes(free)} are free on the disk of ${dataFolder}.`));
  return findings;
}

export async function checkServer(config: Config): Promise<readonly Finding[]> {
  const server = await findServer(config);
  if (server === null) return [note('server', 'No server runs on this data folder.')];
  const response = await server.request('/readyz');
  const { reason } = (await response.json()) as { reason?: string };
  const ready = response.ok
    ? ok('server', 'A server runs on this data folder, and is ready.')
    : problem('server', `A server runs on this data folder, and is not ready: ${reason ?? response.status}.`);
  return [ready, ...(await checkReceivers(server))];
}

async function checkReceivers(server: Target): Promise<readonly Finding[]> {
  const response = await server.request('/api/v1/alerts/receivers');
  const { items = [] } = (await response.json()) as { items?: { name: string; disabled: string | null }[] };
  if (items.length === 0)
    return [note('alerts', 'There is no receiver: alerts are shown on the page and told to nobody.')];
  const silent = items.filter((item) => item.disabled !== null);
  if (silent.length === 0) return [ok('alerts', `${items.length} receivers, all of them told.`)];
  return silent.map(({ name, disabled }) => {
    const why = { 'by-hand': 'by hand', gone: 'it answered 410 Gone', failing: 'nothing could be delivered for a day' };
    const text = `Receiver ${name} is disabled: ${why[disabled as keyof typeof why] ?? disabled}.`;
    return disabled === 'by-hand' ? note('alerts', text) : problem('alerts', text);
  });
}

/** Reads every page, in a process of its own. */
export async function checkDatabase(config: Config): Promise<readonly Finding[]> {
  const files = ['telemetry', 'control'].filter((name) => existsSync(`${config.dataFolder}/${name}.db`));
  if (files.length === 0) return [note('database', 'There is no database yet.')];
  const processes = new UpkeepProcesses(assetPaths.workers);
  const timer = setTimeout(() => processes.close(), CHECK_MS);
  try {
    const damage = (await processes.run({ op: 'check', folder: config.dataFolder })) as readonly Damage[];
    if (damage.length > 0) return [problem('database', `${damageSentence(damage)}. ${RECOVERY_HINT}`)];
    const names = files.map((name) => `${name}.db`).join(' and ');
    const migrations = files.map((name) => `${name} ${knownSchema(name)}`).join(', ');
    return [ok('database', `Every page of ${names} is whole. This version (${version}) knows schema ${migrations}.`)];
  } catch {
    return [note('database', `It took longer than ${CHECK_MS / 1000} s to read every page, and was not waited for.`)];
  } finally {
    clearTimeout(timer);
    processes.close();
  }
}

export function checkBackups(config: Config, nowMs: number): readonly Finding[] {
  const { folder, everyMs } = config.backups;
  const [latest] = listBackups(folder);
  if (latest === undefined) {
    const how = everyMs === null ? ' Set THERMOCLINE_BACKUP_HOURS, or call: thermocline backup' : '';
    return [note('backups', `There is no backup in ${folder}.${how}`)];
  }
  const ageMs = nowMs - Date.parse(latest.manifest.createdAt);
  const text = `The newest backup is ${(ageMs / DAY_MS).toFixed(1)} days old (${latest.path}, ${megabytes(latest.bytes)}).`;
  const findings: Finding[] = [];
  if (everyMs !== null && ageMs > 2 * everyMs)
    findings.push(problem('backups', `${text} One was due every ${everyMs / HOUR_MS} h.`));
  else findings.push(ok('backups', text));
  if (folder.startsWith(`${config.dataFolder}/`))
    findings.push(
      note(
        'backups',
        'Backups are on the disk of the data folder: they do not survive the loss of it. Set THERMOCLINE_BACKUP_FOLDER.',
      ),
    );
  return findings;
}

/** Is the server reached by the address it tells others? */
export async function checkReachability(
  config: Config,
): Promise<{ readonly findings: readonly Finding[]; readonly skewMs: number | null }> {
  if (config.publicUrl === null) return { findings: [], skewMs: null };
  // The operator's own address, which may well be private.
  const client = new SsrfSafeClient({ policy: { allow: ['0.0.0.0/0', '::/0'], http: true } });
  const url = new URL('/ingest/firehose', config.publicUrl).href;
  try {
    const answer = await client.post({ url, body: '{}', headers: { 'content-type': 'application/json' } });
    const serverMs = Date.parse(answer.headers['date'] ?? '');
    const skewMs = Number.isNaN(serverMs) ? null : Date.now() - serverMs;
    // Without a key it is refused in the shape that Firehose reads.
    const isOurs = answer.status === 401 && answer.body.includes('"errorMessage"');
    const text = isOurs
      ? ok('reachability', `${config.publicUrl} reaches a Thermocline, which asks for a key.`)
      : problem(
          'reachability',
          `${url} answers ${answer.status}, and not as Thermocline does: does the proxy pass /ingest on?`,
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

/** `skews`: our clock minus those of others, ms. */
export function checkClock(skews: readonly number[]): readonly Finding[] {
  const [worst] = skews.toSorted((a, b) => Math.abs(b) - Math.abs(a));
  if (worst === undefined)
    return [ok('clock', `It says ${new Date().toISOString()}; there was no other to compare it with.`)];
  const seconds = (Math.abs(worst) / 1000).toFixed(0);
  if (Math.abs(worst) <= MAX_CLOCK_SKEW_MS)
    return [ok('clock', 'It agrees with those of the servers that were asked.')];
  return [
    problem(
      'clock',
      `It is ${seconds} s ${worst > 0 ? 'ahead of' : 'behind'} others: run NTP (chrony, systemd-timesyncd).`,
    ),
  ];
}
