/**
 * `thermocline report FUNCTION`: report on its memory size, with a table, a small chart and reasons. With --html or --csv: the report of
 * a week or month.
 */
import type { Command } from 'commander';
import { Option } from 'commander';
import type * as z from 'zod';
import { readAnswer } from '../../../ingest/api/api-client.ts';
import { plain } from '../../../ingest/text/printable.ts';
import { duration, fixed, integer, percent, signedPercent, usd } from '../../../ingest/text/quantities.ts';
import type { memoryAnswer } from '../../http/contract/memory.ts';
import { durationArgument, examples, positiveNumber } from '../arguments.ts';
import type { Run } from '../command.ts';
import { writeJson, writeOut } from '../output.ts';
import type { PeriodReportOptions } from '../period-report.ts';
import { writePeriodReport } from '../period-report.ts';
import { tokenOption, urlOption } from '../server-options.ts';
import { openServer } from '../target.ts';
import { UserError } from '../user-error.ts';

export function reportCommand(program: Command, run: Run): void {
  program
    .command('report')
    .description('report on the memory size of a function, or on a week or month (--html, --csv)')
    .argument('[function]', 'name or account:region:name')
    .addOption(new Option('--since <duration>', 'time range: 12h, 14d, 8w').default('14d').argParser(durationArgument))
    .addOption(
      new Option('--strategy <strategy>', 'optimization goal')
        .choices(['cheapest', 'fastest', 'balanced'])
        .default('cheapest'),
    )
    .addOption(
      new Option('--max-slower <percent>', 'largest slowdown allowed, in percent')
        .default('10')
        .argParser(positiveNumber),
    )
    .addOption(new Option('--max-duration <ms>', 'upper limit of the mean duration').argParser(positiveNumber))
    .option('--json', 'print the API response as JSON')
    .option('--html <file>', 'write the report of a week or month, as it is sent by e-mail; - for standard output')
    .option('--csv <file>', 'write the costs of its functions; - for standard output')
    .option('--period <period>', 'the week or month: 2026-W48, 2026-11 (default: the last whole one)')
    .addOption(new Option('--every <period>', 'what the last whole one is').choices(['week', 'month']).default('week'))
    .option('--time-zone <name>', 'time zone of the week or month, such as Europe/Berlin', 'UTC')
    .option('--account <id>', 'functions of one account')
    .option('--in-region <name>', 'functions of one region')
    .addOption(urlOption())
    .addOption(tokenOption('read'))
    .addHelpText(
      'after',
      examples(
        'thermocline report checkout',
        'thermocline report checkout --strategy balanced --since 30d',
        'thermocline report --html week.html --csv week.csv',
        'thermocline report --html november.html --period 2026-11 --time-zone Europe/Berlin',
      ),
    )
    .action((name: string | undefined, options: ReportOptions) => run(() => report(name, options)));
}

interface ReportOptions extends PeriodReportOptions {
  readonly since: string;
  readonly strategy: string;
  readonly maxSlower: string;
  readonly maxDuration?: string;
  readonly json?: boolean;
  readonly url?: string;
  readonly token?: string;
}

type Memory = z.infer<typeof memoryAnswer>;

async function report(name: string | undefined, options: ReportOptions): Promise<number> {
  const isOfPeriod = options.html !== undefined || options.csv !== undefined;
  if (name === undefined && !isOfPeriod)
    throw new UserError('Give the name of a function, or --html FILE or --csv FILE for the report of a week or month');
  const target = await openServer(options);
  try {
    if (isOfPeriod || name === undefined) {
      await writePeriodReport(target.request, name, options);
      return 0;
    }
    const query = new URLSearchParams({
      from: `now-${options.since}`,
      strategy: options.strategy,
      maxSlower: String(Number(options.maxSlower) / 100),
    });
    if (options.maxDuration !== undefined) query.set('maxDurationMs', options.maxDuration);
    const path = `/api/v1/functions/${encodeURIComponent(name)}/memory?${query}`;
    const answer = await readAnswer<Memory>(await target.request(path));
    if (options.json === true) writeJson(answer, 2);
    else writeOut(render(name, answer));
    return 0;
  } finally {
    await target.close();
  }
}

/** Renders the report as plain text, at most 100 columns wide. */
export function render(name: string, answer: Memory): string {
  const lines = [
    `${plain(name)}: ${words(answer.finding)}`,
    ...answer.reasons.map((reason) => `  ${plain(reason)}`),
    '',
  ];
  if (answer.observed.length > 0) {
    lines.push(
      'Observed (warm, without failures other than timeouts, not the first of their environment)',
      ...observed(answer),
      '',
    );
  }
  if (answer.candidates.length > 0) lines.push('Dollars per million successful invocations', ...chart(answer), '');
  lines.push(...tuned(answer));
  const { recommendation, floorMb, floorReason, leak, model } = answer;
  if (model !== null) {
    const error = model.looError === null ? '' : `, leave-one-out error ${percent(model.looError)}`;
    lines.push(
      `Curve: ${fixed(model.fixedMs, 1)} ms + ${fixed(model.cpuMs, 1)} ms of one vCPU (${model.kind}${error})`,
    );
  }
  if (floorMb !== null && recommendation === null) lines.push(`Floor: ${floorMb} MB. ${plain(floorReason ?? '')}`);
  if (leak?.leaking) lines.push(`Memory grows by ${integer(leak.mbPer1k)} MB per thousand invocations.`);
  if (recommendation !== null) lines.push(...advice(answer, recommendation));
  if (answer.powerTuningInput !== null) {
    lines.push(
      'Input for AWS Lambda Power Tuning, to confirm by measurement:',
      `  ${JSON.stringify(answer.powerTuningInput)}`,
    );
  }
  if (answer.powerTuningUrl !== null) lines.push(`Chart of these sizes: ${answer.powerTuningUrl}`);
  if (answer.priceAssumed) lines.push('Prices: standard x86 rate, because region or architecture is unknown.');
  if (answer.priceAssumptions.length > 0)
    lines.push(
      'What the prices assume',
      ...answer.priceAssumptions.flatMap((sentence) => wrapped(`${plain(sentence)}.`)),
    );
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Breaks a sentence into indented lines of at most 100 columns. */
function wrapped(sentence: string): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`${lines.length === 0 ? '  ' : '    '}${word}`);
  }
  return lines;
}

function observed(answer: Memory): string[] {
  const head = ['size', 'n', 'envs', 'billed', 'p50', 'p95', 'max used', 'per million', ''];
  const rows = answer.observed.map((size) => [
    `${size.memorySizeMb} MB`,
    String(size.n),
    String(size.environments),
    duration(size.meanBilledMs),
    duration(size.durationMs.p50),
    duration(size.durationMs.p95),
    size.maxMemoryUsedMb === null ? '-' : `${size.maxMemoryUsedMb} MB`,
    size.interval === null
      ? usd(size.costPerMillionUsd)
      : `${usd(size.costPerMillionUsd)} (${usd(size.interval.low)}-${usd(size.interval.high)})`,
    [size.memorySizeMb === answer.currentMb ? 'now' : '', size.enough ? '' : 'too few samples']
      .filter(Boolean)
      .join(', '),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    `  ${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}

function tuned({ tuning }: Memory): string[] {
  if (tuning.length === 0) return [];
  const rows = tuning.map(({ id, startedAt, importedAt, refusal }) => {
    const when = startedAt === null ? `imported ${importedAt.slice(0, 10)}` : startedAt.slice(0, 10);
    return `  ${id} (${when}): ${refusal === null ? 'taken into account' : plain(refusal)}`;
  });
  return ['Results of AWS Lambda Power Tuning', ...rows, ''];
}

const COLUMNS = 100;
const BAR_CHARS = 40;

/** One bar per size, starting at zero; dashes show the upper part of the interval. */
function chart({ candidates, currentMb, recommendation }: Memory): string[] {
  const rangeOf = ({ interval, costPerMillionUsd: cost }: Memory['candidates'][number]) =>
    interval ?? { low: cost, high: cost };
  const most = Math.max(...candidates.map((one) => rangeOf(one).high));
  const chars = (value: number): number => Math.max(0, Math.round((value / most) * BAR_CHARS));
  return candidates.map((one) => {
    const range = rangeOf(one);
    const low = Math.min(chars(range.low), chars(one.costPerMillionUsd));
    const bar = `${'█'.repeat(low)}${'─'.repeat(Math.max(0, chars(range.high) - low))}`;
    const marks = [
      one.memoryMb === currentMb ? 'now' : '',
      one.memoryMb === recommendation?.memoryMb ? 'recommended' : '',
      one.basis === 'observed' ? '' : one.basis === 'tested' ? 'tested by Power Tuning' : one.basis,
      one.interval === null ? 'spread not known' : '',
    ].filter(Boolean);
    return `  ${`${one.memoryMb} MB`.padStart(8)} ${usd(one.costPerMillionUsd).padStart(8)} ${bar.padEnd(BAR_CHARS)} ${marks.join(', ')}`.trimEnd();
  });
}

function advice(
  answer: Memory,
  { memoryMb, pSaving, monthlySavingUsd, latencyChange }: NonNullable<Memory['recommendation']>,
): string[] {
  if (monthlySavingUsd === null || latencyChange === null || pSaving === null) {
    return [`Recommended: ${memoryMb} MB. Its durations are not known, because it was not observed.`];
  }
  const { value, low, high } = monthlySavingUsd;
  const change = latencyChange.value;
  const direction =
    Math.abs(change) < 0.005 ? 'as fast as now' : `${percent(Math.abs(change))} ${change > 0 ? 'slower' : 'faster'}`;
  return [
    `Recommended: ${memoryMb} MB (${answer.recommendation?.strategy ?? ''}).`,
    `  ${value >= 0 ? 'Saves' : 'Costs'} ${usd(Math.abs(value))} a month at ${integer(answer.invocationsPerMonth)} invocations (95 %: ${usd(low)} to ${usd(high)}); P(saving) ${fixed(pSaving, 2)}.`,
    `  ${direction} (95 %: ${signedPercent(latencyChange.low)} to ${signedPercent(latencyChange.high)}).`,
  ];
}

function words(finding: Memory['finding']): string {
  return finding.replace('-', ' ');
}
