/** The shape of a route declaration. Validation, the OpenAPI document and the web's typed client are derived from it. */
import type * as z from 'zod';
import type { ProblemCode } from './problem.ts';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** Tags of the OpenAPI document, in reading order. */
export const TAGS = {
  Overview: 'Totals of the fleet, findings and recommendations',
  Functions: 'One function: totals, cold starts, environments, failures, memory, network',
  Errors: 'Groups of failures',
  Invocations: 'Single invocations, stored and live',
  Logs: 'Search of log lines',
  Metrics: 'Metrics of CloudWatch and of log lines',
  Traces: 'X-Ray traces and the service map',
  Network: 'VPC network of the fleet',
  Changes: 'Deployments, configuration changes and level shifts',
  Comparisons: 'Two periods or two load tests side by side',
  Query: 'Structured queries and exports',
  Prometheus: 'The API of Prometheus, for Grafana and other clients of it',
  Inventory: 'Configuration of functions',
  Alerts: 'Alert rules, alerts, silences and routing',
  Receivers: 'Receivers of notifications and their deliveries',
  Reports: 'Weekly and monthly reports',
  MCP: 'Tools for clients of the Model Context Protocol',
  Ingest: 'Ingest endpoints, ingest status, dead letters and setup instructions',
  Access: 'Sessions, tokens, password and audit log',
  Settings: 'Retention and backups',
  Operations: 'Health, metrics and the API document',
} as const;
export type Tag = keyof typeof TAGS;

export interface RouteDeclaration {
  readonly method: Method;
  /** Path with `:name` parameters. */
  readonly path: `/${string}`;
  /** Scope that a token or session must cover. `public` needs no authentication. */
  readonly scope: 'public' | 'ingest' | 'read' | 'deploy' | 'edit' | 'admin';
  readonly tag: Tag;
  readonly summary: string;
  readonly params?: z.ZodType;
  /** Without it the route takes no query parameters, and refuses any. */
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Largest body in bytes; the default is one mebibyte. Its handler gets larger ones as bytes, which no schema validated. */
  readonly maxBodyBytes?: number;
  /** Media types of a body that is not validated JSON. */
  readonly bodyTypes?: readonly string[];
  /** The JSON answer; with `stream`, one event or one row of it. */
  readonly answer: z.ZodType;
  /** The handler writes the response. `events`: server-sent events. `rows`: NDJSON or CSV. `text`: plain text. `json`: JSON. `document`: HTML or CSV. */
  readonly stream?: 'events' | 'rows' | 'text' | 'json' | 'document';
  /** Problems beyond those of every route: validation, authentication, body size and type, an unavailable store. */
  readonly problems?: readonly ProblemCode[];
}

export type RouteDeclarations = Readonly<Record<string, RouteDeclaration>>;

/** Declares the routes of one noun under their operation ids, and keeps the literal types that the client needs. */
export function declareRoutes<const T extends RouteDeclarations>(routes: T): T {
  return routes;
}

/** The type that a schema parses to, or undefined without a schema. */
export type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** An example of an operation: parameters as they are sent, the body, and what is answered. */
export interface Example {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly answer: unknown;
}

/** One example for each declared route, with the types of its schemas. */
export type ExamplesOf<T extends RouteDeclarations> = {
  readonly [K in keyof T]: Example & { readonly answer: z.input<T[K]['answer']> } & (T[K] extends {
      body: infer B extends z.ZodType;
    }
      ? { readonly body: z.input<B> }
      : unknown);
};
