/**
 * Random contents for every paged route, with ties in everything that lists are ordered by, and the property that pages of a
 * list are the list. The routes come from the declarations: one without a generator has none to be tested with.
 */
import { decodeStreams } from '../../ingest/decode/pipeline.ts';
import { renderReport, renderStart } from '../../ingest/lines/render.ts';
import { Random } from '../../ingest/records/random.ts';
import { testAlert } from '../../server/alerts/evaluate/alert.ts';
import type { RouteDeclaration } from '../../server/http/contract/route.ts';
import { routes } from '../../server/http/contract/routes.generated.ts';
import { batchOfRecords, inventoryOf, loadTestOf, TUNING_RUNS } from './fleet-documents.ts';
import { batchOf } from './fleet-streams.ts';
import { eventId } from './log-events.ts';
import { point } from './metric-records.ts';
import type { TestProduct } from './product.ts';

type Item = Readonly<Record<string, unknown>>;

interface Listed {
  readonly product: TestProduct;
  readonly random: Random;
  /** The product's time, which a generator may move. */
  readonly clock: { ms: number };
}

interface Generator {
  /** Adds a few items; called before the first page and between pages. */
  readonly add: (listed: Listed) => Promise<void>;
  /** Lists to read, as the rest of the path. */
  readonly lists: readonly string[];
  /** What identifies an item; of the list of functions, whose facts may change meanwhile, the function. */
  readonly key: (item: Item, list: string) => string;
}

const AT = Date.UTC(2026, 10, 20, 10);
const PLACE = { account: '123456789012', region: 'eu-west-1' };
const LOGS = { kind: 'logs', name: 'pages' } as const;
const RANGE = `from=${AT - 60_000}&to=${AT + 60_000}`;

const pick = (random: Random, most: number): number => Math.floor(random.next() * most);

/** Start of the time that lists are filled in, epoch ms. */
export const FILLED_MS = AT + 30_000;

/** A retried request, whose attempts have a list of their own. */
const RETRIED = '00000000-0000-4000-8000-000000000001';

async function addInvocations({ product, random }: Listed): Promise<void> {
  const parts = Array.from({ length: 2 + pick(random, 8) }, () => {
    // Delivered more than once: what is said of it must not differ.
    const isRetry = random.next() < 0.2;
    const requestId = isRetry ? RETRIED : random.uuid();
    // Lambda tries again after a minute; ends that are nearer may be one, printed with and without its fraction of a second.
    const endMs = AT + (isRetry ? 50_000 * pick(random, 2) : pick(random, 3));
    const logStream =
      !isRetry && random.next() < 0.3 ? '' : `2026/11/20/[$LATEST]${String(pick(random, 2)).repeat(32)}`;
    const report = renderReport({
      requestId,
      durationMs: 5,
      billedDurationMs: 5,
      memorySizeMb: 128,
      maxMemoryUsedMb: 60,
      initDurationMs: !isRetry && random.next() < 0.5 ? 100 : null,
      restoreDurationMs: null,
      billedRestoreDurationMs: null,
      status: !isRetry && random.next() < 0.3 ? 'timeout' : null,
      errorType: null,
      trace: null,
    });
    return {
      identity: { ...PLACE, logGroup: `/aws/lambda/tied-${pick(random, 3)}`, logStream },
      events: [
        { timestampMs: endMs - 5, message: renderStart(requestId, '$LATEST'), id: '' },
        { timestampMs: endMs, message: report, id: '' },
      ],
    };
  });
  await product.store.write(batchOf(parts), LOGS);
  await product.store.attribution.classifyPending();
}

async function addRecords(
  { product, random }: Listed,
  records: Parameters<typeof batchOfRecords>[0],
  kind: 'import' | 'inventory',
): Promise<void> {
  const batch = batchOfRecords(records, PLACE);
  const named = batch.records.map((entry) => ({ ...entry, digest: random.hex(32) }));
  await product.store.write({ ...batch, records: named }, { kind, name: kind === 'import' ? 'pages' : 'lambda-api' });
}

/** Lines of few times, in several streams, with event ids or without. */
async function addLines({ product, random }: Listed): Promise<void> {
  const streams = Array.from({ length: 1 + pick(random, 3) }, () => {
    const hasIds = random.next() < 0.5;
    const logStream = `2026/11/20/[$LATEST]${String(pick(random, 2)).repeat(32)}`;
    const events = Array.from({ length: 1 + pick(random, 4) }, () => {
      const timestampMs = AT + pick(random, 3);
      const id = hasIds ? eventId(timestampMs, pick(random, 1_000_000)) : '';
      return { timestampMs, message: `talks of ${random.hex(12)}`, id };
    });
    return { identity: { ...PLACE, logGroup: `/aws/lambda/talks-${pick(random, 2)}`, logStream }, events };
  });
  const given = { streams, unreadable: [], records: [], ignored: [] };
  await product.store.write(decodeStreams(given, PLACE, { raw: 'all', region: '', selfLogGroups: [] }), LOGS);
  if (random.next() < 0.5) while (await product.store.lines.pack());
}

/** By operation. */
const GENERATORS: Readonly<Record<string, Generator>> = {
  listInvocations: {
    add: addInvocations,
    lists: [
      ...['', '&function=tied-1', '&cold=true', '&status=timeout', '&memoryMb=128', `&requestId=${RETRIED}`],
      // All take the same time: the order is that of the key.
      ...['&sort=-durationMs', '&sort=initDurationMs&function=tied-1', '&sort=endedAt'],
    ].map((rest) => `${RANGE}${rest}`),
    key: (item) => `${JSON.stringify(item['function'])} ${item['requestId']} ${item['endedAt']} ${item['logStream']}`,
  },
  searchLogs: {
    add: addLines,
    lists: ['q=talks', 'q=talks&function=talks-1', `q=${encodeURIComponent('talks -REPORT')}`].map(
      (rest) => `${RANGE}&${rest}`,
    ),
    key: (item) => String(item['message']),
  },
  listDeadLetters: {
    add: async ({ product, random }) => {
      const deadLetters = Array.from({ length: 1 + pick(random, 6) }, () => ({
        reason: 'not-a-record',
        detail: 'neither a log event nor a document',
        logGroup: null,
        payload: new TextEncoder().encode(random.hex(16)),
        n: 1,
      }));
      await product.store.write({ ...batchOf([]), deadLetters }, LOGS);
    },
    lists: [''],
    key: (item) => String(item['id']),
  },
  listInventory: {
    add: async (listed) => {
      const { random, clock } = listed;
      clock.ms += 1;
      const facts = Array.from({ length: 1 + pick(random, 4) }, (_, at) =>
        inventoryOf(
          { ...PLACE, name: at === 0 ? 'history' : `listed-${pick(random, 40)}` },
          { subnetIds: [], timeoutMs: 1000 * (1 + pick(random, 5)), architecture: null },
        ),
      );
      await addRecords(listed, facts, 'inventory');
    },
    lists: ['', 'function=history'],
    key: (item, list) => (list === '' ? String(item['id']) : String(item['since'])),
  },
  listLoadTests: {
    add: (listed) =>
      addRecords(
        listed,
        Array.from({ length: 1 + pick(listed.random, 5) }, () => loadTestOf(listed.random.hex(6), 'tied-1', 1)),
        'import',
      ),
    lists: ['', 'function=tied-1'],
    key: (item) => String(item['id']),
  },
  listTuningRuns: {
    add: (listed) =>
      addRecords(
        listed,
        TUNING_RUNS.map((run) => ({ ...run, ...PLACE, functionName: 'tied-1' })),
        'import',
      ),
    lists: ['', 'function=tied-1'],
    key: (item) => String(item['id']),
  },
  listMetrics: {
    add: async ({ product, random }) => {
      const records = Array.from({ length: 1 + pick(random, 5) }, () => {
        const name = `m${pick(random, 2)}`;
        const dimensions = [['one', random.hex(6)]] as const;
        return point({ ...PLACE, namespace: `Own${pick(random, 2)}`, name, startMs: AT, dimensions });
      });
      await product.store.write(batchOfRecords(records, PLACE), LOGS);
    },
    lists: ['', 'namespace=Own1', 'search=a'],
    key: (item) => String(item['key']),
  },
  listAlertHistory: {
    add: async ({ product, random }) => {
      const alert = JSON.stringify({ ...testAlert(new Date(AT).toISOString()), id: `al_${random.hex(12)}` });
      const event = {
        alertId: random.hex(8),
        ruleId: `r${pick(random, 2)}`,
        status: 'firing',
        atMs: AT,
        alert,
      } as const;
      await product.store.alerts.saveEvaluations([
        {
          ruleState: null,
          ruleId: event.ruleId,
          removeRule: false,
          changed: [],
          removed: [],
          events: Array.from({ length: 1 + pick(random, 4) }, () => ({
            ...event,
            alert: JSON.stringify({ ...(JSON.parse(alert) as object), id: `al_${random.hex(12)}` }),
          })),
        },
      ]);
    },
    lists: ['', 'ruleId=r1'],
    key: (item) => String(item['id']),
  },
  listDeliveries: {
    add: ({ product, random }) =>
      product.store.alerts.saveDispatch({
        seq: 0,
        changed: [],
        removed: [],
        deliveries: Array.from({ length: 1 + pick(random, 6) }, () => ({
          id: random.hex(16),
          receiverId: `to${pick(random, 2)}`,
          groupId: random.hex(8),
          type: 'alert',
          body: '{}',
          createdMs: AT,
        })),
      }),
    lists: ['', 'receiver=to1', 'state=pending'],
    key: (item) => String(item['id']),
  },
  listAuditLog: {
    add: async ({ product, random }) => {
      for (let n = 1 + pick(random, 4); n > 0; n -= 1)
        await product.store.control.addAudit({
          atMs: AT,
          tokenId: null,
          name: random.hex(12),
          client: '127.0.0.1',
          method: 'POST',
          path: '/api/v1/silences',
          status: 201,
        });
    },
    lists: [''],
    key: (item) => String(item['name']),
  },
  listChanges: {
    add: async (listed) => {
      const { random, clock } = listed;
      clock.ms += 1;
      const facts = Array.from({ length: 1 + pick(random, 4) }, (_, at) =>
        inventoryOf(
          { ...PLACE, name: at === 0 ? 'changed' : `changed-${pick(random, 5)}` },
          { subnetIds: [], timeoutMs: 1000 * (1 + pick(random, 90)), architecture: null },
        ),
      );
      await addRecords(listed, facts, 'inventory');
    },
    lists: [`from=${AT}&to=${AT + 10 * 60_000}`, `from=${AT}&to=${AT + 10 * 60_000}&function=changed`],
    key: (item) => `${JSON.stringify(item['function'])} ${item['at']}`,
  },
};

interface PagedRoute {
  readonly operation: string;
  readonly path: string;
  readonly generator: Generator | undefined;
}

const fieldsOf = (schema: RouteDeclaration['query']): readonly string[] =>
  schema !== undefined && 'shape' in schema ? Object.keys(schema.shape as object) : [];

/** Every declared route that takes a cursor. */
export function pagedRoutes(): readonly PagedRoute[] {
  return Object.entries<RouteDeclaration>(routes)
    .filter(([, { query }]) => fieldsOf(query).includes('cursor'))
    .map(([operation, { path }]) => ({ operation, path, generator: GENERATORS[operation] }));
}

/** Declared lists that are cut at a limit, without a cursor and without saying how much is left. */
export function silentlyCutRoutes(): readonly string[] {
  return Object.entries<RouteDeclaration>(routes)
    .filter(([, { query, answer, stream }]) => {
      const [requested, answered] = [fieldsOf(query), fieldsOf(answer)];
      const isSaid = ['nextCursor', 'total', 'truncated'].filter((field) =>
        field === 'nextCursor' ? requested.includes('cursor') : answered.includes(field),
      );
      return requested.includes('limit') && stream === undefined && isSaid.length === 0;
    })
    .map(([operation]) => operation);
}

interface Page {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

async function pageOf(
  product: TestProduct,
  path: string,
  list: string,
  limit: number,
  cursor: string | null,
): Promise<Page> {
  const next = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
  const response = await product.fetch(`${path}?${list === '' ? '' : `${list}&`}limit=${limit}${next}`);
  if (response.status !== 200) throw new Error(`${path}?${list}${next}: ${await response.text()}`);
  return (await response.json()) as Page;
}

/** Items that are added to each list before it is read, in this many steps. */
const STEPS = 5;
/** Greatest limit that every paged route takes. */
const WHOLE = 200;

interface PageChecks {
  /** Which of how many parts of the routes; all by default. */
  readonly part?: { readonly at: number; readonly of: number };
  /** Small page sizes of the list at a position, which cost a request for each item or two; 1 and 2 by default. */
  readonly smallSizes?: (list: number) => readonly number[];
}

/**
 * Fills every list at random, reads it in pages of each size, and checks that together they are the list: no item twice, none left
 * out, in the same order. Then again while items are added between pages: every item of before comes once, in order.
 * @throws Error that names the list and the page size
 */
export async function checkPages(
  product: TestProduct,
  clock: { ms: number },
  seed: number,
  { part = { at: 0, of: 1 }, smallSizes = () => [1, 2] }: PageChecks = {},
): Promise<void> {
  const random = new Random(seed);
  const listed = { product, random, clock };
  for (const { operation, path, generator } of pagedRoutes().filter((_, at) => at % part.of === part.at)) {
    if (generator === undefined) throw new Error(`${operation}: test/support/cursor-pages.ts has no generator for it`);
    for (let step = 0; step < STEPS; step += 1) await generator.add(listed);
    for (const [position, list] of generator.lists.entries()) {
      const read = (limit: number, chance: number): Promise<Read> =>
        readPages(listed, path, generator, list, limit, chance);
      const { all } = await read(WHOLE, 0);
      if (all.length < 2) throw new Error(`${path}?${list}: ${all.length} items are too few to be paged`);
      const large = [1 + pick(random, all.length), all.length - 1, all.length, all.length + 1];
      for (const limit of [...smallSizes(position), ...large].filter((n) => n > 0)) {
        const { found } = await read(limit, 0);
        assertSame(`${path}?${list} limit=${limit}`, found, all);
      }
      const { all: before, found } = await read(1 + pick(random, 3), 0.5);
      if (new Set(found).size < found.length)
        throw new Error(`${path}?${list}: an item came twice while items were added`);
      const known = new Set(before);
      assertSame(
        `${path}?${list} while items are added`,
        found.filter((key) => known.has(key)),
        before,
      );
    }
  }
}

function assertSame(what: string, found: readonly string[], expected: readonly string[]): void {
  if (found.length === expected.length && found.every((key, at) => key === expected[at])) return;
  throw new Error(
    `${what}: pages have ${found.length} items, ${new Set(found).size} different; the list has ${expected.length}`,
  );
}

interface Read {
  /** The list in one page, before the others were read. */
  readonly all: readonly string[];
  readonly found: readonly string[];
}

/** Reads a list in pages of `limit`, and adds items between them with the given chance. */
async function readPages(
  listed: Listed,
  path: string,
  { key, add }: Generator,
  list: string,
  limit: number,
  chance: number,
): Promise<Read> {
  const { product, random } = listed;
  const whole = await pageOf(product, path, list, WHOLE, null);
  if (whole.nextCursor !== null) throw new Error(`${path}?${list}: too many items for one page`);
  const found: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Page = await pageOf(product, path, list, limit, cursor);
    if (page.items.length > limit)
      throw new Error(`${path}?${list}: a page of ${limit} has ${page.items.length} items`);
    found.push(...page.items.map((item) => key(item, list)));
    if (page.nextCursor === null) return { all: whole.items.map((item) => key(item, list)), found };
    cursor = page.nextCursor;
    // Lists that grow at their end must not outgrow one page.
    if (random.next() < chance && found.length < 12) await add(listed);
  }
}
