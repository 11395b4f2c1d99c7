/** The first minutes of an installation: ways to get data, a file to drop, and what else to set up. */
import { useState } from 'preact/hooks';
import { byteSize, count, plural } from '../../ingest/text/quantities.ts';
import type { ImportedFile } from '../api/import-file.ts';
import { importFile } from '../api/import-file.ts';
import { useQuery } from '../api/use-query.ts';
import { visible } from '../format.ts';
import { useAction } from '../state/action.ts';
import { hrefTo } from '../state/location.ts';
import { ActionResult } from './action-result.tsx';

const POLL_MS = 3000;

/** Shown while nothing is stored. It watches for the first line: the page appears by itself when one arrives. */
export function FirstRun() {
  const status = useQuery('getIngestStatus', {}, { pollMs: POLL_MS });
  return (
    <section class="panel empty">
      <h2>No data yet</h2>
      <p role="status" class="soft">
        Watching for the first log line: this page fills by itself.
      </p>
      <p>Three ways to get data:</p>
      <div class="first-ways">
        <section class="panel" aria-label="Connect an account">
          <h3>1. Connect an account</h3>
          <p>Templates for Firehose, forwarders and agents, with an ingest key filled in.</p>
          <p>
            <a href={hrefTo('/connect')}>See the Connect page for more ways, with templates and keys</a>
          </p>
        </section>
        <DropFile onImported={status.reload} />
        <section class="panel" aria-label="Load the demo">
          <h3>3. Load the demo</h3>
          <p>A day of a simulated fleet, with data for every page. One command removes it again.</p>
          <pre>npx thermocline demo</pre>
          <p class="soft small">Or read the history of an account, from a machine with credentials for it:</p>
          <pre>npx thermocline backfill --all-lambda --since 7d</pre>
        </section>
      </div>
      <Checklist isConnected={(status.data?.sources.length ?? 0) > 0} />
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
      try {
        for (const file of files) {
          setProgress(
            `Importing ${visible(file.name)} (${byteSize(file.size)}), ${done.length + 1} of ${files.length} …`,
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
      aria-label="Import a file"
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
      <h3>2. Drop a log file here</h3>
      <p>
        <label class="small">
          or choose it <input type="file" multiple onChange={(event) => take([...(event.currentTarget.files ?? [])])} />
        </label>
      </p>
      <p>
        <label class="small">
          function, where the lines name none{' '}
          <input value={functionName} onInput={(event) => setFunctionName(event.currentTarget.value)} />
        </label>
      </p>
      {progress !== null && <p role="status">{progress}</p>}
      <ActionResult action={action} />
      <p class="soft small">Exports of CloudWatch, Insights, the AWS CLI or SAM; also compressed. Or in a terminal:</p>
      <pre>npx thermocline import log.json --function NAME</pre>
    </section>
  );
}

/** @throws Error if nothing of the files is a log line. */
function outcomeText(done: readonly ImportedFile[]): string {
  const sum = (key: keyof ImportedFile): number => done.reduce((total, one) => total + one[key], 0);
  const stored = sum('accepted') + sum('duplicates');
  if (stored === 0)
    throw new Error(`Nothing of it is a Lambda log: ${plural(sum('rejected'), 'record')} could not be read.`);
  const rejected = sum('rejected') === 0 ? '' : ` ${plural(sum('rejected'), 'record')} could not be read: see Ingest.`;
  return `${count(sum('accepted'))} log events stored from ${plural(done.length, 'file')}.${rejected}`;
}

/** What makes an installation complete. Steps whose state the reader may not see have no mark. */
function Checklist({ isConnected }: { readonly isConnected: boolean }) {
  const inventory = useQuery('listInventory');
  const receivers = useQuery('listReceivers');
  const steps: readonly (readonly [done: boolean | null, label: string, path: string, help: string])[] = [
    [isConnected, 'Connect', '/connect', 'so that lines arrive by themselves'],
    [
      inventory.data === null ? null : inventory.data.items.length > 0,
      'Inventory',
      '/settings',
      'architecture, timeouts and VPCs, which no log line names',
    ],
    [null, 'Retention', '/settings', 'how long data is kept'],
    [
      receivers.data === null ? null : receivers.data.items.length > 0,
      'Alert',
      '/alerts?tab=rules&new=1',
      'to a chat or pager',
    ],
    [null, 'Password', '/settings', 'to sign in without a token'],
  ];
  return (
    <section aria-label="Checklist">
      <h3>Then</h3>
      <ol class="checklist">
        {steps.map(([done, label, path, help]) => {
          const [page = path, query = ''] = path.split('?');
          return (
            <li key={label}>
              {done !== null && <span class={`badge ${done ? 'good' : ''}`}>{done ? 'done' : 'to do'}</span>}
              <a href={hrefTo(page, Object.fromEntries(new URLSearchParams(query)))}>{label}</a>{' '}
              <span class="soft small">{help}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
