/** Types and addresses of requests, derived from the route declarations. */
import type * as z from 'zod';
import type { Routes } from '../../server/http/contract/routes.generated.ts';
import type { OperationId } from './operations.generated.ts';
import { operations } from './operations.generated.ts';

/** Parameters under their names, optional where the schema allows it. Coerced ones have the type they parse to. */
type Values<S extends z.ZodType> = {
  readonly [N in keyof z.input<S>]:
    | (unknown extends z.input<S>[N] ? (N extends keyof z.output<S> ? z.output<S>[N] : never) : z.input<S>[N])
    | (undefined extends z.input<S>[N] ? undefined : never);
};

type Part<D, Key extends string, Value> = D extends { readonly [K in Key]: z.ZodType } ? Value : unknown;

/** What a request of an operation carries: `params`, `query` and `body`, as far as the route declares them. */
export type RequestOf<Id extends OperationId> = Part<
  Routes[Id],
  'params',
  { readonly params: Routes[Id] extends { params: infer S extends z.ZodType } ? Values<S> : never }
> &
  Part<
    Routes[Id],
    'query',
    Routes[Id] extends { query: infer S extends z.ZodType }
      ? Record<never, never> extends Values<S>
        ? { readonly query?: Values<S> }
        : { readonly query: Values<S> }
      : never
  > &
  Part<
    Routes[Id],
    'body',
    { readonly body: Routes[Id] extends { body: infer S extends z.ZodType } ? z.input<S> : never }
  >;

/** The answer of an operation. */
export type AnswerOf<Id extends OperationId> = z.output<Routes[Id]['answer']>;

/** Arguments after the operation id; the request may be left out where nothing in it is required. */
export type RequestArguments<Id extends OperationId> =
  Record<never, never> extends RequestOf<Id> ? [request?: RequestOf<Id>] : [request: RequestOf<Id>];

interface AnyRequest {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

/** Path and query of a request; parameters that are undefined are left out. */
export function addressOf<Id extends OperationId>(id: Id, ...[request]: RequestArguments<Id>): string {
  const { params = {}, query = {} }: AnyRequest = request ?? {};
  const [, template = ''] = operations[id].split(' ');
  const path = template.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const values = ([name, value]: (typeof given)[number]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)]);
  const text = new URLSearchParams(given.flatMap(values)).toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Method, headers and body for `fetch`. */
export function initOf<Id extends OperationId>(id: Id, ...[request]: RequestArguments<Id>): RequestInit {
  const { body }: AnyRequest = request ?? {};
  const [method = ''] = operations[id].split(' ');
  if (body === undefined) return { method: method.toUpperCase(), headers: { accept: 'application/json' } };
  return {
    method: method.toUpperCase(),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
}
