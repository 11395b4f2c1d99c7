/**
 * Makes objects of names and values. V8 describes each list of names that objects get one after the other, for all objects of a thread
 * together. After some 1,500 it describes each further object by itself, which takes up to ten times as long: a body whose objects have
 * names of their own would slow down every later one. Objects that are made here share no descriptions with others.
 */

/** Lists of names of one text that have a description. Tools print a few for each kind of record. */
const MOST_LISTS = 64;
/** Four times as many places. */
const PLACES = 256;

type Members = Record<string, unknown>;

interface Shape {
  readonly names: readonly string[];
  /** What the objects inherit from, without members: V8 keeps descriptions by it. */
  readonly parent: object;
}

export class ObjectShapes {
  readonly #shapes: (Shape | null)[] = new Array<Shape | null>(PLACES).fill(null);
  #lists = 0;

  /**
   * An object with the members from one index to another. After many lists of names, one that inherits nothing: it is a table, which
   * has no description.
   */
  object(names: readonly string[], values: readonly unknown[], from: number, to: number): Members {
    if (from === to) return {};
    const shape = this.#shape(names, from, to);
    const made = shape === null ? (Object.create(null) as Members) : (Object.create(shape.parent) as Members);
    // V8 has looked the names of a shape up before.
    const own = shape?.names ?? names;
    const shift = shape === null ? 0 : from;
    for (let at = from; at < to; at += 1) {
      const name = own[at - shift] ?? '';
      if (name === PROTOTYPE) Object.defineProperty(made, name, { ...MEMBER, value: values[at] });
      else made[name] = values[at];
    }
    return made;
  }

  /** Null after many lists of names. */
  #shape(names: readonly string[], from: number, to: number): Shape | null {
    const place = placeOf(names, from, to);
    const known = this.#shapes[place] ?? null;
    if (known !== null && isSame(known.names, names, from, to)) return known;
    if (this.#lists === MOST_LISTS) return null;
    this.#lists += 1;
    const shape = { names: names.slice(from, to), parent: Object.create(Object.prototype) as object };
    this.#shapes[place] = shape;
    return shape;
  }
}

/** Assigning it would set what the object inherits from. */
const PROTOTYPE = '__proto__';
const MEMBER = { enumerable: true, configurable: true, writable: true } as const;

function placeOf(names: readonly string[], from: number, to: number): number {
  let sum = to - from;
  for (let at = from; at < to; at += 1) {
    const name = names[at] ?? '';
    sum = Math.imul(sum, 31) + name.length + 7 * name.charCodeAt(0) + 13 * name.charCodeAt(name.length - 1);
  }
  return (sum ^ (sum >>> 8)) & (PLACES - 1);
}

function isSame(known: readonly string[], names: readonly string[], from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let at = 0; at < known.length; at += 1) if (known[at] !== names[from + at]) return false;
  return true;
}
