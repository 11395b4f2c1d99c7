/** Table `trace_segment`: X-Ray segments and spans. */
import type Database from 'better-sqlite3';
import { requestIdBytes, traceBytes } from '../../../../ingest/batch/request-id.ts';
import { functionOfArn } from '../../../../ingest/records/arn.ts';
import type { TraceSegment } from '../../../../ingest/records/trace-segment.ts';
import type { DetailRetentionIndex } from './detail-retention.ts';
import type { DimensionCache } from './dimension-cache.ts';

export class TraceSegments {
  readonly #dimensions: DimensionCache;
  readonly #detailDays: DetailRetentionIndex;
  readonly #add;

  constructor(db: Database.Database, dimensions: DimensionCache, days: DetailRetentionIndex) {
    this.#dimensions = dimensions;
    this.#detailDays = days;
    // A finished segment replaces one in progress, and a later end an earlier one, regardless of arrival order. Of equal ends,
    // the one of a trace that exceeds X-Ray's limit replaces the other.
    this.#add = db.prepare(
      `INSERT INTO trace_segment (trace_id, id, parent_id, function_id, name, origin, start_ns, end_ns, request_id,
       http_status, outcome, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET parent_id = excluded.parent_id, function_id = excluded.function_id,
         name = excluded.name, origin = excluded.origin, start_ns = excluded.start_ns, end_ns = excluded.end_ns,
         request_id = excluded.request_id, http_status = excluded.http_status, outcome = excluded.outcome,
         detail = excluded.detail
       WHERE ifnull(excluded.end_ns, 0) > ifnull(end_ns, 0) OR (ifnull(excluded.end_ns, 0) = ifnull(end_ns, 0)
         AND ifnull(json_extract(excluded.detail, '$.limitExceeded'), 0) > ifnull(json_extract(detail, '$.limitExceeded'), 0))`,
    );
  }

  /** Returns the number of changed rows. */
  write(segment: TraceSegment): number {
    const named = functionOfArn(segment.resourceArn);
    const functionId = named === null ? null : this.#dimensions.functionNamed(named);
    const { resourceArn, annotations, subsegments, limitExceeded, notRead } = segment;
    const detail = JSON.stringify({
      resourceArn,
      annotations,
      limitExceeded,
      ...(notRead === null ? {} : { notRead }),
      subsegments: subsegments.map((sub) => ({ ...sub, startNs: String(sub.startNs), endNs: textOf(sub.endNs) })),
    });
    this.#detailDays.takes('traces', 0, Number(segment.startNs / 1_000_000n));
    const traceId = traceBytes(segment.traceId) ?? segment.traceId;
    return this.#add.run(
      traceId,
      segment.id,
      segment.parentId,
      functionId,
      segment.name.slice(0, 512),
      segment.origin,
      segment.startNs,
      segment.endNs,
      segment.requestId === null ? null : requestIdBytes(segment.requestId),
      segment.httpStatus,
      segment.outcome,
      detail,
    ).changes;
  }
}

function textOf(value: bigint | null): string | null {
  return value === null ? null : String(value);
}
