/** What a route is: its contract and its rule of access stand beside its handler, so none can be forgotten. */
import type { z } from 'zod';
import type { Scope } from '../storage/ports.ts';
import type { Principal } from './access/auth.ts';
import type { Context } from './context.ts';

type Schema = z.ZodType;
type Parsed<S extends Schema | undefined> = S extends Schema ? z.infer<S> : undefined;

export interface RouteContract<
  Q extends Schema | undefined,
  P extends Schema | undefined,
  B extends Schema | undefined,
  A extends Schema,
> {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** Hono's path form. */
  readonly path: string;
  /** Who may call it. `public` needs no token. There is no default. */
  readonly scope: Scope | 'public';
  readonly summary: string;
  readonly query?: Q;
  readonly params?: P;
  readonly body?: B;
  /** Where bodies are larger than the usual mebibyte. */
  readonly maxBodyBytes?: number;
  readonly answer: A;
  /** The answer is a stream whose server-sent events, or whose rows, have the shape of `answer`. */
  readonly stream?: 'events' | 'rows';
}

export interface Call<Q, P, B> {
  readonly context: Context;
  readonly principal: Principal | null;
  readonly query: Q;
  readonly params: P;
  readonly body: B;
  readonly request: Request;
  /** Address it came from. */
  readonly client: string;
  /** Adds a header to the answer. */
  setHeader(name: string, value: string): void;
}

export interface Route extends RouteContract<Schema | undefined, Schema | undefined, Schema | undefined, Schema> {
  readonly handle: (call: Call<never, never, never>) => Promise<unknown>;
}

/** Ties a handler to its contract: what it receives is what the schemas parsed, what it returns is what they promise. */
export function route<
  A extends Schema,
  Q extends Schema | undefined = undefined,
  P extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
>(
  contract: RouteContract<Q, P, B, A>,
  handle: (call: Call<Parsed<Q>, Parsed<P>, Parsed<B>>) => Promise<z.input<A>>,
): Route {
  return { ...contract, handle: handle as Route['handle'] };
}
