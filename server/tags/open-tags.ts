/** Opens the book of tags: what is stored, and the file if there is one. */
import type { Config } from '../config/environment.ts';
import type { Store } from '../storage/ports.ts';
import { TagBook } from './tag-book.ts';
import type { TaggedReader } from './tagged-reader.ts';
import { taggedReader } from './tagged-reader.ts';
import { TagsFile } from './tags-file-watch.ts';

interface Means extends Omit<ConstructorParameters<typeof TagsFile>[0], 'path'> {
  readonly config: Pick<Config, 'tagsFile' | 'teamTag'>;
  readonly store: Pick<Store, 'read' | 'control'>;
}

/** Rejects with a StoreError. */
export async function openTags({ config, store, ...means }: Means): Promise<{
  readonly tags: TagBook;
  /** Null without a file. */
  readonly tagsFile: TagsFile | null;
  /** Reads for rules. */
  readonly ofRules: TaggedReader;
}> {
  const file = config.tagsFile === null ? null : new TagsFile({ ...means, path: config.tagsFile });
  const tags = new TagBook({ read: store.read, control: store.control, file, teamKey: config.teamTag, now: means.now });
  await file?.round();
  await tags.load();
  return { tags, tagsFile: file, ofRules: taggedReader(store.read, tags) };
}
