/**
 * `npm run fuzz -- [seconds] [seed] [format]`: searches for texts that cost much or make the decoder throw, and prints the worst.
 * `--formats` prints the names of the formats. DRILL_VALUES names a file for the figures as JSON.
 */
import { appendFileSync } from 'node:fs';
import { Random } from '../ingest/records/random.ts';
import { search } from './fuzz/search.ts';
import { WAYS } from './fuzz/ways.ts';

const [seconds = '600', seed = String(Date.now() % 1_000_000), format] = process.argv.slice(2);
if (seconds === '--formats') {
  process.stdout.write(`${JSON.stringify({ formats: WAYS.map(({ name }) => name) })}\n`);
  process.exit(0);
}
const ways = format === undefined ? WAYS : WAYS.filter(({ name }) => name === format);
if (ways.length === 0) {
  process.stderr.write(`format: expected one of ${WAYS.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}
const random = new Random(Number(seed));
const until = performance.now() + 1000 * Number(seconds);
const { worst, crashes, tried } = search(
  ways,
  () => random.next(),
  () => performance.now() < until,
);
process.stdout.write(`seed ${seed}: ${tried} texts tried, ${crashes.length} made the decoder throw\n`);
for (const { way, genes, error } of crashes.slice(0, 20))
  process.stdout.write(`THROWS ${way} ${JSON.stringify(genes)} ${error.slice(0, 200)}\n`);
for (const { way, genes, msPerMb, growth } of worst) {
  const { head, piece, tail } = genes;
  process.stdout.write(
    `${msPerMb.toFixed(0).padStart(6)} ms/MB  ×${growth.toFixed(1)}  ${way}  ${JSON.stringify([head, piece, tail])}\n`,
  );
}
const valuesFile = process.env['DRILL_VALUES'];
if (valuesFile !== undefined) {
  const values = { tried, threw: crashes.length, worstMsPerMb: Math.round(worst[0]?.msPerMb ?? 0) };
  appendFileSync(valuesFile, `${JSON.stringify(values)}\n`);
}
process.exitCode = crashes.length > 0 ? 1 : 0;
