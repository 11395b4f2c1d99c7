/** Ties handlers to route declarations. */
import type * as z from 'zod';
import type { ApiClient } from '../../ingest/api/api-client.ts';
import type { Principal } from './access/auth.ts';
import type { EncodedJson } from './answers/encoded-json.ts';
import type { Context } from './context.ts';
import type { Parsed, RouteDeclaration, RouteDeclarations } from './contract/route.ts';
import type { LargeBody } from './json-body.ts';

/** How a user signs in. `secret`: the form takes tokens and passwords alike. `user`: with a name and a password. */
export type SignInWay = 'token' | 'password' | 'code' | 'secret' | 'user' | 'invitation';

/** One validated request. */
export interface Call<D> {
  readonly context: Context;
  /** Null on public routes. */
  readonly principal: Principal | null;
  readonly query: D extends { query: infer S } ? Parsed<S> : undefined;
  readonly params: D extends { params: infer S } ? Parsed<S> : undefined;
  readonly body: D extends { body: infer S }
    ? Parsed<S> | (D extends { maxBodyBytes: number } ? LargeBody : never)
    : undefined;
  readonly request: Request;
  /** Asks another route of this server with the caller's credential. */
  readonly callApi: ApiClient;
  /** IP address of the client. */
  readonly client: string;
  /** Names who signs in and how, for the audit log; null while that is unknown. */
  noteSignIn(principal: Principal | null, how: SignInWay): void;
  /** Adds a header to the response. */
  setHeader(name: string, value: string): void;
}

/** Returns what the declaration promises, as an object or as JSON; a whole response where the declaration is a stream. */
type Handler<D extends RouteDeclaration> = (
  call: Call<D>,
) => Promise<D extends { stream: string } ? Response : z.input<D['answer']> | EncodedJson<z.input<D['answer']>>>;

/** A declared route with its handler. */
export interface Route extends RouteDeclaration {
  readonly operationId: string;
  readonly handle: (call: Call<never>) => Promise<unknown>;
}

/** Implements every declared route of a noun; a missing, superfluous or mistyped handler does not compile. */
export function implement<T extends RouteDeclarations>(
  routes: T,
  handlers: { readonly [K in keyof T]: Handler<T[K]> },
): readonly Route[] {
  return Object.entries(routes).map(([operationId, declaration]) => ({
    ...declaration,
    operationId,
    handle: handlers[operationId as keyof T] as unknown as Route['handle'],
  }));
}
