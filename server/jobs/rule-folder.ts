/** Applies the rule files of `THERMOCLINE_RULES` at start and when they change. A file with an error changes nothing. */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { MINUTE_MS } from '../../ingest/records/time.ts';
import type { Desired } from '../alerts/code/desired.ts';
import { FOLDER_OWNER } from '../alerts/code/managed.ts';
import type { ConfigurationPlan } from '../alerts/code/plan.ts';
import { planConfiguration } from '../alerts/code/plan.ts';
import type { FileProblem, RuleSet } from '../alerts/code/rule-set.ts';
import type { SecretReader } from '../alerts/code/secret-references.ts';
import type { AlertEngine } from '../alerts/engine.ts';
import { newSecret } from '../alerts/notify/signature.ts';
import { environmentVariable } from '../config/environment.ts';
import type { FileThread } from '../storage/files/file-thread.ts';
import type { StoreReader } from '../storage/ports.ts';
import type { OnTrouble } from './storage-watch.ts';

export interface RuleFolderOptions {
  /** File or folder; null if none is set. */
  readonly path: string | null;
  readonly files: Pick<FileThread, 'run'>;
  readonly alerts: Pick<AlertEngine, 'changeConfiguration' | 'urlBlockReason'>;
  /** For the receivers of reports. */
  readonly read: Pick<StoreReader, 'reportSchedules'>;
  /** Whether e-mail can be sent. */
  readonly isMailConfigured: boolean;
  readonly now: () => number;
  readonly log: Pick<Logger, 'info' | 'error'>;
  readonly onTrouble: OnTrouble;
}

export interface RuleFolderState {
  readonly path: string;
  /** When the files were last applied, or found to be applied, epoch ms; null if never since the start. */
  readonly appliedMs: number | null;
  /** Why the files as they are now are not applied; empty if they are. */
  readonly problems: readonly FileProblem[];
}

const EXTENSIONS = ['.yaml', '.yml', '.json'];
/** What is stored may allow it later: another owner releases a rule. */
const RETRY_MS = MINUTE_MS;
/** Problems that are logged and kept; one typing error can make many. */
const MOST_PROBLEMS = 100;

export class RuleFolder {
  readonly #options: RuleFolderOptions;
  #problems: readonly FileProblem[] = [];
  #appliedMs: number | null = null;
  /** Checksum of the texts, and what they say. */
  #read: { readonly checksum: string; readonly set: RuleSet } | null = null;
  /** Checksum of what was applied, or refused, last: with its secrets. */
  #done = '';
  /** When what is stored did not allow it, epoch ms. */
  #refusedMs: number | null = null;
  #isReleased = false;

  constructor(options: RuleFolderOptions) {
    this.#options = options;
  }

  /** Null if no folder is set. */
  state(): RuleFolderState | null {
    const { path } = this.#options;
    return path === null ? null : { path, appliedMs: this.#appliedMs, problems: this.#problems };
  }

  /** Reads the files, and applies them if they or the secrets that they name changed. Rejects if the store cannot be written. */
  async round(): Promise<void> {
    const { path } = this.#options;
    if (path === null) return this.#release();
    const set = await this.#readSet(path);
    if (set === null) return;
    const { desiredOf } = await import('../alerts/code/desired.ts');
    const result = await desiredOf(set, this.#secrets);
    if (!result.ok) {
      this.#refuse(result.problems);
      return;
    }
    const checksum = checksumOf(JSON.stringify(result.desired));
    const isRefused = this.#refusedMs !== null && this.#options.now() - this.#refusedMs < RETRY_MS;
    if (checksum === this.#done && (isRefused || this.#problems.length === 0)) return;
    await this.#apply(set, result.desired);
    this.#done = checksum;
  }

  /** What the folder applied while it was set can be changed by the API again. */
  async #release(): Promise<void> {
    if (this.#isReleased) return;
    await this.#options.alerts.changeConfiguration(({ managed }) => {
      const others = [...managed.values()].filter(({ owner }) => owner !== FOLDER_OWNER);
      if (others.length === managed.size) return null;
      return { ...UNCHANGED, managed: others };
    });
    this.#isReleased = true;
  }

  /** The files as they are now; null if they cannot be read or have errors, or had the same ones before. */
  async #readSet(path: string): Promise<RuleSet | null> {
    const found = await this.#options.files.run('readTextFiles', path, EXTENSIONS);
    if (!found.ok) return this.#refuse([{ file: found.file, line: null, field: '', message: found.reason }]);
    // A mount that is missing looks like this.
    if (found.files.length === 0)
      return this.#refuse([
        { file: path, line: null, field: '', message: 'expected at least one file that ends in .yaml, .yml or .json' },
      ]);
    const checksum = checksumOf(JSON.stringify(found.files));
    if (this.#read?.checksum === checksum) return this.#read.set;
    const { readRuleSet } = await import('../alerts/code/rule-set.ts');
    const result = readRuleSet(found.files);
    if (!result.ok) return this.#refuse(result.problems);
    this.#read = { checksum, set: result.set };
    return result.set;
  }

  async #apply(set: RuleSet, desired: Desired): Promise<void> {
    const { alerts, read, isMailConfigured, now, log } = this.#options;
    const { placed } = await import('../alerts/code/rule-set.ts');
    let plan: ConfigurationPlan | null = null;
    // At start a receiver that failures disabled stays disabled; a change of the files is a wish to try again.
    const enablesAgain = this.#done !== '';
    const reports = (await read.reportSchedules({})).map(({ schedule }) => schedule);
    await alerts.changeConfiguration((stored) => {
      plan = planConfiguration({ ...desired, owner: FOLDER_OWNER, prune: true }, stored, {
        blockReason: (url) => alerts.urlBlockReason(url),
        isMailConfigured,
        newSecret,
        reports,
        nowMs: now(),
        enablesAgain,
      });
      if (!plan.ok) return null;
      const { create, change, adopt, delete: deleted } = plan.counts;
      return create + change + adopt + deleted === 0 && isSameMarks(stored.managed, plan.change.managed)
        ? null
        : plan.change;
    });
    const made = plan as ConfigurationPlan | null;
    if (made === null) return;
    if (!made.ok) {
      this.#refusedMs = now();
      this.#refuse(placed(set, made.errors));
      return;
    }
    this.#refusedMs = null;
    this.#appliedMs = now();
    this.#note([]);
    log.info({ ...made.counts }, 'rule files applied');
  }

  readonly #secrets: SecretReader = async (reference, folder) => {
    if (reference.kind === 'file') return this.#options.files.run('readSecretFile', reference.path, folder);
    const value = environmentVariable(reference.name);
    return value === undefined ? { reason: 'is not set in the environment of the server' } : { value };
  };

  #refuse(problems: readonly FileProblem[]): null {
    this.#note(problems.slice(0, MOST_PROBLEMS));
    return null;
  }

  /** Logs problems, and raises an alert about them, when they change. */
  #note(problems: readonly FileProblem[]): void {
    if (JSON.stringify(problems) === JSON.stringify(this.#problems)) return;
    this.#problems = problems;
    const { log, onTrouble } = this.#options;
    for (const { file, line, field, message } of problems) log.error({ file, line, field }, `rule file: ${message}`);
    const [first] = problems;
    const more = problems.length > 1 ? ` and ${problems.length - 1} more` : '';
    onTrouble(
      'rules',
      first === undefined
        ? null
        : `Rule files are not applied, and the last valid ones stay: ${first.file}${first.line === null ? '' : `:${first.line}`}: ${first.field === '' ? '' : `${first.field}: `}${first.message}${more}`,
    );
  }
}

const UNCHANGED = { savedRules: [], removedRules: [], savedReceivers: [], removedReceivers: [], routing: null };

function isSameMarks(before: ReadonlyMap<string, object>, after: readonly object[]): boolean {
  return JSON.stringify([...before.values()]) === JSON.stringify(after);
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
