/** JSON schemas of the document. Schemas with an id become named components, referenced wherever they occur. */
import * as z from 'zod';

export type Json = Record<string, unknown>;

type Io = 'input' | 'output';

const PREFIX = '#/components/schemas/';

/**
 * Collects named schemas while the document is built. A schema with defaults looks different in requests (the field is
 * optional) and in answers (it is always there): it then appears twice, in requests as `<id>Input`.
 */
export class Components {
  readonly #named: Readonly<Record<Io, Map<string, Json>>> = { input: new Map(), output: new Map() };

  /** The schema, or a reference to it if it has an id. */
  add(schema: z.ZodType, io: Io): Json {
    const {
      $schema: _,
      $defs = {},
      ...root
    } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ jsonSchema }) => leaveOut(jsonSchema as Json),
    }) as Json;
    for (const [id, definition] of Object.entries($defs as Record<string, Json>)) {
      this.#named[io].set(id, pointed(definition, io));
    }
    return pointed(root, io);
  }

  /** All named schemas by name, and the given parts of the document with their references resolved to these names. */
  resolve<T>(document: T): { readonly schemas: Readonly<Record<string, Json>>; readonly document: T } {
    const differing = this.#differing();
    const rename = (value: unknown): unknown =>
      mapRefs(value, (ref) => {
        const [io = '', id] = ref.split(':');
        // References that are not zod's stay as they are.
        if (id === undefined) return ref;
        return `${PREFIX}${io === 'input' && differing.has(id) ? `${id}Input` : id}`;
      });
    const all: Record<string, Json> = {};
    for (const [id, schema] of this.#named.output) all[id] = rename(schema) as Json;
    for (const [id, schema] of this.#named.input) {
      const name = differing.has(id) ? `${id}Input` : id;
      all[name] ??= rename(schema) as Json;
    }
    const schemas = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    return { schemas, document: rename(document) as T };
  }

  /** Ids that look different in requests and answers, by themselves or through what they refer to. */
  #differing(): ReadonlySet<string> {
    const shared = [...this.#named.input].filter(([id]) => this.#named.output.has(id));
    const plain = (schema: Json | undefined): string =>
      JSON.stringify(mapRefs(schema, (ref) => ref.split(':')[1] ?? ''));
    const differing = new Set(
      shared.filter(([id, schema]) => plain(schema) !== plain(this.#named.output.get(id))).map(([id]) => id),
    );
    for (let before = -1; before < differing.size; ) {
      before = differing.size;
      for (const [id, schema] of shared) {
        mapRefs(schema, (ref) => {
          if (differing.has(ref.split(':')[1] ?? '')) differing.add(id);
          return ref;
        });
      }
    }
    return differing;
  }
}

/** Leaves out what `format` and `type` already say: the pattern of a date, the range of safe integers. */
function leaveOut(schema: Json): void {
  if (schema['format'] === 'date-time') delete schema['pattern'];
  if (schema['minimum'] === Number.MIN_SAFE_INTEGER) delete schema['minimum'];
  if (schema['maximum'] === Number.MAX_SAFE_INTEGER) delete schema['maximum'];
}

/** References of zod's (`#/$defs/Rate`) as `input:Rate` or `output:Rate`, until the names are decided. */
function pointed(schema: Json, io: Io): Json {
  return mapRefs(schema, (ref) => `${io}:${ref.replace('#/$defs/', '')}`) as Json;
}

function mapRefs(value: unknown, change: (ref: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => mapRefs(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' ? change(inner) : mapRefs(inner, change),
    ]),
  );
}
