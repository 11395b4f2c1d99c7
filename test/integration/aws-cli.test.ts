/** The commands that use AWS, against the test double. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ACCOUNT, AwsDouble, pulledInvocation, REGION } from '../support/aws.ts';
import { runCommand } from '../support/command.ts';
import { requestId } from '../support/firehose.ts';
import { ADMIN, memoryFolder, removeFolder, startProduct, startServer } from '../support/product.ts';

const MINUTE = 60_000;

let aws: AwsDouble;
let folder: string;

beforeEach(async () => {
  aws = await AwsDouble.start();
  folder = memoryFolder();
});

afterEach(async () => {
  await aws.stop();
  removeFolder(folder);
});

/** Reads what the commands have stored: a product in this process starts in half the time of a server. */
async function reading<T>(read: (get: <A>(path: string) => Promise<A>) => Promise<T>): Promise<T> {
  const product = await startProduct({ folder });
  try {
    return await read((path) => product.json(path));
  } finally {
    await product.close();
  }
}

const run = (...args: string[]) => runCommand(folder, args, { environment: aws.environment });

function eventsOf(first: number, n: number, endMs: number) {
  return Array.from({ length: n }, (_, at) => pulledInvocation(first + at, endMs - (n - at) * 1000)).flat();
}

describe('backfill', () => {
  test('selects groups and reports progress; a second run adds nothing', async () => {
    aws.group('/aws/lambda/a', eventsOf(1, 20, Date.now() - MINUTE));
    aws.group('/aws/lambda/b', eventsOf(101, 5, Date.now() - MINUTE));
    aws.group('/other', eventsOf(201, 5, Date.now() - MINUTE));
    const first = await run('backfill', '--all-lambda', '--since', '1d', '--requests-per-second', '50');
    expect(first.stdout).toContain('2 of 2 log groups complete: accepted 50, duplicates 0, ignored 0, rejected 0');
    expect(first.code).toBe(0);
    expect(aws.of('FilterLogEvents')[0]?.['filterPattern']).toContain('?"RequestId:"');
    const again = await run(
      'backfill',
      '--prefix',
      '/aws/lambda/',
      '--exclude',
      '*/b',
      '--since',
      '1d',
      '--everything',
    );
    expect(again.stdout).toContain('1 of 1 log groups complete: accepted 0, duplicates 40');
    expect(aws.of('FilterLogEvents').at(-1)).not.toHaveProperty('filterPattern');
  });

  test('errors say what to do, and the error of one group does not stop the others', async () => {
    aws.group('/aws/lambda/a', eventsOf(1, 2, Date.now() - MINUTE));
    aws.group('/aws/lambda/b');
    aws.script = ({ target, input }) =>
      target === 'FilterLogEvents' && input['logGroupName'] === '/aws/lambda/b'
        ? { type: 'AccessDeniedException', message: 'User is not authorized' }
        : undefined;
    const half = await run('backfill', '--all-lambda');
    expect(half.code).toBe(1);
    expect(half.stdout).toContain('1 of 2 log groups complete: accepted 4');
    expect(half.stdout).toContain('/aws/lambda/b: The credentials lack a permission. Allow logs:FilterLogEvents.');
    expect((await run('backfill')).stderr).toContain('Missing log groups.');
    expect((await run('backfill', '--all-lambda', '--since', 'yesterday')).code).toBe(2);
    expect((await run('backfill', '--log-group', '/nope')).stderr).toContain('No log group matches /nope');
  });

  test('sends through a running server', async () => {
    aws.group('/aws/lambda/a', eventsOf(1, 3, Date.now() - MINUTE));
    const server = await startServer(folder);
    try {
      const result = await run('backfill', '--log-group', '/aws/lambda/a');
      expect(result.stdout).toContain('accepted 6');
      expect(result.stdout).toContain('through the running server');
    } finally {
      await server.stop();
    }
  });
});

describe('traces', () => {
  const traceId = (n: number): string => `1-643aca1d-${String(n).padStart(24, '0')}`;

  test('fetches traces of cold starts first, five per call; retries unprocessed ids; gives up on missing ones', async () => {
    const atMs = Date.now() - 10 * MINUTE;
    const lines = Array.from({ length: 12 }, (_, at) => {
      const n = at + 1;
      const init = n % 4 === 0 ? '\tInit Duration: 100.00 ms' : '';
      return `${new Date(atMs + n * 1000).toISOString()} REPORT RequestId: ${requestId(n)}\tDuration: 5.00 ms\tBilled Duration: 5 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB${init}\t\nXRAY TraceId: ${traceId(n)}\tSegmentId: 00000000000000${String(n).padStart(2, '0')}\tSampled: true\t`;
    });
    const file = join(folder, 'lines.txt');
    writeFileSync(file, lines.join('\n'));
    await run('import', file, '--function', 'traced', '--account', ACCOUNT, '--region', REGION);
    for (let n = 1; n <= 11; n += 1) {
      const document = {
        id: `a${String(n).padStart(15, '0')}`,
        trace_id: traceId(n),
        name: 'traced',
        start_time: atMs / 1000 + n,
        end_time: atMs / 1000 + n + 0.5,
        origin: 'AWS::Lambda',
        aws: { request_id: requestId(n) },
        resource_arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:traced`,
      };
      aws.traces.set(traceId(n), {
        Id: traceId(n),
        Segments: [{ Id: document.id, Document: JSON.stringify(document) }],
      });
    }
    aws.script = ({ target, input }, nth) => {
      const ids = input['TraceIds'] as string[];
      if (target !== 'POST /Traces' || nth !== 1) return undefined;
      const [first, ...rest] = ids;
      return { answer: { Traces: [aws.traces.get(first ?? '')].filter(Boolean), UnprocessedTraceIds: rest } };
    };
    const fetched = await run('traces', '--requests-per-second', '50');
    expect(fetched.stdout).toContain('requested 12 traces, found 11, 11 new segments');
    const asked = aws.of('POST /Traces').map((input) => input['TraceIds'] as string[]);
    expect(asked.every((ids) => ids.length <= 5)).toBe(true);
    expect(asked[0]?.slice(0, 3)).toEqual([12, 8, 4].map(traceId));
    expect(asked[1]).toEqual(asked[0]?.slice(1));
    const again = await run('traces');
    expect(again.stdout).toContain('requested 0 traces');
    expect(await reading((get) => get(`/api/v1/traces/${traceId(4)}`))).toMatchObject({
      durationMs: 500,
      segments: [{ origin: 'AWS::Lambda', requestId: requestId(4), offsetMs: 0 }],
    });
  });

  test('names the missing permission', async () => {
    const file = join(folder, 'one.txt');
    writeFileSync(
      file,
      `${new Date(Date.now() - MINUTE).toISOString()} REPORT RequestId: ${requestId(1)}\tDuration: 5.00 ms\tBilled Duration: 5 ms\tMemory Size: 128 MB\tMax Memory Used: 60 MB\t\nXRAY TraceId: ${traceId(1)}\tSegmentId: 0000000000000001\tSampled: true\t`,
    );
    await run('import', file, '--function', 'traced');
    aws.script = () => ({ type: 'AccessDeniedException', message: 'no', status: 403 });
    const result = await run('traces');
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('Allow xray:BatchGetTraces');
  });
});

describe('inventory', () => {
  const configuration = (name: string, more: object = {}) => ({
    FunctionName: name,
    FunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`,
    Runtime: 'nodejs22.x',
    MemorySize: 512,
    Timeout: 3,
    Architectures: ['arm64'],
    VpcConfig: { VpcId: 'vpc-1', SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
    ...more,
  });

  test('reads functions from Lambda over several pages, with provisioned concurrency, and records changes', async () => {
    for (let n = 0; n < 60; n += 1) aws.functions.push(configuration(`f${n}`));
    aws.provisioned.set('f1', [
      { RequestedProvisionedConcurrentExecutions: 3 },
      { RequestedProvisionedConcurrentExecutions: 2 },
    ]);
    expect((await run('inventory', '--requests-per-second', '90')).stdout).toContain('60 functions, 60 new or changed');
    expect((await run('inventory', '--requests-per-second', '90')).stdout).toContain('60 functions, 0 new or changed');
    aws.functions[1] = configuration('f1', { MemorySize: 1024, VpcConfig: undefined });
    expect((await run('inventory', '--requests-per-second', '90')).stdout).toContain('60 functions, 1 new or changed');
    interface Inventory {
      readonly items: readonly Record<string, unknown>[];
      readonly nextCursor: string | null;
    }
    await reading(async (get) => {
      const page = await get<Inventory>('/api/v1/inventory?limit=50');
      expect(page.items).toHaveLength(50);
      const rest = await get<Inventory>(`/api/v1/inventory?limit=50&cursor=${page.nextCursor}`);
      expect(rest.items).toHaveLength(10);
      const history = await get<Inventory>('/api/v1/inventory?function=f1');
      expect(history.items.map((item) => [item['memoryMb'], item['vpcId'], item['source']])).toEqual([
        [1024, null, 'lambda-api'],
        [512, 'vpc-1', 'lambda-api'],
      ]);
      expect(history.items[0]).toMatchObject({ provisionedConcurrency: 5, architecture: 'arm64', subnetIds: [] });
    });
  });

  test('reads tags if that is permitted, says so if not, and keeps those read before', async () => {
    const tagsOf = (...names: readonly string[]): Promise<readonly unknown[]> =>
      reading(async (get) => {
        const found: unknown[] = [];
        for (const name of names) found.push((await get<{ items: unknown }>(`/api/v1/functions/${name}/tags`)).items);
        return found;
      });
    const team = { key: 'team', value: 'shop', source: 'inventory', overridden: [] };
    const stack = { key: 'aws:cloudformation:stack-name', value: 's', source: 'inventory', overridden: [] };
    aws.functions.push(configuration('f1'), configuration('f2'));
    aws.tags.set('f1', { team: 'shop', [stack.key]: 's' });
    aws.tags.set('f2', { team: 'web' });
    expect((await run('inventory')).stdout).toBe('2 functions, 2 new or changed\n');
    expect(await tagsOf('f1')).toEqual([[stack, team]]);
    aws.tags.delete('f2');
    aws.tags.set('f1', { team: 'shop' });
    await run('inventory');
    expect(await tagsOf('f1', 'f2')).toEqual([[team], []]);
    aws.script = ({ target }) =>
      target.includes('/2017-03-31/tags/') ? { type: 'AccessDeniedException', message: 'not you' } : undefined;
    const denied = await run('inventory');
    expect(denied.stdout).toMatch(/2 functions, 0 new or changed\nTags are not read\. .*Allow lambda:ListTags/);
    expect(await tagsOf('f1')).toEqual([[team]]);
  });

  test('reads functions from a file and names errors in it', async () => {
    const file = join(folder, 'functions.json');
    writeFileSync(file, JSON.stringify({ Functions: [configuration('a')] }));
    expect((await run('inventory', '--from-file', file)).stdout).toContain('1 functions, 1 new or changed');
    writeFileSync(file, JSON.stringify({ Functions: [{ FunctionArn: 'x' }] }));
    expect((await run('inventory', '--from-file', file)).stderr).toContain(
      'Functions.0.FunctionName: expected a string',
    );
    expect((await run('inventory', '--from-file', join(folder, 'none'))).stderr).toContain('ENOENT');
  });
});

test('serve polls logs, fetches traces and reads the inventory periodically', async () => {
  aws.group('/aws/lambda/polled', eventsOf(1, 3, Date.now() - MINUTE));
  aws.group('/aws/lambda/not-this');
  aws.functions.push({
    FunctionName: 'polled',
    FunctionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:polled`,
    Architectures: ['arm64'],
  });
  const server = await startServer(folder, {
    ...aws.environment,
    THERMOCLINE_PULL_LOG_GROUPS: '/aws/lambda/*',
    THERMOCLINE_PULL_EXCLUDE: '*not-this',
    THERMOCLINE_PULL_INTERVAL_SECONDS: '5',
    THERMOCLINE_TRACES: 'on',
    THERMOCLINE_INVENTORY: 'on',
  });
  try {
    const get = async (path: string) =>
      (await (await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${ADMIN}` } })).json()) as Record<
        string,
        never
      >;
    await expect
      .poll(async () => (await get('/api/v1/ingest/status'))['accepted'], { interval: 200 })
      .toBeGreaterThanOrEqual(7);
    await expect
      .poll(async () => (await get('/api/v1/ingest/status'))['pulls'] as unknown)
      .toMatchObject([{ logGroup: '/aws/lambda/polled', mode: 'poll', state: 'ok', running: false, events: 6 }]);
    await expect
      .poll(async () => (await get('/api/v1/functions'))['items'] as unknown)
      .toMatchObject([{ name: 'polled', architecture: 'arm64', vpc: false }]);
  } finally {
    expect(await server.stop()).toBe(0);
  }
});
