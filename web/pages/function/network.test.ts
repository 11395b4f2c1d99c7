/** The Network tab of a function: its tiles, capacity and sentences, one for each case. */
import { afterEach, describe, expect, test } from 'vitest';
import { examples } from '../../../server/http/contract/examples/examples.generated.ts';
import { showTabOf } from '../../../test/support/show-function.ts';
import type { Answers } from '../../../test/support/show-page.ts';
import { restore } from '../../../test/support/show-page.ts';
import { FunctionPage } from './function.tsx';

afterEach(restore);

describe('network', () => {
  const example: NonNullable<Answers['getFunctionNetwork']> = examples.getFunctionNetwork.answer;
  const showTab = showTabOf(FunctionPage);
  const show = (more: object) => showTab('network', { answers: { getFunctionNetwork: { ...example, ...more } } });

  test.each([
    [true, 'in a VPC'],
    [false, 'not in a VPC'],
    [null, 'VPC unknown'],
  ])('a function whose VPC is %s', async (vpc, words) => {
    expect((await show({ vpc })).elements('span').find((one) => one.text === words)?.attributes['class']).toBe('badge');
  });

  test('tiles without traces say what they need, or are left out', async () => {
    const none = { preInitMs: null, placementMs: null, eniLatencyMs: null, over2s: null, over10s: null, edge: null };
    const page = await show({ ...none, firstConnectionMs: { n: 3, median: null, warmMedian: null, excess: null } });
    expect(page.tile('Before init, p50 / p95')).toEqual({ value: '–', note: 'requires traces of cold starts' });
    for (const label of ['Placement and download', 'Added by the VPC']) expect(page.text).not.toContain(label);
    expect(page.tile('First invocation')).toEqual({ value: '–', note: 'n=3' });
    expect(page.section('Long waits before init')).toContain('Unknown without traces.');
    expect(page.text).not.toContain('Measured at API Gateway');
  });

  test('tiles with traces have their intervals', async () => {
    const page = await show({
      placementMs: { value: 120, low: 100, high: 140 },
      cohort: { ...example.cohort, functions: 1 },
      eniLatencyMs: { value: 30, low: 10, high: 50, functionsVpc: 2, nVpc: 1200, functionsOther: 3, nOther: 40 },
      firstConnectionMs: { n: 3, median: 20, warmMedian: 25, excess: -5 },
    });
    expect(page.tile('Placement and download')).toEqual({
      value: '120 ms',
      note: 'mean of 1 similar function outside of a VPC; 95 % interval 100 ms – 140 ms',
    });
    expect(page.tile('Added by the VPC')).toEqual({
      value: '30 ms',
      note: '95 % interval 10 ms – 50 ms; 2 functions in a VPC (n=1,200), 3 not (n=40)',
    });
    expect(page.tile('First invocation')).toEqual({
      value: '-5 ms',
      note: 'above the warm median of 25 ms: DNS, TLS, connections, JIT; n=3',
    });
  });

  test('capacity: each limit that is known', async () => {
    const capacity = { subnets: 1, securityGroups: 2, peakConcurrency: 1200, interfaces: 2, interfaceUse: 0.5 };
    const database = { needed: 90, max: 100, verdict: 'near-limit', daysLeft: 1.4 };
    const full = await show({ capacity: { ...capacity, database } });
    expect(full.section('Capacity').replaceAll(/\s+/g, ' ')).toBe(
      'Capacity 1 subnet, 2 security groups, peak concurrency 1,200 2 network interfaces needed 50 % of the connections of a shared interface in use 90 of 100 database connections needed at the peak: near limit, 1 day left at the current trend',
    );
    restore();
    const bare = await show({
      capacity: { ...capacity, interfaces: null, interfaceUse: null, database: { ...database, daysLeft: null } },
    });
    expect(bare.section('Capacity')).not.toMatch(/interface|left at/);
    restore();
    expect((await show({ capacity: null })).section('Capacity')).toContain('Available for functions in a VPC');
  });

  test('a missing route is suspected with its timeouts, or there is no sign of it', async () => {
    const suspected = await show({ missingRoute: { suspected: true, timeouts: 2, reason: 'All after 3 s' } });
    expect(suspected.text).toContain('2 timeouts suggest a missing route to the internet: All after 3 s');
    restore();
    const fine = await show({ missingRoute: { suspected: false, timeouts: 0, reason: null } });
    expect(fine.text).toContain('No sign of a missing route to the internet.');
  });
});
