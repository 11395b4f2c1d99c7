/** The first minutes of an installation: ways to get data, a file to drop, and what else to set up. */
import { useState } from 'preact/hooks';
import { byteSize } from '../../ingest/text/quantities.ts';
import type { ImportedFile } from '../api/import-file.ts';
import { useQuery } from '../api/use-query.ts';
import { count, visible } from '../format.ts';
import { t } from '../i18n/translate.ts';
import { useAction } from '../state/action.ts';
import { hrefTo } from '../state/location.ts';
import { ActionResult } from './action-result.tsx';
import { Checklist } from './checklist.tsx';
import { DemoControls, useDemo } from './demo-controls.tsx';

const POLL_MS = 3000;

/** Shown while nothing is stored. It watches for the first line: the page appears by itself when one arrives. */
export function FirstRun() {
  const status = useQuery('getIngestStatus', {}, { pollMs: POLL_MS });
  const demo = useDemo();
  return (
    <section class="panel empty">
      <h2>{t('No data yet')}</h2>
      <p role="status" class="soft">
        {t('Waiting for the first log line. This page updates automatically.')}
      </p>
      <p>{t('Three ways to get data:')}</p>
      <div class="first-ways">
        <section class="panel" aria-label={t('Connect an account')}>
          <h3>{t('1. Connect an account')}</h3>
          <p>{t('Templates for Firehose, forwarders and agents, with an ingest key filled in.')}</p>
          <p>
            <a href={hrefTo('/connect')}>{t('See the Connect page for more ways, with templates and keys')}</a>
          </p>
        </section>
        <DropFile onImported={status.reload} />
        <section class="panel" aria-label={t('Load the demo')}>
          <h3>{t('3. Load the demo')}</h3>
          <p>
            {t(
              'Eleven simulated functions with more than a week of history, and live data from now on. One button removes them again.',
            )}
          </p>
          {demo.data !== null && <DemoControls demo={demo.data} reload={demo.reload} />}
          <p class="soft small">{t('Or in a terminal:')}</p>
          <pre>npx thermocline demo --live</pre>
          <p class="soft small">{t('Or read the history of an account, from a machine with credentials for it:')}</p>
          <pre>npx thermocline backfill --all-lambda --since 7d</pre>
        </section>
      </div>
      <Checklist title={t('Then')} hidesWhenDone={false} />
    </section>
  );
}

/** Takes log files by drop or by choice, and imports them one after another. */
function DropFile({ onImported }: { readonly onImported: () => void }) {
  const [functionName, setFunctionName] = useState('');
  const [progress, setProgress] = useState<string | null>(null);
  const [isOver, setIsOver] = useState(false);
  const action = useAction();
  const take = (files: readonly File[]): void =>
    action.run(async () => {
      const done: ImportedFile[] = [];
      // Of an installation without data: others never load it.
      const { importFile } = await import('../api/import-file.ts');
      try {
        for (const file of files) {
          const [name, size] = [visible(file.name), byteSize(file.size)];
          setProgress(
            t('Importing {name} ({size}), {at} of {n} …', { name, size, at: done.length + 1, n: files.length }),
          );
          done.push(await importFile(file, functionName.trim()));
        }
      } finally {
        setProgress(null);
        if (done.length > 0) onImported();
      }
      return outcomeText(done);
    });
  return (
    <section
      class={isOver ? 'panel drop over' : 'panel drop'}
      aria-label={t('Import a file')}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        take([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <h3>{t('2. Drop a log file here')}</h3>
      <p>
        <label class="small">
          {t('or choose it')}{' '}
          <input type="file" multiple onChange={(event) => take([...(event.currentTarget.files ?? [])])} />
        </label>
      </p>
      <p>
        <label class="small">
          {t('function, where the lines name none')}{' '}
          <input value={functionName} onInput={(event) => setFunctionName(event.currentTarget.value)} />
        </label>
      </p>
      {progress !== null && <p role="status">{progress}</p>}
      <ActionResult action={action} />
      <p class="soft small">
        {t('Exports of CloudWatch, Insights, the AWS CLI or SAM; also compressed. Or in a terminal:')}
      </p>
      <pre>npx thermocline import log.json --function NAME</pre>
    </section>
  );
}

/** @throws Error if nothing of the files is a log line. */
function outcomeText(done: readonly ImportedFile[]): string {
  const sum = (key: keyof ImportedFile): number => done.reduce((total, one) => total + one[key], 0);
  const [stored, rejected] = [sum('accepted') + sum('duplicates'), sum('rejected')];
  if (stored === 0)
    throw new Error(
      t('Nothing of it is a Lambda log: {rejected, plural, one {# record} other {# records}} could not be read.', {
        rejected,
      }),
    );
  const values = { accepted: count(sum('accepted')), files: done.length, rejected };
  return rejected === 0
    ? t('{accepted} log events stored from {files, plural, one {# file} other {# files}}.', values)
    : t(
        '{accepted} log events stored from {files, plural, one {# file} other {# files}}. {rejected, plural, one {# record} other {# records}} could not be read: see Ingest.',
        values,
      );
}
