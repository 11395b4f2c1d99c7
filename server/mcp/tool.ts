/** A tool for MCP clients: its declaration and its answer. */
import type * as z from 'zod';
import type { PageName, PageParams } from '../http/contract/pages.ts';
import { PAGES } from '../http/contract/pages.ts';
import type { RouteDeclaration } from '../http/contract/route.ts';

/** Values of a query; undefined ones are not sent. */
type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Asks the product's own API as the caller. @throws ApiError with what the API refused */
export interface Ask {
  get<T>(path: string, query?: Query): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
}

export interface ToolAnswer {
  /** Sentences of the product, in the order in which they are read. They hold no text of logs. */
  readonly summary: readonly string[];
  /** Addresses of pages, without the server's own. */
  readonly links: readonly string[];
  /** The figures of the summary. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Values with text of logs, each a line of the untrusted block. */
  readonly untrusted: readonly unknown[];
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Scope of the routes that it asks: callers without it are not offered the tool. */
  readonly scope: RouteDeclaration['scope'];
  /** Changes something. */
  readonly writes: boolean;
  readonly input: z.ZodObject;
  readonly run: (ask: Ask, input: never) => Promise<ToolAnswer>;
}

/** Declares a tool whose handler gets what its schema parses to. */
export function tool<S extends z.ZodObject>(
  declared: Omit<Tool, 'input' | 'run' | 'scope' | 'writes'> & {
    readonly input: S;
    readonly scope?: Tool['scope'];
    readonly writes?: boolean;
    readonly run: (ask: Ask, input: z.output<S>) => Promise<ToolAnswer>;
  },
): Tool {
  return { scope: 'read', writes: false, ...declared, run: declared.run as unknown as Tool['run'] };
}

/** The address of a page with its query. */
export function link<N extends PageName>(name: N, params: PageParams<N>, query: Query = {}): string {
  const values: Readonly<Record<string, string>> = params;
  const path = PAGES[name].path.replaceAll(/:(\w+)/g, (_, key: string) => encodeURIComponent(values[key] ?? ''));
  return withQuery(path, query);
}

export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

/** Most rows of an answer. */
export const MOST_ROWS = 20;
