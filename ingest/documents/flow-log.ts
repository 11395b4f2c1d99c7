/** Reads VPC flow logs with the fourteen fields of version 2. Keeps rejections and gaps; ignores accepted traffic. */
import type { DocumentResult } from '../records/telemetry-record.ts';

const SHAPE = /^\s*\d{1,2} (?:\d{12}|unknown) eni-[0-9a-f]{6,32} /;

/** Whether a message may be a VPC flow log record; readFlowLog decides. */
export function looksLikeFlowLog(message: string): boolean {
  return SHAPE.test(message.slice(0, 80));
}

export function readFlowLog(message: string): DocumentResult {
  const fields = message.trim().slice(0, 1024).split(' ');
  if (fields.length < 14) return { ok: false, reason: 'flow-log-unreadable' };
  const at = (index: number): string => fields[index] ?? '-';
  const fromMs = seconds(at(10));
  const toMs = seconds(at(11));
  if (fromMs === null || toMs === null) return { ok: false, reason: 'flow-log-unreadable' };
  const outcome = outcomeOf(at(12), at(13));
  if (outcome === null) return { ok: false, reason: 'not-ours', why: 'accepted-traffic' };
  return {
    ok: true,
    records: [
      {
        kind: 'flow',
        account: at(1),
        eniId: at(2),
        fromMs,
        toMs,
        outcome,
        sourceAddress: text(at(3)),
        targetAddress: text(at(4)),
        targetPort: whole(at(6)),
        protocol: whole(at(7)),
        packets: whole(at(8)),
      },
    ],
  };
}

function outcomeOf(action: string, status: string): 'rejected' | 'no-data' | 'skipped' | null {
  if (status === 'NODATA') return 'no-data';
  if (status === 'SKIPDATA') return 'skipped';
  return action === 'REJECT' ? 'rejected' : null;
}

function text(field: string): string | null {
  return field === '-' ? null : field.slice(0, 64);
}

function whole(field: string): number | null {
  return /^\d{1,15}$/.test(field) ? Number(field) : null;
}

function seconds(field: string): number | null {
  return /^\d{1,11}$/.test(field) ? Number(field) * 1000 : null;
}
