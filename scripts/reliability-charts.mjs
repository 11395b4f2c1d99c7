// Draws docs/images/reliability-*.svg from the figures in docs/figures. `--check` fails if they are out of date.
// Colours follow the reader's light or dark scheme; text and lines are readable on both.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const read = (name) => JSON.parse(readFileSync(join(root, 'docs/figures', name), 'utf8'));
const WIDTH = 720;
const HEIGHT = 220;
const LEFT = 52;
const RIGHT = 132;
const TOP = 34;
const BOTTOM = 34;

const style = `<style>
text{font:12px system-ui,sans-serif;fill:#333}.title{font-weight:600}.grid{stroke:#0002}.limit{stroke-dasharray:4 3}
.c0{--c:#0072b2}.c1{--c:#c04a00}.c2{--c:#007a5a}path,.limit,.bar{stroke:var(--c);fill:none}.bar{fill:var(--c)}text.c0,text.c1,text.c2{fill:var(--c)}
@media (prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#fff3}.c0{--c:#5fb8f0}.c1{--c:#ff9a57}.c2{--c:#4fd1a5}}
</style>`;

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const svg = (title, body, height = HEIGHT) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">${style}<text class="title" x="8" y="18">${escaped(title)}</text>${body}</svg>\n`;

/** Steps of 1, 2 or 5 that divide a range into three to six. */
function ticks(most) {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, at) => at * step);
}

/** Lines over seconds. Each has `points` of [seconds, value], a label at its end, and optionally a dashed limit. */
function lineChart(title, unit, lines) {
  const seconds = Math.max(...lines.flatMap(({ points }) => points.map(([x]) => x)));
  const most = 1.06 * Math.max(...lines.flatMap(({ points, limit = 0 }) => [limit, ...points.map(([, y]) => y)]));
  const x = (at) => (LEFT + (at / seconds) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const y = (value) => (HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM)).toFixed(1);
  const grid = ticks(most).map(
    (value) =>
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(value)}" y2="${y(value)}"/><text x="${LEFT - 6}" y="${Number(y(value)) + 4}" text-anchor="end">${value}</text>`,
  );
  const times = ticks(seconds).map((at) => `<text x="${x(at)}" y="${HEIGHT - 16}" text-anchor="middle">${at}</text>`);
  const labels = lines
    .map(({ label, points }, at) => ({ label, at, y: Number(y(points.at(-1)?.[1] ?? 0)) }))
    .toSorted((a, b) => a.y - b.y);
  for (const [at, label] of labels.entries()) label.y = Math.max(label.y, (labels[at - 1]?.y ?? 0) + 15);
  // From below, so that no label leaves the chart.
  for (const [at, label] of labels.toReversed().entries()) label.y = Math.min(label.y, HEIGHT - BOTTOM - at * 15);
  const drawn = lines.map(({ points, limit }, at) => {
    const path = points.map(([px, py], nth) => `${nth === 0 ? 'M' : 'L'}${x(px)} ${y(py)}`).join('');
    const dashed =
      limit === undefined
        ? ''
        : `<line class="c${at} limit" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(limit)}" y2="${y(limit)}"/>`;
    return `${dashed}<path class="c${at}" stroke-width="1.6" d="${path}"/>`;
  });
  const names = labels.map(
    ({ label, at, y: ly }) => `<text class="c${at}" x="${WIDTH - RIGHT + 8}" y="${ly + 4}">${escaped(label)}</text>`,
  );
  const foot = `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 2}" text-anchor="middle">seconds</text><text x="8" y="32">${unit}</text>`;
  return svg(title, [...grid, ...times, ...drawn, ...names, foot].join(''));
}

/** Two bars for each row, on a logarithmic scale because the rows differ by orders of magnitude. */
function beforeAndAfter(title, rows) {
  const rowHeight = 46;
  const height = TOP + 26 + rows.length * rowHeight;
  const least = 0.01;
  const most = Math.max(...rows.flatMap(({ before, now }) => [before, now]));
  const left = 232;
  const width = (value) =>
    Math.max(2, (Math.log(Math.max(value, least) / least) / Math.log(most / least)) * (WIDTH - left - 90));
  const bars = rows.map(({ name, before, now }, at) => {
    const top = TOP + 22 + at * rowHeight;
    const bar = (value, dy, index) =>
      `<rect class="c${index} bar" x="${left}" y="${top + dy}" width="${width(value).toFixed(1)}" height="14"/><text x="${(left + width(value) + 6).toFixed(1)}" y="${top + dy + 12}">${value} s</text>`;
    return `<text x="8" y="${top + 21}">${escaped(name)}</text>${bar(before, 0, 1)}${bar(now, 17, 0)}`;
  });
  const legend = `<text class="c1" x="${left}" y="${TOP + 8}">before</text><text class="c0" x="${left + 60}" y="${TOP + 8}">now</text>`;
  return svg(title, legend + bars.join(''), height);
}

const boxes = Object.entries(read('small-box.json')).map(([mb, points]) => ({ mb: Number(mb), points }));
const images = {
  'reliability-memory.svg': lineChart(
    'Memory that no file backs under load, bursts, hostile bodies and sign-ins; dashed: the limit',
    'MB',
    boxes.map(({ mb, points }) => ({ label: `limit ${mb} MB`, limit: mb, points: points.map(([x, rss]) => [x, rss]) })),
  ),
  'reliability-latency.svg': lineChart(
    'Longest answer of /healthz in each second of the same runs',
    'ms',
    boxes.map(({ mb, points }) => ({ label: `limit ${mb} MB`, points: points.map(([x, , ms]) => [x, ms]) })),
  ),
  'reliability-bodies.svg': beforeAndAfter(
    'CPU time that a hostile body takes (logarithmic)',
    read('hostile-bodies.json'),
  ),
};

let stale = 0;
for (const [name, text] of Object.entries(images)) {
  const file = join(root, 'docs/images', name);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${name} is out of date: node scripts/reliability-charts.mjs rewrites it\n`);
    stale += 1;
  }
}
process.exit(stale === 0 ? 0 : 1);
