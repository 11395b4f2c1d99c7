/** Composes the daily export to Parquet for the server. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/environment.ts';
import { environmentFor } from '../config/environment.ts';
import type { AssetPaths } from '../config/paths.ts';
import { ParquetExport } from '../jobs/parquet-export.ts';
import type { OnTrouble } from '../jobs/storage-watch.ts';
import type { FileThread } from '../storage/files/file-thread.ts';

/** Result of the last export, in the data folder. */
const RESULT_FILE = 'parquet-export.json';

interface Parts {
  readonly config: Config;
  readonly assetPaths: AssetPaths;
  readonly files: FileThread;
  /** Epoch ms. */
  readonly now: () => number;
  readonly onTrouble: OnTrouble;
}

/** Null if nothing is exported. */
export function composeExport({ config, assetPaths, files, now, onTrouble }: Parts): ParquetExport | null {
  const { parquetExport: settings, dataFolder } = config;
  if (settings === null) return null;
  const file = join(dataFolder, RESULT_FILE);
  return new ParquetExport({
    ...{ settings, now, onTrouble },
    entry: fileURLToPath(assetPaths.program),
    environment: environmentFor(dataFolder),
    load: () => files.run('readFile', file),
    save: (text) => files.run('replaceFile', file, text),
  });
}
