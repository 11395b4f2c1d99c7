/** A decision of `thermocline gate` as text, JSON, JUnit XML and Markdown. Names of functions are text of others. */
import { COMPARED_NAMES, comparedChange, comparedValue } from '../../../ingest/text/compared-text.ts';
import { escapedJson, plain } from '../../../ingest/text/printable.ts';
import type { Check, Decision, Outcome } from './decision.ts';

export interface GateReport extends Decision {
  readonly function: string;
  /** What was compared: `version 43, 2026-11-28T14:02:00.000Z`. */
  readonly compared: string;
  /** Why nothing could be compared; null otherwise. */
  readonly reason: string | null;
  /** Address of the comparison in the UI. */
  readonly url: string | null;
}

const HEADLINES: Readonly<Record<Outcome, string>> = {
  fine: 'Fine',
  worse: 'Worse',
  open: 'Not enough data yet',
};

export const FORMATS = ['text', 'json', 'junit', 'markdown'] as const;
export type Format = (typeof FORMATS)[number];

export function formatReport(report: GateReport, format: Format): string {
  switch (format) {
    case 'text':
      return asText(report);
    case 'json':
      return `${escapedJson(JSON.stringify(report, null, 2))}\n`;
    case 'junit':
      return asJunit(report);
    case 'markdown':
      return asMarkdown(report);
  }
}

/** `84.1 ms → 103 ms, +23 % (95 % CI +18 % to +28 %), limit +20 %`. */
function sentenceOf({ unit, before, after, change, low, high, most, reason, outcome }: Check): string {
  const limit = `limit ${comparedChange(most, unit)}`;
  if (change === null) return `${reason ?? 'its change is not known'} (${limit})`;
  const values = `${comparedValue(before, unit)} → ${comparedValue(after, unit)}, ${comparedChange(change, unit)}`;
  const interval =
    low === null && high === null ? '' : ` (95 % CI ${comparedChange(low, unit)} to ${comparedChange(high, unit)})`;
  const open = outcome === 'open' && reason === null ? ': the interval reaches beyond it' : '';
  return `${values}${interval}, ${limit}${open}${reason === null ? '' : `. ${reason}`}`;
}

function headline({ outcome, function: name, compared }: GateReport): string {
  return `${HEADLINES[outcome]}: ${plain(name)}, ${plain(compared)}`;
}

function asText(report: GateReport): string {
  const lines = [
    headline(report),
    ...(report.reason === null ? [] : [`  ${plain(report.reason)}`]),
    ...report.checks.map(
      (one) => `  ${one.outcome.padEnd(5)} ${COMPARED_NAMES[one.metric].padEnd(15)} ${plain(sentenceOf(one))}`,
    ),
    ...(report.url === null ? [] : [`  ${report.url}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function asMarkdown(report: GateReport): string {
  const cell = (text: string): string => plain(text).replaceAll(/[\\`*_{}[\]<>()#|~]/g, '\\$&');
  const rows = report.checks.map(
    (one) => `| ${COMPARED_NAMES[one.metric]} | ${one.outcome} | ${cell(sentenceOf(one))} |`,
  );
  return [
    `**${HEADLINES[report.outcome]}**: ${cell(report.function)}, ${cell(report.compared)}`,
    ...(report.reason === null ? [] : ['', cell(report.reason)]),
    ...(rows.length === 0 ? [] : ['', '| metric | outcome | before and after |', '|---|---|---|', ...rows]),
    ...(report.url === null ? [] : ['', `[Comparison](${report.url})`]),
    '',
  ].join('\n');
}

/** A test case for each limit: failed where it is worse, skipped where it is open. */
function asJunit(report: GateReport): string {
  const { checks } = report;
  const suite = `thermocline gate ${report.function}`;
  const cases =
    checks.length === 0
      ? [testCase(suite, 'comparison', report.outcome, report.reason ?? 'nothing was compared')]
      : checks.map((one) => testCase(suite, COMPARED_NAMES[one.metric], one.outcome, sentenceOf(one)));
  const n = (outcome: Outcome): number =>
    (checks.length === 0 ? [report] : checks).filter((one) => one.outcome === outcome).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${xml(suite)}" tests="${cases.length}" failures="${n('worse')}" skipped="${n('open')}">`,
    ...cases,
    '</testsuite>',
    '',
  ].join('\n');
}

function testCase(suite: string, name: string, outcome: Outcome, sentence: string): string {
  const open = `  <testcase classname="${xml(suite)}" name="${xml(name)}"`;
  if (outcome === 'fine') return `${open}/>`;
  return `${open}><${outcome === 'worse' ? 'failure' : 'skipped'} message="${xml(sentence)}"/></testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text of an attribute: XML 1.0 has no way to write most control characters. */
function xml(text: string): string {
  return plain(text).replaceAll(/[&<>"]/g, (found) => ENTITIES[found] ?? '');
}
