import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../ingest/records/time.ts';
import { law } from '../../../test/support/law.ts';
import { fingerprintOf, REST } from './fingerprint.ts';
import type { FailedAttempt, FailureRows, FaultOfFunction } from './hour.ts';
import { countErrors, toldFailures } from './hour.ts';

const RANGE = { fromMs: HOUR_MS, toMs: 2 * HOUR_MS };

const attempt = (known: Partial<FailedAttempt> = {}): FailedAttempt => ({
  requestId: 'a',
  environmentId: 1,
  version: '7',
  status: 'error',
  errorType: null,
  startMs: 4_000_000,
  endMs: 4_001_000,
  durationUs: 1_000_000,
  ...known,
});

const fault = (known: Partial<FaultOfFunction> = {}): FaultOfFunction => ({
  environmentId: 1,
  requestId: 'a',
  isNamed: (known.requestId ?? 'a') !== '',
  atMs: 4_000_500,
  kind: 'error',
  errorType: 'Error',
  message: 'no order 7',
  stack: 'at load (/var/task/a.js:1:1)\nat run (/var/task/b.js:1:1)',
  ...known,
});

const rows = (known: Partial<FailureRows>): FailureRows => ({
  attempts: [],
  faults: [],
  inits: [],
  environments: new Map([[1, { version: '7', overlaps: false }]]),
  ...known,
});

describe('what is told of a failure', () => {
  test('the lines of its request, near to it', () => {
    const found = toldFailures(
      RANGE,
      rows({ attempts: [attempt()], faults: [fault(), fault({ atMs: 5_000_000, message: 'later' })] }),
    );
    expect(found).toEqual([
      {
        status: 'error',
        errorType: 'Error',
        message: 'no order 7',
        stack: ['at load (/var/task/a.js:1:1)', 'at run (/var/task/b.js:1:1)'],
        atMs: 4_001_000,
        environmentId: 1,
        version: '7',
        requestId: 'a',
      },
    ]);
  });

  test('a line without a request id, of the attempt that was open', () => {
    const bare = fault({ requestId: '', message: 'bare' });
    expect(toldFailures(RANGE, rows({ attempts: [attempt()], faults: [bare] }))).toMatchObject([
      { message: 'bare', requestId: 'a' },
    ]);
    const elsewhere = rows({ attempts: [attempt()], faults: [fault({ requestId: '', environmentId: 2 })] });
    expect(toldFailures(RANGE, elsewhere)[0]).toMatchObject({ message: null, stack: [] });
  });

  test('where invocations of an environment overlap, a line without a request id is of none', () => {
    const environments = new Map([[1, { version: '7', overlaps: true }]]);
    const found = toldFailures(
      RANGE,
      rows({ attempts: [attempt()], faults: [fault({ requestId: '' })], environments }),
    );
    expect(found.map(({ requestId, message }) => [requestId, message])).toEqual([
      ['a', null],
      [null, 'no order 7'],
    ]);
  });

  test('a line of the same request in another environment counts only where a stream is unknown', () => {
    const message = (environmentId: number) =>
      toldFailures(RANGE, rows({ attempts: [attempt()], faults: [fault({ environmentId })] }))[0]?.message;
    expect([message(2), message(-5), message(0)]).toEqual([null, 'no order 7', 'no order 7']);
  });

  test('what the code threw, before that the runtime exited; else the type of REPORT', () => {
    const exited = fault({
      kind: 'exit',
      atMs: 4_000_100,
      errorType: 'Runtime.ExitError',
      message: 'Runtime exited',
      stack: null,
    });
    const both = rows({ attempts: [attempt({ status: 'exit' })], faults: [exited, fault()] });
    expect(toldFailures(RANGE, both)).toMatchObject([{ status: 'exit', errorType: 'Error', message: 'no order 7' }]);
    expect(toldFailures(RANGE, rows({ attempts: [attempt({ status: 'exit' })], faults: [exited] }))).toMatchObject([
      { errorType: 'Runtime.ExitError', message: 'Runtime exited' },
    ]);
    expect(toldFailures(RANGE, rows({ attempts: [attempt({ errorType: 'TypeError' })] }))).toMatchObject([
      { errorType: 'TypeError', message: null, stack: [] },
    ]);
  });
});

describe('attempts of the hour', () => {
  test.each([
    [HOUR_MS - 1, 0],
    [HOUR_MS, 1],
    [2 * HOUR_MS - 1, 1],
    [2 * HOUR_MS, 0],
  ])('ended at %i', (endMs, n) => {
    expect(toldFailures(RANGE, rows({ attempts: [attempt({ startMs: null, endMs })] }))).toHaveLength(n);
  });

  test('an attempt that ends after the hour has its line in it', () => {
    const late = attempt({ startMs: 7_199_000, endMs: 7_201_000, durationUs: 2_000_000 });
    expect(
      toldFailures(RANGE, rows({ attempts: [late], faults: [fault({ requestId: '', atMs: 7_199_500 })] })),
    ).toEqual([]);
  });
});

describe('inits without an invocation', () => {
  test('one that the next invocation tells again is the same fault', () => {
    const init = { environmentId: 1, atMs: 3_999_000, errorType: 'Runtime.ExitError' };
    const line = fault({
      kind: 'exit',
      errorType: 'Runtime.ExitError',
      message: 'Runtime exited without providing a reason',
      stack: null,
    });
    const groupsOf = (known: Partial<FailureRows>) => {
      const given = { attempts: [attempt({ status: 'exit', errorType: 'Runtime.ExitError' })], faults: [line] };
      const { counts } = countErrors(toldFailures(RANGE, rows({ ...given, inits: [init], ...known })));
      return counts.map(({ attempts, initFailures }) => [attempts, initFailures]);
    };
    expect(groupsOf({})).toEqual([[1, 1]]);
    // Of another type, before the init, of another environment: another fault.
    expect(groupsOf({ inits: [{ ...init, errorType: 'Runtime.InvalidEntrypoint' }] })).toHaveLength(2);
    expect(groupsOf({ inits: [{ ...init, atMs: 4_001_001 }] })).toHaveLength(2);
    const both = [1, 2].map((id) => [id, { version: '7', overlaps: false }] as const);
    expect(groupsOf({ inits: [{ ...init, environmentId: 2 }], environments: new Map(both) })).toHaveLength(2);
    // The next invocation counts, not a later one.
    const other = attempt({ requestId: 'b', status: 'error', endMs: 4_000_900 });
    const attempts = [other, attempt({ status: 'exit', errorType: 'Runtime.ExitError' })];
    expect(groupsOf({ attempts }).map(([, initFailures]) => initFailures)).toContain(1);
    expect(groupsOf({ attempts })).toHaveLength(3);
  });

  test('one failure for each environment: what its lines say, at the first of them', () => {
    const found = toldFailures(
      RANGE,
      rows({
        faults: [
          fault({
            requestId: '',
            atMs: 4_000_020,
            kind: 'exit',
            errorType: 'Runtime.ExitError',
            message: 'exited',
            stack: null,
          }),
          fault({
            requestId: '',
            atMs: 4_000_010,
            errorType: 'Runtime.ImportModuleError',
            message: 'no pg',
            stack: null,
          }),
        ],
        inits: [{ environmentId: 1, atMs: 4_000_030, errorType: 'Runtime.ExitError' }],
      }),
    );
    expect(found).toEqual([
      {
        status: 'exit',
        errorType: 'Runtime.ImportModuleError',
        message: 'no pg',
        stack: [],
        atMs: 4_000_010,
        environmentId: 1,
        version: '7',
        requestId: null,
      },
    ]);
  });

  test('a report without lines has its own type; one outside of the hour does not count', () => {
    const report = (atMs: number) => ({ environmentId: 1, atMs, errorType: 'Runtime.InvalidEntrypoint' });
    expect(toldFailures(RANGE, rows({ inits: [report(4_000_000)] }))).toMatchObject([
      { errorType: 'Runtime.InvalidEntrypoint' },
    ]);
    expect(toldFailures(RANGE, rows({ inits: [report(RANGE.toMs)] }))).toEqual([]);
  });

  test('an error of network setup is none, nor is a line without stream or of a request', () => {
    const faults = [
      fault({ requestId: '', kind: 'network' }),
      fault({ requestId: '', environmentId: -7 }),
      fault({ requestId: 'lost' }),
    ];
    expect(toldFailures(RANGE, rows({ faults }))).toEqual([]);
  });
});

describe('counts', () => {
  const told = (known: Partial<FailedAttempt>, message: string) =>
    toldFailures(
      RANGE,
      rows({ attempts: [attempt(known)], faults: [fault({ requestId: known.requestId ?? 'a', message })] }),
    );

  test('by group and version: attempts, different requests, first and last', () => {
    const failures = [
      ...told({ requestId: 'a' }, 'no order 7'),
      ...told({ requestId: 'a', endMs: 4_000_900 }, 'no order 8'),
      ...told({ requestId: 'b', endMs: 4_001_100 }, 'no order 9'),
      ...told({ requestId: 'c', version: '8' }, 'no order 9'),
      ...told({ requestId: 'd' }, 'no cart'),
    ];
    const { groups, counts } = countErrors(failures);
    expect(groups.map(({ message, frame }) => [message, frame])).toEqual([
      ['no order #', 'load (a.js)'],
      ['no cart', 'load (a.js)'],
    ]);
    const [order, cart] = groups.map(({ fingerprint }) => fingerprint);
    const common = { initFailures: 0, firstMs: 4_001_000, lastMs: 4_001_000 };
    expect(counts).toEqual([
      {
        ...common,
        fingerprint: order,
        version: '7',
        attempts: 3,
        invocations: 2,
        firstMs: 4_000_900,
        lastMs: 4_001_100,
      },
      { ...common, fingerprint: order, version: '8', attempts: 1, invocations: 1 },
      { ...common, fingerprint: cart, version: '7', attempts: 1, invocations: 1 },
    ]);
  });

  test('the rarest of too many groups are counted together', () => {
    const failures = ['x', 'x', 'y', 'z', 'w'].flatMap((name, at) => told({ requestId: `${at}` }, `no ${name}`));
    const { groups, counts } = countErrors(failures, 2);
    expect(groups.map(({ kind }) => kind)).toEqual(['handler', 'handler', 'rest']);
    expect(counts.map(({ attempts }) => attempts)).toEqual([2, 1, 2]);
    expect(counts[2]?.fingerprint).toBe(fingerprintOf(REST));
  });

  test('every failure is in one group, in any order', () => {
    const one = fc.record({
      requestId: fc.constantFrom('a', 'b', 'c'),
      version: fc.constantFrom('1', null),
      message: fc.constantFrom('x', 'y 1', 'y 2', 'z'),
    });
    law(
      fc.property(fc.array(one, { maxLength: 20 }), fc.integer({ min: 1, max: 4 }), (drawn, most) => {
        const failures = drawn.flatMap(({ message, ...known }) => told(known, message));
        const found = countErrors(failures, most);
        expect(found.counts.reduce((sum, { attempts }) => sum + attempts, 0)).toBe(drawn.length);
        const other = countErrors(failures.toReversed(), most);
        expect(new Set(other.counts.map((count) => JSON.stringify(count)))).toEqual(
          new Set(found.counts.map((count) => JSON.stringify(count))),
        );
      }),
    );
  });
});
