/** Sends what a simulated fleet writes, through the regular ingest endpoints. */

import { readAnswer } from '../../ingest/api/api-client.ts';
import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../../ingest/records/demo-scope.ts';
import type { Random } from '../../ingest/records/random.ts';
import type { Disorder } from '../../ingest/simulator/deliver.ts';
import { deliveries, firehoseRequest, parts, UNRULY } from '../../ingest/simulator/deliver.ts';
import type { SimulatedStream } from '../../ingest/simulator/lines.ts';
import type { FunctionPlan } from '../../ingest/simulator/plan.ts';
import { identifierOf } from '../analytics/runtimes/identifier.ts';
import type { Target } from './target.ts';

const EVENTS_PER_REQUEST = 4000;
const DOCUMENTS_PER_REQUEST = 1000;
const FUNCTIONS_PER_REQUEST = 100;
const SOURCE = { 'x-thermocline-source': 'demo' };

export const idOf = (name: string): string => `${SIMULATED_ACCOUNT}:${SIMULATED_REGION}:${name}`;

export class DemoSender {
  readonly #target: Target;
  readonly #random: Random;
  readonly #nowMs: () => number;
  #requests = 0;

  constructor(target: Target, random: Random, nowMs: () => number) {
    this.#target = target;
    this.#random = random;
    this.#nowMs = nowMs;
  }

  /** Sends events as real deliveries are: late, duplicated, out of order. Returns the number of events. */
  async lines(streams: readonly SimulatedStream[], name: string, disorder: Disorder = UNRULY): Promise<number> {
    let events = 0;
    for (const part of parts(deliveries(streams, disorder, this.#random), EVENTS_PER_REQUEST)) {
      const request = firehoseRequest(`demo-${name}-${this.#requests}`, this.#nowMs(), part);
      this.#requests += 1;
      const headers = { ...request.headers, ...SOURCE };
      await readAnswer(await this.#target.request('/ingest/firehose', { ...request, headers }));
      events += part.reduce((sum, one) => sum + one.events, 0);
    }
    return events;
  }

  /** X-Ray segments, or points of a metric stream: one JSON document each. */
  async documents(documents: readonly string[]): Promise<void> {
    for (let at = 0; at < documents.length; at += DOCUMENTS_PER_REQUEST) {
      const body = documents.slice(at, at + DOCUMENTS_PER_REQUEST).join('\n');
      await readAnswer(await this.#target.request('/ingest/logs', { method: 'POST', headers: SOURCE, body }));
    }
  }

  /** The summary of a run of hey against a function. */
  async loadTest(name: string, summary: string): Promise<void> {
    const path = `/ingest/load-test?tool=hey&function=${encodeURIComponent(idOf(name))}`;
    await readAnswer(await this.#target.request(path, { method: 'POST', headers: SOURCE, body: summary }));
  }

  /** The inventory: architecture, VPC, runtime and timeout, which log lines do not contain. */
  async inventory(plans: readonly (FunctionPlan & { readonly timeoutSeconds?: number })[]): Promise<void> {
    const functions = plans.map(({ name, runtime, vpc, timeoutSeconds }) => ({
      id: idOf(name),
      architecture: 'arm64',
      runtime: identifierOf(runtime),
      subnetIds: vpc ? ['subnet-0aaa1111', 'subnet-0bbb2222'] : [],
      securityGroupIds: vpc ? ['sg-0123456789abcdef0'] : [],
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    }));
    for (let at = 0; at < functions.length; at += FUNCTIONS_PER_REQUEST) {
      const body = JSON.stringify({ functions: functions.slice(at, at + FUNCTIONS_PER_REQUEST) });
      const headers = { 'content-type': 'application/json' };
      await readAnswer(await this.#target.request('/api/v1/inventory', { method: 'PUT', headers, body }));
    }
  }

  /** Tags of functions, as the inventory reads them of AWS. */
  async tags(tags: Readonly<Record<string, Readonly<Record<string, string>>>>): Promise<void> {
    const functions = Object.entries(tags).map(([name, own]) => {
      const [account, region] = idOf(name).split(':');
      return { account, region, name, tags: own };
    });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ functions });
    await readAnswer(await this.#target.request('/api/v1/tags', { method: 'PUT', headers, body }));
  }
}
