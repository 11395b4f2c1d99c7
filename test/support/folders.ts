/** Folders of a test file, deleted after its last test. */
import { cpSync } from 'node:fs';
import { afterAll } from 'vitest';
import { removeFolder, temporaryFolder } from './product.ts';

export interface TestFolders {
  /** Creates an empty folder. */
  create(): string;
  /** Copies a folder with everything in it, and returns the copy. */
  copyOf(folder: string): string;
  /** Deletes this folder after the last test, too. */
  add(folder: string): void;
}

/** Call it at the top level of a test file. `create` makes an empty folder, by default in the system's temporary folder. */
export function testFolders(create: () => string = temporaryFolder): TestFolders {
  const folders: string[] = [];
  afterAll(() => folders.forEach(removeFolder));
  const newFolder = (): string => {
    const folder = create();
    folders.push(folder);
    return folder;
  };
  return {
    create: newFolder,
    copyOf: (folder) => {
      const copy = newFolder();
      cpSync(folder, copy, { recursive: true });
      return copy;
    },
    add: (folder) => {
      folders.push(folder);
    },
  };
}
