/**
 * Tags of all functions: those of AWS and those set here, which the control plane stores, and those of a file. Selects functions by
 * their tags, runtime and VPC for every question of either store.
 */
import { setImmediate } from 'node:timers/promises';
import type { TagFilter } from '../http/contract/tag-filter.ts';
import { passesTags } from '../http/contract/tag-filter.ts';
import type {
  ControlReader,
  ControlStore,
  Dimension,
  KnownFunctions,
  StoredTagSource,
  TagDimension,
  TaggedFunction,
  Tags,
  TagValues,
  TelemetryReader,
} from '../storage/ports.ts';
import type { Named, ResolvedTag, TagRule } from './tag-rule.ts';
import { resolveTags, tagsByRules } from './tag-rule.ts';
import type { TagsFile } from './tags-file-watch.ts';

/** What selects functions as a whole. */
export interface FunctionSelection {
  readonly tags: readonly TagFilter[];
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** That the function has now. */
  readonly architecture?: string | undefined;
  readonly runtime?: string | undefined;
  readonly vpc?: boolean | undefined;
}

/** A tag key with its values, most functions first. */
interface KnownTag {
  readonly key: string;
  readonly functions: number;
  readonly values: readonly { readonly value: string; readonly functions: number }[];
}

interface Dependencies {
  readonly read: Pick<ControlReader, 'functionTags'> & Pick<TelemetryReader, 'knownFunctions'>;
  readonly control: Pick<ControlStore, 'saveTags'>;
  /** Null without a file. */
  readonly file: Pick<TagsFile, 'rules' | 'onChange' | 'isRead'> | null;
  /** The key whose value is the team of a function. */
  readonly teamKey: string;
  readonly now: () => number;
}

type ResolvedTags = ReadonlyMap<string, ResolvedTag>;
type StoredBySource = Readonly<Record<StoredTagSource, ReadonlyMap<string, ReadonlyMap<string, string>>>>;

const NONE: ReadonlyMap<string, string> = new Map();
/** Functions whose tags are resolved before other work has its turn. */
const AT_ONCE = 200;

export class TagBook {
  readonly teamKey: string;
  readonly #of: Dependencies;
  /** By source, and then by the id of the function. */
  #stored: StoredBySource = { inventory: new Map(), manual: new Map() };
  /** By the id of the function. */
  #resolved = new Map<string, ResolvedTags>();
  #revision = 0;
  #isCurrent = true;
  /** Reads of what is stored that began, and the last of them that ended. */
  #begun = 0;
  #ended = 0;

  constructor(dependencies: Dependencies) {
    this.#of = dependencies;
    this.teamKey = dependencies.teamKey;
    dependencies.file?.onChange(() => this.#changed());
  }

  /** Increases when any tag may have changed: for keys of caches. */
  get revision(): number {
    return this.#revision;
  }

  /**
   * False while tags are not known for certain: some may have been stored that are not read yet, because {@link load} failed, or the file
   * was never read.
   */
  get isCurrent(): boolean {
    return this.#isCurrent && this.#of.file?.isRead !== false;
  }

  /** Reads what is stored. Of two at once, the one that began later decides. Rejects with a StoreError. */
  async load(): Promise<void> {
    this.#begun += 1;
    const own = this.#begun;
    const isNewest = (): boolean => {
      if (own < this.#ended) return false;
      this.#ended = own;
      return true;
    };
    const stored = await this.#read().catch((error: unknown) => {
      if (isNewest()) this.#isCurrent = false;
      throw error;
    });
    if (!isNewest()) return;
    this.#stored = stored;
    this.#isCurrent = true;
    this.#changed();
  }

  async #read(): Promise<StoredBySource> {
    const stored = { inventory: new Map(), manual: new Map() } satisfies Record<
      StoredTagSource,
      Map<string, ReadonlyMap<string, string>>
    >;
    for (const { source, tags, ...owner } of await this.#of.read.functionTags({}))
      stored[source].set(idOf(owner), new Map(Object.entries(tags)));
    return stored;
  }

  /** Deletes the stored tags of a function. Rejects with a StoreError. */
  async forget(owner: TaggedFunction): Promise<void> {
    for (const source of ['inventory', 'manual'] as const) {
      if (this.#stored[source].has(idOf(owner))) await this.save(source, [{ ...owner, tags: {} }]);
    }
  }

  /** Replaces the tags that the source has for these functions. Rejects with a StoreError. */
  async save(source: StoredTagSource, functions: readonly (TaggedFunction & { readonly tags: Tags })[]): Promise<void> {
    await this.#of.control.saveTags(source, functions, this.#of.now());
    await this.load();
  }

  /** Removes the stored tags of all functions of an account. Rejects with a StoreError. */
  async removeAccount(account: string): Promise<void> {
    for (const source of ['inventory', 'manual'] as const) {
      const ids = [...this.#stored[source].keys()].filter((id) => id.startsWith(`${account}:`));
      if (ids.length > 0)
        await this.save(
          source,
          ids.map((id) => ({ ...namedBy(id), tags: {} })),
        );
    }
  }

  /** The tags of a function, by key. It need not be known. */
  tagsOf(owner: Named): ResolvedTags {
    const id = idOf(owner);
    const known = this.#resolved.get(id);
    if (known !== undefined) return known;
    const rules: readonly TagRule[] = this.#of.file?.rules() ?? [];
    const tags = resolveTags({
      manual: this.#stored.manual.get(id) ?? NONE,
      file: rules.length === 0 ? NONE : tagsByRules(rules, owner),
      inventory: this.#stored.inventory.get(id) ?? NONE,
    });
    this.#resolved.set(id, tags);
    return tags;
  }

  /** The tags that the source has for a function. */
  storedTags(source: StoredTagSource, owner: Named): Tags {
    return Object.fromEntries(this.#stored[source].get(idOf(owner)) ?? NONE);
  }

  /** Ids of the functions that are selected; undefined where everything is. Rejects with a StoreError. */
  async selected(selection: FunctionSelection): Promise<readonly number[] | undefined> {
    return this.#select(selection, ({ functionIds }, at) => functionIds[at] ?? 0);
  }

  /** As {@link selected}, as account:region:name. */
  async selectedNames(selection: FunctionSelection): Promise<ReadonlySet<string> | undefined> {
    const names = await this.#select(selection, ({ ids }, at) => ids[at] ?? '');
    return names && new Set(names);
  }

  async #select<T>(
    { tags, ...fields }: FunctionSelection,
    of: (known: KnownFunctions, at: number) => T,
  ): Promise<readonly T[] | undefined> {
    const { account, region, architecture, runtime, vpc } = fields;
    if (tags.length === 0 && Object.values(fields).every((value) => value === undefined)) return undefined;
    const found: T[] = [];
    await this.#forEach((_, owned, at, known) => {
      const [ofAccount, ofRegion] = known.ids[at]?.split(':', 2) ?? [];
      const isMatch =
        (account === undefined || ofAccount === account) &&
        (region === undefined || ofRegion === region) &&
        (architecture === undefined || known.architectures[at] === architecture) &&
        (runtime === undefined || known.runtimes[at] === runtime) &&
        (vpc === undefined || known.vpcs[at] === vpc);
      if (isMatch && passesTags(tags, (key) => owned.get(key)?.value)) found.push(of(known, at));
    });
    return found;
  }

  /** The known functions for which `isWanted` is true: as account:region:name, and by their ids. Rejects with a StoreError. */
  async functionsWhere(
    isWanted: (owner: Named) => boolean,
  ): Promise<{ readonly names: readonly string[]; readonly functionIds: readonly number[] }> {
    const names: string[] = [];
    const functionIds: number[] = [];
    await this.#forEach((functionId, _, at, { ids }) => {
      const id = ids[at] ?? '';
      if (!isWanted(namedBy(id))) return;
      names.push(id);
      functionIds.push(functionId);
    });
    return { names, functionIds };
  }

  /** Values of the tags among the dimensions, for an aggregate; undefined without any. Rejects with a StoreError. */
  async valuesOf(dimensions: readonly Dimension[]): Promise<TagValues | undefined> {
    const wanted = [...new Set(dimensions)].filter(isTag);
    if (wanted.length === 0) return undefined;
    const values = new Map(wanted.map((dimension) => [dimension, new Map<number, string>()]));
    await this.#forEach((functionId, owned) => {
      for (const [dimension, byFunction] of values) {
        const tag = owned.get(keyOf(dimension));
        if (tag !== undefined) byFunction.set(functionId, tag.value);
      }
    });
    return values;
  }

  /** The tags of every function that has any, by its id. Rejects with a StoreError. */
  async tagged(): Promise<ReadonlyMap<number, Tags>> {
    const all = new Map<number, Tags>();
    await this.#forEach((functionId, owned) => {
      if (owned.size > 0) all.set(functionId, plainTags(owned));
    });
    return all;
  }

  /** As {@link tagged}, by account:region:name. */
  async taggedByName(): Promise<ReadonlyMap<string, Tags>> {
    const all = new Map<string, Tags>();
    await this.#forEach((_, owned, at, { ids }) => {
      const id = ids[at];
      if (owned.size > 0 && id !== undefined) all.set(id, plainTags(owned));
    });
    return all;
  }

  /** Keys of the tags that functions for which `isCounted` is true have, in alphabetical order. Rejects with a StoreError. */
  async keys(isCounted: (owner: Named) => boolean = () => true): Promise<readonly KnownTag[]> {
    const byKey = new Map<string, Map<string, number>>();
    await this.#forEach((_, owned, at, { ids }) => {
      if (owned.size > 0 && !isCounted(namedBy(ids[at] ?? ''))) return;
      for (const { key, value } of owned.values()) {
        const values = byKey.get(key) ?? new Map<string, number>();
        byKey.set(key, values);
        values.set(value, (values.get(value) ?? 0) + 1);
      }
    });
    return [...byKey].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([key, values]) => knownTag(key, values));
  }

  #changed(): void {
    this.#resolved = new Map();
    this.#revision += 1;
  }

  async #forEach(
    visit: (functionId: number, tags: ResolvedTags, at: number, known: KnownFunctions) => void,
  ): Promise<void> {
    const known = await this.#of.read.knownFunctions({});
    for (const [at, id] of known.ids.entries()) {
      if (at % AT_ONCE === AT_ONCE - 1) await setImmediate();
      visit(known.functionIds[at] ?? 0, this.tagsOf(namedBy(id)), at, known);
    }
  }
}

const PREFIX = 'tag.';

function isTag(dimension: Dimension): dimension is TagDimension {
  return dimension.startsWith(PREFIX);
}

/** The key of a tag that is a dimension. */
function keyOf(dimension: TagDimension): string {
  return dimension.slice(PREFIX.length);
}

export function plainTags(tags: ResolvedTags): Tags {
  return Object.fromEntries([...tags.values()].map(({ key, value }) => [key, value]));
}

function idOf({ account, region, name }: Named): string {
  return `${account}:${region}:${name}`;
}

function namedBy(id: string): Named {
  const [account = '', region = '', ...name] = id.split(':');
  return { account, region, name: name.join(':') };
}

function knownTag(key: string, values: ReadonlyMap<string, number>): KnownTag {
  const counted = [...values]
    .map(([value, functions]) => ({ value, functions }))
    .toSorted((a, b) => b.functions - a.functions || (a.value < b.value ? -1 : 1));
  return { key, functions: counted.reduce((sum, { functions }) => sum + functions, 0), values: counted };
}
