/**
 * Power fails during ingest. The data folder is an ext4 image; a copy of the image holds what reached the disk, without what
 * the kernel still buffered. As a control, the same run with synchronous=NORMAL must lose events.
 */
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { figure, pause, refusal, run } from '../../support/drill.ts';
import { removeFolder, startServer, temporaryFolder } from '../../support/product.ts';
import type { Verdict } from '../../support/senders.ts';
import { Senders, WHOLE } from '../../support/senders.ts';

const CUTS = Number(process.env['DRILL_CUTS'] ?? 10);
const FIRST = Number(process.env['DRILL_FIRST'] ?? 0);
/** `off` leaves out the control, which each slice of a long run would repeat. */
const CONTROL_CUTS = process.env['DRILL_CONTROLS'] === 'off' ? 0 : 10;
const SMALL_DISK = { THERMOCLINE_MIN_FREE_MB: '8' };
const root = join(import.meta.dirname, '../../..');

function mountRefused(): string | null {
  const probe = temporaryFolder();
  mkdirSync(join(probe, 'm'));
  const image = join(probe, 'p.img');
  const reason = refusal('power cuts', [
    ['dd', ['if=/dev/zero', `of=${image}`, 'bs=1M', 'count=8', 'status=none']],
    ['mkfs.ext4', ['-qF', image]],
    ['mount', ['-o', 'loop', image, join(probe, 'm')]],
    ['umount', [join(probe, 'm')]],
  ]);
  removeFolder(probe);
  return reason;
}

const refused = mountRefused();

/** Cuts power once, starts from what the disk held, and compares it with what was acknowledged before. */
async function cut(nth: number, dist?: string): Promise<Verdict> {
  const work = temporaryFolder();
  const [image, copy, live, after] = ['d.img', 's.img', 'live', 'after'].map((name) => join(work, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [live, after]) mkdirSync(folder);
  run('dd', 'if=/dev/zero', `of=${image}`, 'bs=1M', 'count=192', 'status=none');
  run('mkfs.ext4', '-qF', image);
  run('mount', '-o', 'loop', image, live);
  const options = dist === undefined ? {} : { dist };
  const senders = new Senders(20);
  const server = await startServer(join(live, 'data'), SMALL_DISK, options);
  const sending = senders.run(server.url, 4);
  await pause(400 + ((nth * 397) % 1100));
  process.kill(server.process.pid ?? 0, 'SIGSTOP');
  // Let responses in flight reach the senders, so that `acked` is complete.
  await pause(50);
  const promised = [...senders.acked];
  copyFileSync(image, copy);
  await server.stop('SIGKILL');
  await sending;
  run('umount', live);
  run('mount', '-o', 'loop', copy, after);
  try {
    const again = await startServer(join(after, 'data'), SMALL_DISK, options);
    await again.stop();
    return senders.check(join(after, 'data'), promised);
  } finally {
    run('umount', after);
    removeFolder(work);
  }
}

test.skipIf(refused !== null)(`${CUTS} power cuts lose nothing acknowledged`, async () => {
  let acknowledged = 0;
  for (let nth = 0; nth < CUTS; nth += 1) {
    const verdict = await cut(FIRST + nth);
    acknowledged += verdict.acknowledged;
    expect(verdict).toMatchObject(WHOLE);
  }
  figure('power cut', `${CUTS} cuts, ${acknowledged} invocations acknowledged, 0 lost, integrity ok`, {
    acknowledged,
    lost: 0,
  });
  expect(acknowledged).toBeGreaterThan(CUTS * 20);
});

/** Built product with its writer at synchronous=NORMAL, the default of better-sqlite3. */
function normalBuild(): string {
  const folder = temporaryFolder();
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  for (const name of ['migrations', 'deploy', 'package.json', 'node_modules'])
    symlinkSync(join(root, name), join(folder, name));
  const files = ['', 'workers'].flatMap((sub) =>
    readdirSync(join(folder, 'dist', sub))
      .filter((name) => name.endsWith('.js'))
      .map((name) => join(folder, 'dist', sub, name)),
  );
  let changed = 0;
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    const weak = text
      .replace('synchronous = FULL', 'synchronous = NORMAL')
      .replace(/(pragma\("synchronous", \{ simple: true \}\)) !== 2/, '$1 !== 1');
    if (weak === text) continue;
    writeFileSync(file, weak);
    changed += 1;
  }
  expect(changed, 'the control must really run at NORMAL').toBeGreaterThan(0);
  return folder;
}

test.skipIf(refused !== null || CONTROL_CUTS === 0)(
  'the control run at synchronous=NORMAL loses events, so the drill detects loss',
  async () => {
    const folder = normalBuild();
    let cuts = 0;
    let lost = 0;
    while (cuts < CONTROL_CUTS && lost === 0) {
      lost += (await cut(cuts, join(folder, 'dist'))).lost;
      cuts += 1;
    }
    figure('power cut, control at NORMAL', `lost ${lost} acknowledged invocations within ${cuts} cuts`);
    expect(lost).toBeGreaterThan(0);
    removeFolder(folder);
  },
);
