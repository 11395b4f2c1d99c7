/** Handlers of ingest status and dead letters. */

import { recordsIn } from '../../../ingest/records/dead-letter.ts';
import { readIgnoredCounters } from '../../../ingest/records/ignored.ts';
import { HOUR_MS, iso, isoOrNull } from '../../../ingest/records/time.ts';
import { overdueSentence } from '../../jobs/collector-runs.ts';
import type { Context } from '../context.ts';
import type { IngestStatusAnswer } from '../contract/ingest.ts';
import { ingestStatusRoutes } from '../contract/ingest.ts';
import { implement } from '../implement.ts';
import { decodeBytes } from '../ingest/replay.ts';
import { readCoverage } from '../presentation/coverage.ts';
import { codesOf } from '../presentation/reasons.ts';
import { ProblemError } from '../problems.ts';

export const ingestStatusHandlers = implement(ingestStatusRoutes, {
  getIngestStatus: async ({ context, request }) => {
    const coverage = await readCoverage(
      context.store,
      (name, ...args) => context.analysis.run(name, ...args),
      context.now(),
    );
    const { status, pulls } = coverage;
    const counter = (name: string): number => status.counters[name] ?? 0;
    return {
      accepted: counter('accepted'),
      duplicates: counter('duplicates'),
      ignored: counter('ignored'),
      ignoredReasons: readIgnoredCounters(status.counters).map((one) => ({ ...one })),
      expired: counter('expired'),
      rejected: counter('rejected'),
      controlMessages: counter('control_messages'),
      clampedTimestamps: counter('clamped_timestamps'),
      unknownFields: [...status.unknownFields],
      sources: status.sources.map((source) => ({
        kind: source.kind,
        name: source.name,
        firstSeenAt: iso(source.firstSeenMs),
        lastSeenAt: iso(source.lastSeenMs),
        lastDataAt: isoOrNull(source.lastDataMs),
        requests: source.requests,
        events: source.events,
        rejected: source.rejected,
        lagMs: source.lagMs,
      })),
      lagMs: status.lagMs,
      coverage: coverage.value,
      coverageReasons: coverage.reasons.map(({ reasons, examples, ...reason }) => ({
        ...reason,
        text: reasons.map(({ text }) => text).join(' '),
        codes: codesOf(reasons),
        examples: [...examples],
      })),
      orphanStarts: status.orphanStarts,
      missingReports: coverage.missingReports,
      reportsWithoutStart: status.invocations - status.withStart,
      databaseBytes: status.databaseBytes,
      firstEventAt: isoOrNull(status.firstEventMs),
      lastEventAt: isoOrNull(status.lastEventMs),
      pulls: pulls.map(({ account, region, logGroup, mode, state, message, events, ...point }) => ({
        account,
        region,
        logGroup,
        mode,
        state,
        message,
        events,
        watermarkAt: isoOrNull(point.watermarkMs),
        running: point.scan !== null,
        updatedAt: iso(point.updatedMs),
      })),
      attribution: await attributionOf(context),
      keyTroubles: context.keyTroubles
        .all()
        .map(({ keyName, reason, n, lastMs }) => ({ key: keyName, reason, n, lastAt: iso(lastMs) })),
      skippedRows: context.skippedRows.all().map((one) => ({ ...one })),
      collectors: context.runs.all().map((run) => ({
        name: run.name,
        region: run.region,
        startedAt: iso(run.startedMs),
        tookMs: run.tookMs,
        intervalMs: run.intervalMs,
        running: run.running,
        overdue: run.overdue,
        notice: overdueSentence(run) ?? run.notice,
      })),
      ruleFiles: ruleFilesOf(context),
      parquetExport: parquetExportOf(context),
      clock: context.clock.sentence(),
      endpoint: `${context.config.publicUrl ?? new URL(request.url).origin}/ingest/firehose`,
    };
  },
  listDeadLetters: async ({ context, query }) => {
    const page = await context.store.read.deadLetters(query);
    return {
      items: page.items.map(({ receivedMs, replayedMs, sourceKind, sourceName, ...rest }) => ({
        ...rest,
        source: `${sourceKind} ${sourceName}`,
        receivedAt: iso(receivedMs),
        replayedAt: isoOrNull(replayedMs),
      })),
      nextCursor: page.nextCursor,
    };
  },
  replayDeadLetter: async ({ context, params }) => {
    const found = await context.store.read.deadLetterPayload({ id: params.id });
    if (found === null) throw new ProblemError('not-found', `Unknown dead letter ${params.id}`);
    const batch = await decodeBytes(context, found.payload);
    const stillRejected = batch.deadLetters.length > 0;
    const outcome = await context.store.write(stillRejected ? { ...batch, deadLetters: [] } : batch, {
      kind: 'replay',
      name: `reject ${params.id}`,
    });
    if (!stillRejected) await context.store.control.markReplayed(params.id, context.now());
    return { outcome: { ...outcome, rejected: recordsIn(batch.deadLetters) }, stillRejected };
  },
});

function ruleFilesOf({ ruleFolder }: Context): IngestStatusAnswer['ruleFiles'] {
  const state = ruleFolder.state();
  if (state === null) return null;
  return {
    path: state.path,
    appliedAt: isoOrNull(state.appliedMs),
    problems: state.problems.map((problem) => ({ ...problem })),
  };
}

function parquetExportOf({ parquetExport }: Context): IngestStatusAnswer['parquetExport'] {
  if (parquetExport === null) return null;
  const { to, running, last, failure, nextMs } = parquetExport.state();
  const runningView = (one: NonNullable<typeof running>) => {
    const { rows = null, invocations = null, note = null } = one.progress ?? {};
    return { startedAt: iso(one.startedMs), rows, invocations, note };
  };
  const lastView = ({ to: _, startedMs, ...rest }: NonNullable<typeof last>) => ({
    startedAt: iso(startedMs),
    ...rest,
  });
  return {
    to,
    running: running === null ? null : runningView(running),
    last: last === null ? null : lastView(last),
    failure: failure === null ? null : { at: iso(failure.atMs), message: failure.message, attempts: failure.attempts },
    nextAt: iso(nextMs),
  };
}

async function attributionOf({ attribution, store }: Context): Promise<IngestStatusAnswer['attribution']> {
  const { pendingHours, oldestHourMs, hoursPerSecond, failed, working, late } = attribution.progress();
  const nameOf = async (functionId: number, hourMs: number): Promise<string | null> => {
    const { items } = await store.read.functions({ fromMs: hourMs, toMs: hourMs + HOUR_MS, functionId });
    const identity = items[0]?.identity;
    return identity === undefined ? null : `${identity.account}:${identity.region}:${identity.name}`;
  };
  return {
    pendingHours,
    oldestHourAt: isoOrNull(oldestHourMs),
    hoursPerSecond,
    late,
    working:
      working === null
        ? null
        : {
            function: await nameOf(working.functionId, working.hourMs),
            hourAt: iso(working.hourMs),
            invocations: working.runs,
            since: iso(working.sinceMs),
          },
    failed: await Promise.all(
      failed.map(async ({ functionId, hourMs, sinceMs, attempts, retryMs, reason }) => ({
        function: await nameOf(functionId, hourMs),
        hourAt: iso(hourMs),
        since: iso(sinceMs),
        attempts,
        retryAt: iso(retryMs),
        reason,
      })),
    ),
  };
}
