/**
 * `npm run fuzz -- [seconds] [seed] [format]`: searches for texts that are expensive to decode or make the decoder throw, and prints the worst.
 * Seconds are those of CPU time, so that a busy machine tries as much as an idle one; of `requests` they are those of the clock.
 * Format `requests` sends nearly valid requests to a server started for it instead, and prints what failed. `--formats` prints the names of the formats,
 * `--cases [characters]` what bodies of each named kind cost, `--again TEXT` what a text that was kept costs now (JSON of its format, head,
 * piece and tail). DRILL_VALUES names a file for the figures as JSON.
 */
import { appendFileSync } from 'node:fs';
import { Random } from '../ingest/records/random.ts';
import { costReport } from './fuzz/costs.ts';
import { ENTRY_POINTS } from './fuzz/entry-points.ts';
import { fuzzServer } from './fuzz/fuzz-server.ts';
import type { KeptText } from './fuzz/search.ts';
import { costOfKept, keptText, search } from './fuzz/search.ts';

const REQUESTS = 'requests';
const FORMATS = [...ENTRY_POINTS.map(({ name }) => name), REQUESTS];
const [seconds = '600', seed = String(Date.now() % 1_000_000), format] = process.argv.slice(2);
if (seconds === '--formats') {
  process.stdout.write(`${JSON.stringify({ formats: FORMATS })}\n`);
  process.exit(0);
}
if (seconds === '--cases') {
  process.stdout.write(`${costReport(Number(process.argv[3] ?? 1_000_000)).join('\n')}\n`);
  process.exit(0);
}
if (seconds === '--again') {
  const msPerMb = costOfKept(keptText(JSON.parse(process.argv[3] ?? 'null')), ENTRY_POINTS);
  process.stdout.write(`${JSON.stringify({ worstMsPerMb: Math.round(msPerMb) })}\n`);
  process.exit(0);
}
if (format !== undefined && !FORMATS.includes(format)) {
  process.stderr.write(`format: expected one of ${FORMATS.join(', ')}\n`);
  process.exit(2);
}
const random = new Random(Number(seed));
const draw = (): number => random.next();
const print = (line: string): boolean => process.stdout.write(`${line}\n`);

/** Totals of a run of a drill. */
interface Values {
  readonly tried: number;
  readonly threw: number;
  readonly worstMsPerMb: number;
  /** The text that cost so much; null if all were cheap. */
  readonly worst: KeptText | null;
}

/** CPU time of this process, which includes threads that collect garbage and compile. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function searchTexts(): Values {
  const entryPoints = format === undefined ? ENTRY_POINTS : ENTRY_POINTS.filter(({ name }) => name === format);
  const { worst, crashes, tried } = search(entryPoints, draw, () => cpuSeconds() < Number(seconds));
  print(`seed ${seed}: ${tried} texts tried, ${crashes.length} made the decoder throw`);
  for (const { entryPoint, genes, error } of crashes.slice(0, 20))
    print(`THROWS ${entryPoint} ${JSON.stringify(genes)} ${error.slice(0, 200)}`);
  for (const { entryPoint, genes, msPerMb, growth } of worst) {
    const { head, piece, tail } = genes;
    const cost = `${msPerMb.toFixed(0).padStart(6)} ms/MB  ×${growth.toFixed(1)}`;
    print(`${cost}  ${entryPoint}  ${JSON.stringify([head, piece, tail])}`);
  }
  const [most] = worst;
  const text = most === undefined ? null : keptText({ format: most.entryPoint, ...most.genes });
  return { tried, threw: crashes.length, worstMsPerMb: Math.round(most?.msPerMb ?? 0), worst: text };
}

async function sendRequests(): Promise<Values> {
  const { requests, responses, faults, rssMb } = await fuzzServer(Number(seconds), draw);
  print(
    `seed ${seed}: ${requests} requests, responses by status ${JSON.stringify(responses)}, RSS ${rssMb.join(' → ')} MB`,
  );
  for (const fault of faults.slice(0, 50)) print(`FAILS ${fault}`);
  return { tried: requests, threw: faults.length, worstMsPerMb: 0, worst: null };
}

const values = format === REQUESTS ? await sendRequests() : searchTexts();
const valuesFile = process.env['DRILL_VALUES'];
if (valuesFile !== undefined) appendFileSync(valuesFile, `${JSON.stringify(values)}\n`);
process.exitCode = values.threw > 0 ? 1 : 0;
