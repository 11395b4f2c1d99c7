/**
 * Test double of CloudWatch, CloudWatch Logs, X-Ray and Lambda that speaks their wire protocols on loopback: AWS JSON 1.0 and 1.1 with
 * `x-amz-target` for the first two, REST-JSON for the others. Set AWS_ENDPOINT_URL to its address.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, vi } from 'vitest';
import type { AwsScope } from '../../ingest/aws/aws-clients.ts';
import { MetricsDouble, MetricsFault } from './aws-metrics.ts';
import { passesFilter } from './filter-pattern.ts';
import { invocation } from './firehose.ts';

export interface DoubleEvent {
  readonly eventId?: string | undefined;
  readonly logStreamName?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly message?: string | undefined;
  /** The event is not returned before this time. */
  readonly visibleFromMs?: number;
}

interface Filter {
  filterName: string;
  filterPattern: string;
  destinationArn: string;
  roleArn?: string;
  distribution?: string;
}

export interface DoubleGroup {
  readonly name: string;
  readonly logGroupClass?: string;
  readonly tags?: Record<string, string>;
  readonly events: DoubleEvent[];
  readonly filters: Filter[];
}

export interface Call {
  readonly target: string;
  readonly input: Record<string, unknown>;
}

/** Scripted response of a call, instead of the double's own. */
export type Scripted =
  | { readonly status?: number; readonly type: string; readonly message?: string }
  | { readonly answer: unknown }
  | { readonly html: string; readonly status: number }
  | { readonly hangUp: true };

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' };

/** Gives the clients of a file credentials, until its tests end. */
export function stubCredentials(): void {
  beforeAll(() => {
    for (const [name, value] of Object.entries(CREDENTIALS)) vi.stubEnv(name, value);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });
}

type Json = Record<string, unknown>;

export class AwsDouble {
  readonly groups = new Map<string, DoubleGroup>();
  readonly calls: Call[] = [];
  readonly accountPolicies: { policyName: string; policyDocument: string; selectionCriteria?: string }[] = [];
  readonly traces = new Map<string, { Id: string; Segments: { Id: string; Document: string }[] }>();
  readonly functions: Json[] = [];
  readonly provisioned = new Map<string, Json[]>();
  /** By the name of the function. */
  readonly tags = new Map<string, Json>();
  readonly metrics = new MetricsDouble(() => this.now());
  filtersPerGroup = 2;
  pageEvents = 10_000;
  /** Number of empty pages before each page with events. */
  emptyPages = 0;
  now: () => number = Date.now;
  /** Called first; if it returns undefined, the double responds by itself. */
  script: (call: Call, nth: number) => Scripted | undefined = () => undefined;
  #server = createServer((request, response) => void this.#serve(request, response));
  #counts = new Map<string, number>();

  static async start(): Promise<AwsDouble> {
    const double = new AwsDouble();
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Where clients in this process find the double. Their credentials are those of `stubCredentials`. */
  get scope(): AwsScope {
    return { region: REGION, endpoint: this.url };
  }

  /** Environment variables that point a process to the double instead of AWS. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      ...CREDENTIALS,
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  group(name: string, events: DoubleEvent[] = [], more: Partial<DoubleGroup> = {}): DoubleGroup {
    const group = { name, events, filters: [], ...more };
    this.groups.set(name, group);
    return group;
  }

  of(target: string): Json[] {
    return this.calls.filter((call) => call.target === target).map((call) => call.input);
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const header = request.headers['x-amz-target'];
    const target = typeof header === 'string' ? (header.split('.')[1] ?? '') : `${request.method} ${request.url}`;
    const input = text === '' ? {} : (JSON.parse(text) as Json);
    const call = { target, input };
    this.calls.push(call);
    const nth = (this.#counts.get(target) ?? 0) + 1;
    this.#counts.set(target, nth);
    const scripted = this.script(call, nth);
    if (scripted !== undefined) {
      this.#play(scripted, response);
      return;
    }
    try {
      send(response, 200, this.#answer(header, target, input));
    } catch (error) {
      if (!(error instanceof Fault) && !(error instanceof MetricsFault)) throw error;
      send(response, 400, { __type: error.type, message: error.message });
    }
  }

  #answer(header: string | string[] | undefined, target: string, input: Json): unknown {
    if (typeof header !== 'string') return this.#rest(target, input);
    const isMetrics = header.startsWith('GraniteServiceVersion20100801.');
    return isMetrics ? this.metrics.answer(target, input) : this.#logs(target, input);
  }

  #play(scripted: Scripted, response: ServerResponse): void {
    if ('hangUp' in scripted) response.destroy();
    else if ('html' in scripted)
      response.writeHead(scripted.status, { 'content-type': 'text/html' }).end(scripted.html);
    else if ('answer' in scripted) send(response, 200, scripted.answer);
    else send(response, scripted.status ?? 400, { __type: scripted.type, message: scripted.message ?? scripted.type });
  }

  #logs(target: string, input: Json): unknown {
    switch (target) {
      case 'FilterLogEvents':
        return this.#filterLogEvents(input);
      case 'DescribeLogGroups':
        return this.#describeLogGroups(input);
      case 'TestMetricFilter':
        return testFilter(String(input['filterPattern']), input['logEventMessages'] as string[]);
      case 'DescribeSubscriptionFilters':
        return {
          subscriptionFilters: this.#standard(
            input,
            'ValidationException',
            'This operation is only supported on the Standard log class.',
          ).filters,
        };
      case 'PutSubscriptionFilter':
        return this.#putFilter(input);
      case 'DeleteSubscriptionFilter':
        return this.#deleteFilter(input);
      case 'ListTagsForResource': {
        const name = String(input['resourceArn']).split(':log-group:')[1] ?? '';
        return { tags: this.groups.get(name)?.tags ?? {} };
      }
      case 'DescribeAccountPolicies':
        return { accountPolicies: this.accountPolicies };
      case 'PutAccountPolicy': {
        const policy = input as unknown as (typeof this.accountPolicies)[number];
        const at = this.accountPolicies.findIndex((known) => known.policyName === policy.policyName);
        if (at === -1 && this.accountPolicies.length > 0)
          throw new Fault('LimitExceededException', 'Resource limit exceeded.');
        this.accountPolicies.splice(at === -1 ? 0 : at, at === -1 ? 0 : 1, policy);
        return { accountPolicy: policy };
      }
      case 'DeleteAccountPolicy':
        this.accountPolicies.splice(
          this.accountPolicies.findIndex((known) => known.policyName === input['policyName']),
          1,
        );
        return {};
      default:
        throw new Fault('UnknownOperationException', target);
    }
  }

  #named(input: Json): DoubleGroup {
    const group = this.groups.get(String(input['logGroupName']));
    if (group === undefined) throw new Fault('ResourceNotFoundException', 'The specified log group does not exist.');
    return group;
  }

  /** Inclusive at both ends, sorted by time, tokens of the form `<window>|<offset>|<empty pages left>`. */
  #filterLogEvents(input: Json): unknown {
    const name = String(input['logGroupName']);
    const group = this.#standard(
      input,
      'InvalidOperationException',
      `The log group ${name} is of log-group-class ${this.#classOf(name)}. FilterLogEvents is not supported for this log class.`,
    );
    const from = Number(input['startTime'] ?? 0);
    const to = Number(input['endTime'] ?? Number.MAX_SAFE_INTEGER);
    const window = `${from}-${to}`;
    const token = input['nextToken'];
    const [tokenWindow, offsetText, emptyText] =
      typeof token === 'string' ? token.split('|') : [window, '0', String(this.emptyPages)];
    if (tokenWindow !== window) throw new Fault('InvalidParameterException', 'The specified nextToken is invalid.');
    const offset = Number(offsetText);
    const empty = Number(emptyText);
    if (empty > 0) return { events: [], nextToken: `${window}|${offset}|${empty - 1}`, searchedLogStreams: [] };
    const now = this.now();
    const pattern = input['filterPattern'];
    const matching = group.events
      .filter((event) => (event.timestamp ?? from) >= from && (event.timestamp ?? from) <= to)
      .filter((event) => (event.visibleFromMs ?? 0) <= now)
      .filter((event) => typeof pattern !== 'string' || passesFilter(pattern, event.message ?? ''))
      .toSorted((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
    const limit = Math.min(this.pageEvents, Number(input['limit'] ?? 10_000));
    const page = matching.slice(offset, offset + limit);
    const more = offset + limit < matching.length;
    return {
      events: page.map(({ visibleFromMs: _visible, ...event }) => ({ ...event, ingestionTime: event.timestamp })),
      searchedLogStreams: [],
      ...(more ? { nextToken: `${window}|${offset + limit}|${this.emptyPages}` } : {}),
    };
  }

  #describeLogGroups(input: Json): unknown {
    const prefix = String(input['logGroupNamePrefix'] ?? '');
    const names = [...this.groups.keys()]
      .filter((name) => name.startsWith(prefix))
      .filter((name) => input['logGroupClass'] === undefined || input['logGroupClass'] === this.#classOf(name))
      .toSorted();
    const offset = Number(input['nextToken'] ?? 0);
    const page = names.slice(offset, offset + Number(input['limit'] ?? 50));
    return {
      logGroups: page.map((name) => ({
        logGroupName: name,
        arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*`,
        logGroupArn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}`,
        logGroupClass: this.#classOf(name),
        storedBytes: 0,
      })),
      ...(offset + page.length < names.length ? { nextToken: String(offset + page.length) } : {}),
    };
  }

  #classOf(name: string): string {
    return this.groups.get(name)?.logGroupClass ?? 'STANDARD';
  }

  /** @throws the errors of CloudWatch Logs for groups of another class */
  #standard(input: Json, type: string, message: string): DoubleGroup {
    const group = this.#named(input);
    if (this.#classOf(group.name) !== 'STANDARD') throw new Fault(type, message);
    return group;
  }

  #putFilter(input: Json): unknown {
    const group = this.#named(input);
    const filter = input as unknown as Filter;
    const at = group.filters.findIndex((known) => known.filterName === filter.filterName);
    if (at === -1 && group.filters.length >= this.filtersPerGroup) {
      throw new Fault('LimitExceededException', 'Resource limit exceeded.');
    }
    const { filterName, filterPattern, destinationArn, roleArn, distribution } = filter;
    const stored = {
      filterName,
      filterPattern,
      destinationArn,
      ...(roleArn === undefined ? {} : { roleArn }),
      ...(distribution === undefined ? {} : { distribution }),
    };
    if (at === -1) group.filters.push(stored);
    else group.filters[at] = stored;
    return {};
  }

  #deleteFilter(input: Json): unknown {
    const group = this.#named(input);
    const at = group.filters.findIndex((known) => known.filterName === input['filterName']);
    if (at === -1) throw new Fault('ResourceNotFoundException', 'The specified subscription filter does not exist.');
    group.filters.splice(at, 1);
    return {};
  }

  #rest(target: string, input: Json): unknown {
    if (target === 'POST /Traces') {
      const ids = input['TraceIds'] as string[];
      if (ids.length > 5) throw new Fault('InvalidRequestException', 'Too many trace ids.');
      return { Traces: ids.flatMap((id) => this.traces.get(id) ?? []), UnprocessedTraceIds: [] };
    }
    const list = /^GET \/2015-03-31\/functions\/?(?:\?(.*))?$/.exec(target);
    if (list !== null) {
      const offset = Number(new URLSearchParams(list[1]).get('Marker') ?? 0);
      const page = this.functions.slice(offset, offset + 50);
      const more = offset + 50 < this.functions.length;
      return { Functions: page, ...(more ? { NextMarker: String(offset + 50) } : {}) };
    }
    const configs = /^GET \/2019-09-30\/functions\/([^/]+)\/provisioned-concurrency/.exec(target);
    if (configs !== null) {
      const name =
        decodeURIComponent(configs[1] ?? '')
          .split(':')
          .at(-1) ?? '';
      return { ProvisionedConcurrencyConfigs: this.provisioned.get(name) ?? [] };
    }
    const tags = /^GET \/2017-03-31\/tags\/([^/?]+)/.exec(target);
    if (tags !== null)
      return {
        Tags:
          this.tags.get(
            decodeURIComponent(tags[1] ?? '')
              .split(':')
              .at(-1) ?? '',
          ) ?? {},
      };
    throw new Fault('UnknownOperationException', target);
  }
}

class Fault extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  const type = status === 200 ? {} : { 'x-amzn-errortype': String((body as { __type?: string }).__type) };
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(text),
    'x-amzn-requestid': 'double',
    ...type,
  });
  response.end(text);
}

/** Matches `?"a" ?"b"` (any of the terms) as text. The rest of the filter language is not implemented. */
function testFilter(pattern: string, messages: readonly string[]): unknown {
  return {
    matches: messages.flatMap((eventMessage, at) =>
      passesFilter(pattern, eventMessage) ? [{ eventNumber: at + 1, eventMessage, extractedValues: {} }] : [],
    ),
  };
}

/** START and REPORT of invocation n, as FilterLogEvents shows them. */
export function pulledInvocation(n: number, atMs: number, more: Partial<DoubleEvent> = {}): DoubleEvent[] {
  return invocation(n, atMs).map(({ id, timestamp, message }) => ({
    eventId: String(id),
    logStreamName: '2026/11/20/[$LATEST]0123456789abcdef0123456789abcdef',
    timestamp: Number(timestamp),
    message: String(message),
    ...more,
  }));
}
