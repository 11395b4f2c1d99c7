/**
 * What restrictions permit at this moment. Tags change: each read of a restricted caller asks again, so that a function which loses its
 * tag is gone from the next read on, also within an export or a live stream that began before.
 */
import { SECOND_MS } from '../../ingest/records/time.ts';
import type { RestrictedFunction, Restriction, StoreRestriction } from '../storage/restriction.ts';
import { mayRead, nameConditions } from '../storage/restriction.ts';
import type { TagBook } from './tag-book.ts';

/** A function that is new, and has the tag by the file of tags, is seen after this time at the latest. */
const KEPT_MS = 5 * SECOND_MS;
/** Restrictions with tags whose functions are remembered; beyond them, the one unused for longest is forgotten. */
const MOST_KEPT = 100;

interface Found {
  readonly revision: number;
  readonly atMs: number;
  readonly restriction: Promise<StoreRestriction>;
}

type Tags = Pick<TagBook, 'revision' | 'isCurrent' | 'load' | 'tagsOf' | 'functionsWhere'>;

export class PermittedFunctions {
  readonly #tags: Tags;
  readonly #now: () => number;
  /** By the JSON of their restrictions, the one unused for longest first. */
  readonly #found = new Map<string, Found>();

  /** `now` is monotonic, in ms. */
  constructor(tags: Tags, now: () => number) {
    this.#tags = tags;
    this.#now = now;
  }

  /** Whether the function may be read. False for a restriction by tags while they cannot be read. */
  permits(restriction: Restriction | null, owner: RestrictedFunction): boolean {
    const { isCurrent } = this.#tags;
    return mayRead(restriction, owner, (of, key) => (isCurrent ? this.#tags.tagsOf(of).get(key)?.value : undefined));
  }

  /** The restriction as stores apply it now. Rejects with a StoreError while tags cannot be read. */
  async inForce(restriction: Restriction): Promise<StoreRestriction> {
    if (restriction.every(({ kind }) => kind !== 'tag')) return nameConditions(restriction);
    if (!this.#tags.isCurrent) await this.#tags.load();
    const key = JSON.stringify(restriction);
    const { revision } = this.#tags;
    const known = this.#found.get(key);
    this.#found.delete(key);
    const isValid = known !== undefined && known.revision === revision && this.#now() - known.atMs < KEPT_MS;
    const found = isValid ? known : { revision, atMs: this.#now(), restriction: this.#find(restriction) };
    this.#found.set(key, found);
    const [oldest] = this.#found.keys();
    if (this.#found.size > MOST_KEPT && oldest !== undefined) this.#found.delete(oldest);
    try {
      return await found.restriction;
    } catch (error) {
      if (this.#found.get(key) === found) this.#found.delete(key);
      throw error;
    }
  }

  async #find(restriction: Restriction): Promise<StoreRestriction> {
    const { names, functionIds } = await this.#tags.functionsWhere((owner) => this.permits(restriction, owner));
    // A name with a line feed is none of Lambda's, and would become two.
    return [{ kind: 'tagged', names: names.filter((name) => !name.includes('\n')).join('\n'), functionIds }];
  }
}
