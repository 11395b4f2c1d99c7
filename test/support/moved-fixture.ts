/**
 * The function `moved` in the contract tests: $LATEST moves from x86_64 to arm64 in the middle of {@link MOVED_RANGE}, while version 1
 * stays on x86_64 and version 2 runs on arm64. Expected sums are worked out by hand from the table of runs.
 */
import { renderInitStart, renderReport, renderStart } from '../../ingest/lines/render.ts';
import { SIMULATED_ACCOUNT, SIMULATED_REGION } from '../../ingest/records/demo-scope.ts';
import type { Architecture, FunctionFacts } from '../../ingest/records/function-facts.ts';
import { HOUR_MS, MINUTE_MS } from '../../ingest/records/time.ts';
import { inventoryOf } from './fleet-documents.ts';
import type { Part } from './fleet-streams.ts';

const FROM_MS = Date.UTC(2026, 10, 19, 1);
export const MOVED_RANGE = { fromMs: FROM_MS, toMs: FROM_MS + 4 * HOUR_MS };
/** Two minutes into a bucket of five. */
export const MOVED_AT_MS = FROM_MS + 2 * HOUR_MS + 2 * MINUTE_MS;
const SCOPE = { account: SIMULATED_ACCOUNT, region: SIMULATED_REGION };

/** Version, minutes since the begin of the range, and billed ms. All run with 1024 MB; the first of each stream has an init of 100 ms, billed. */
const RUNS = [
  ['$LATEST', 'a', [30, 60, 90], 400],
  ['$LATEST', 'b', [150, 180, 210], 300],
  ['1', 'c', [60, 180], 400],
  ['2', 'd', [60, 180], 300],
] as const;

export const MOVED_PARTS: readonly Part[] = RUNS.map(([version, letter, minutes, billedMs], stream) => ({
  identity: { ...SCOPE, logGroup: '/aws/lambda/moved', logStream: `2026/11/19/[${version}]${letter.repeat(32)}` },
  events: minutes.flatMap((minute, at) => {
    const startMs = FROM_MS + minute * MINUTE_MS + stream * 1000;
    const requestId = `00000000-0000-4000-8000-0000${letter.repeat(4)}${String(minute).padStart(4, '0')}`;
    const initMs = at === 0 ? 100 : null;
    const report = renderReport({
      requestId,
      durationMs: billedMs - (initMs ?? 0),
      billedDurationMs: billedMs,
      memorySizeMb: 1024,
      maxMemoryUsedMb: 100,
      initDurationMs: initMs,
      restoreDurationMs: null,
      billedRestoreDurationMs: null,
      status: null,
      errorType: null,
      trace: null,
    });
    const init: [number, string][] =
      initMs === null
        ? []
        : [[startMs - initMs, renderInitStart('nodejs:22.v50', 'arn:aws:lambda:eu-west-1::runtime:0')]];
    const lines: [number, string][] = [
      ...init,
      [startMs, renderStart(requestId, version)],
      [startMs + billedMs, report],
    ];
    return lines.map(([timestampMs, message]) => ({
      timestampMs,
      message,
      id: `${timestampMs}${message.slice(0, 5)}`,
    }));
  }),
}));

const NAMED = { ...SCOPE, name: 'moved' };

/** As an inventory reads it before the move and after. */
export const MOVED_INVENTORY = [
  described('x86_64', FROM_MS - 24 * HOUR_MS, null),
  described('arm64', MOVED_AT_MS, { '1': 'x86_64', '2': 'arm64' }),
] as const;

function described(
  architecture: Architecture,
  lastModifiedMs: number,
  versionArchitectures: FunctionFacts['versionArchitectures'],
): FunctionFacts {
  const facts = inventoryOf(NAMED, { subnetIds: null, timeoutMs: null, architecture });
  return { ...facts, lastModifiedMs, versionArchitectures };
}
