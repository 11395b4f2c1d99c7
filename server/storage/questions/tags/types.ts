/** Tags of functions: those of AWS, and those that people set. Part of the control plane. */

/** A function by its name; it may have no data yet. */
export interface TaggedFunction {
  readonly account: string;
  readonly region: string;
  readonly name: string;
}

export type StoredTagSource = 'inventory' | 'manual';

export type Tags = Readonly<Record<string, string>>;

/** The tags that one source has for a function. */
export interface StoredTags extends TaggedFunction {
  readonly source: StoredTagSource;
  readonly tags: Tags;
  /** When they were last written, epoch ms. */
  readonly updatedMs: number;
}
