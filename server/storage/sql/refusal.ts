/** A statement of the SQL console that is refused or wrong. */
export class SqlRefusal extends Error {
  override readonly name = 'SqlRefusal';
  /** Offset of the place in the SQL, in UTF-16 code units; null if it is not known. */
  readonly at: number | null;

  constructor(message: string, at: number | null = null) {
    super(message);
    this.at = at;
  }
}

/** Longest statement, in characters. */
export const MOST_SQL_CHARS = 65_536;

/** Largest answer. */
export const MOST_SQL_BYTES = 16_777_216;
