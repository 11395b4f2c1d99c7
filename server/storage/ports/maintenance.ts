/** Integrity checks and backups of a store's files. */

/** Problems that an integrity check found in one file, in SQLite's words. */
export interface Damage {
  readonly file: string;
  /** `structure`: the file's pages are corrupt and nothing in it can be trusted. `values`: single values cannot be read. */
  readonly kind: 'structure' | 'values';
  readonly findings: readonly string[];
}

export interface BackupFile {
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Schema version of the file. */
  readonly schema: number;
  /** Number of rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/** `manifest.json` in the folder of a backup. */
export interface BackupManifest {
  readonly format: 1;
  readonly createdAt: string;
  /** Version of the program that made the backup. */
  readonly version: string;
  readonly by: 'schedule' | 'request';
  readonly files: readonly BackupFile[];
}

/** A backup on disk. */
export interface Backup {
  /** Name of its folder. */
  readonly id: string;
  readonly path: string;
  readonly manifest: BackupManifest;
  readonly bytes: number;
}

/** Progress of a check or a backup. */
export interface MaintenanceProgress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** A reading of the data folder. */
export interface FolderReading {
  /** Bytes available on its disk. */
  readonly freeBytes: number;
  /** Size of the database files with their logs. */
  readonly databaseBytes: number;
  readonly hasBallast: boolean;
}

export type OnProgress = (progress: MaintenanceProgress) => void;

export interface Maintenance {
  /** Reads every page of the files and returns the damage found; empty if there is none. Rejects with a StoreError. */
  check(): Promise<readonly Damage[]>;
  /**
   * Copies the store as of one moment into a new folder below `into`, and verifies the copy. Writes continue meanwhile.
   * Rejects with a StoreError (`unavailable`) if less than the copy plus `spareBytes` is free on the target disk.
   */
  backup(request: {
    readonly into: string;
    readonly by: BackupManifest['by'];
    readonly version: string;
    readonly spareBytes: number;
    readonly onProgress?: OnProgress;
  }): Promise<Backup>;
  /** Returns the free bytes inside the files: they can be written before the files grow. */
  reusableBytes(): Promise<number>;
  /** Measures the data folder in the thread that writes, which has nothing else to do at rest. Rejects with a StoreError. */
  measure(): Promise<FolderReading>;
  /**
   * Says which open file was deleted, replaced or truncated by another program, with its path; null if none was. Nothing is
   * acknowledged meanwhile.
   */
  detached(): string | null;
}
