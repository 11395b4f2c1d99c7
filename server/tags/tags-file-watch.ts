/** Keeps the rules of the file of tags: read at start and when it changes. Rules that were read last stay while it has errors. */
import type { Logger } from 'pino';
import type { FileTasks } from '../storage/files/tasks.ts';
import type { TagRule } from './tag-rule.ts';

interface TagsFileState {
  readonly rules: number;
  /** Why the file as it is now is not in use; empty if it is. */
  readonly errors: readonly string[];
  /** When the rules in use were read, epoch ms; null if none were. */
  readonly readMs: number | null;
}

interface Dependencies {
  readonly path: string;
  readonly files: { run(name: 'readTags', path: string, known: string | null): ReturnType<FileTasks['readTags']> };
  readonly now: () => number;
  readonly log: Pick<Logger, 'warn' | 'info'>;
}

export class TagsFile {
  readonly #of: Dependencies;
  #rules: readonly TagRule[] = [];
  #errors: readonly string[] = [];
  #readMs: number | null = null;
  /** Of the file that was looked at last. */
  #stamp: string | null = null;
  #notify: () => void = () => undefined;

  constructor(dependencies: Dependencies) {
    this.#of = dependencies;
  }

  rules(): readonly TagRule[] {
    return this.#rules;
  }

  /** False before the file could be read for the first time: its rules are not known. */
  get isRead(): boolean {
    return this.#readMs !== null;
  }

  onChange(notify: () => void): void {
    this.#notify = notify;
  }

  state(): TagsFileState {
    return { rules: this.#rules.length, errors: this.#errors, readMs: this.#readMs };
  }

  /** Reads the file if it is not the one that was read last. Never rejects. */
  async round(): Promise<void> {
    const { files, path, now, log } = this.#of;
    const found = await files.run('readTags', path, this.#stamp).catch((error: unknown) => ({
      stamp: null,
      result: { ok: false as const, errors: [error instanceof Error ? error.message : String(error)] },
    }));
    if (found.result === null) return;
    this.#stamp = found.stamp;
    if (found.result.ok) {
      this.#rules = found.result.rules;
      this.#errors = [];
      this.#readMs = now();
      log.info({ rules: this.#rules.length }, 'tags: the file was read');
      this.#notify();
      return;
    }
    const { errors } = found.result;
    if (errors.join('\n') === this.#errors.join('\n')) return;
    this.#errors = errors;
    const kept = this.#readMs === null ? 'no tags of a file are in use' : 'the tags read before stay in use';
    log.warn({ errors }, `tags: the file cannot be used; ${kept}`);
  }
}
