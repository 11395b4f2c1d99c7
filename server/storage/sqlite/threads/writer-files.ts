/** The writer's check that the files it writes are the files at their paths. Nothing is acknowledged while they are not. */
import { join } from 'node:path';
import { WAL_LIMIT_BYTES } from '../connection.ts';
import type { PathIdentity } from '../open-files.ts';
import { DatabaseFiles, SingleFile } from '../open-files.ts';
import { DetachedFileError } from '../sqlite-errors.ts';

export class WriterFiles {
  readonly #telemetry: DatabaseFiles;
  readonly #control: DatabaseFiles;
  readonly #lock: SingleFile;
  readonly #onChange: (detached: string | null) => void;
  /** The error that was last reported; null while all files are attached. */
  #reported: string | null = null;

  /** `before`: the paths of both databases before they were opened. `onChange` receives an error, and null when it has ended. */
  constructor(
    folder: string,
    before: readonly [telemetry: PathIdentity, control: PathIdentity],
    onChange: (detached: string | null) => void,
  ) {
    this.#telemetry = new DatabaseFiles(join(folder, 'telemetry.db'), before[0], WAL_LIMIT_BYTES);
    this.#control = new DatabaseFiles(join(folder, 'control.db'), before[1], WAL_LIMIT_BYTES);
    this.#lock = new SingleFile(join(folder, 'lock.db'));
    this.#onChange = onChange;
  }

  /** Call before and after each commit of telemetry. @throws DetachedFileError */
  assertTelemetry(): void {
    this.#reporting(() => {
      this.#lock.assert();
      this.#telemetry.assert();
    });
  }

  /** Runs a write to `control.db` that is acknowledged. @throws DetachedFileError if it is detached before or after it. */
  whileControlAttached<T>(write: () => T): T {
    this.#assertControl();
    const value = write();
    this.#assertControl();
    return value;
  }

  /** @throws DetachedFileError */
  assertAll(): void {
    this.#reporting(() => {
      this.#lock.assert();
      this.#telemetry.assert();
      this.#control.assert();
    });
    if (this.#reported === null) return;
    this.#reported = null;
    this.#onChange(null);
  }

  /** Call before SQLite truncates the write-ahead logs. */
  walTruncates(): void {
    this.#telemetry.walTruncates();
    this.#control.walTruncates();
  }

  #assertControl(): void {
    this.#reporting(() => {
      this.#lock.assert();
      this.#control.assert();
    });
  }

  #reporting(assert: () => void): void {
    try {
      assert();
    } catch (error) {
      if (error instanceof DetachedFileError && error.message !== this.#reported) {
        this.#reported = error.message;
        this.#onChange(`${error.message} (${error.path})`);
      }
      throw error;
    }
  }
}
