/** Looking after the files of a store: are they whole, and copies of them. */

/** What a check found wrong, in SQLite's words. */
export interface Damage {
  readonly file: string;
  /** Of the file's structure, where nothing can be trusted; or of single values, such as lines that cannot be read. */
  readonly kind: 'structure' | 'values';
  readonly findings: readonly string[];
}

export interface BackupFile {
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  /** Version of its schema. */
  readonly schema: number;
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
}

/** Stands beside the files of a backup, as `manifest.json`. */
export interface BackupManifest {
  readonly format: 1;
  readonly createdAt: string;
  /** Of the program that made it. */
  readonly version: string;
  readonly by: 'schedule' | 'request';
  readonly files: readonly BackupFile[];
}

/** A backup as it is found in its folder. */
export interface Backup {
  /** Name of its folder. */
  readonly id: string;
  readonly path: string;
  readonly manifest: BackupManifest;
  readonly bytes: number;
}

/** How far long work has come. */
export interface MaintenanceProgress {
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

export type OnProgress = (progress: MaintenanceProgress) => void;

export interface Maintenance {
  /** Reads every page of the files; empty when nothing is wrong. */
  check(): Promise<readonly Damage[]>;
  /** Copies the store as it is at one moment, and verifies the copy. Writes go on meanwhile. Rejects with {@link StoreError}. */
  backup(request: {
    readonly into: string;
    readonly by: BackupManifest['by'];
    readonly version: string;
    /** What is to stay free on the disk that it goes to. */
    readonly spareBytes: number;
    readonly onProgress?: OnProgress;
  }): Promise<Backup>;
  /** Bytes within the files that can be written to without their growing. */
  reusableBytes(): Promise<number>;
  /** Size of the files. */
  bytes(): number;
}
