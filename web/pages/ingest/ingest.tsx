import { useState } from 'preact/hooks';
import { byteSize, count, duration, percent, plural } from '../../../ingest/text/quantities.ts';
import type { DeadLettersAnswer, IngestStatusAnswer } from '../../../server/http/contract/ingest.ts';
import { PAGES } from '../../../server/http/contract/pages.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ErrorBanner, Freshness } from '../../components/query-states.tsx';
import { StatTile } from '../../components/stat-tile.tsx';
import { Term } from '../../components/term.tsx';
import { ago, time, visible } from '../../format.ts';
import { useView } from '../../state/view.ts';
import { Completeness } from './completeness.tsx';
import { DemoData } from './demo-data.tsx';
import { Imports } from './imports.tsx';
import { KeyTroubles } from './key-troubles.tsx';

/** Ingest status: sources, lag, coverage, pulled log groups and dead letters. */
export function Ingest() {
  const status = useQuery('getIngestStatus');
  const deadLetters = useQuery('listDeadLetters', { query: { limit: 50 } });
  return (
    <>
      <div class="title">
        <h1>{PAGES.ingest.title}</h1>
        <Freshness result={status} />
      </div>
      <ErrorBanner result={status} what="the ingest status" />
      {status.data !== null && <Status data={status.data} updatedMs={status.updatedMs} />}
      <ErrorBanner result={deadLetters} what="the dead letters" />
      {deadLetters.data !== null && <DeadLetters data={deadLetters.data} reload={deadLetters.reload} />}
      <Imports />
    </>
  );
}

function Status({ data, updatedMs }: { readonly data: IngestStatusAnswer; readonly updatedMs: number | null }) {
  const state =
    data.accepted > 0
      ? 'Receiving'
      : data.sources.length > 0
        ? 'Connected, waiting for the first Lambda line'
        : 'No data yet';
  return (
    <>
      <div class="tiles">
        <StatTile
          label="State"
          value={state}
          note={
            data.sources[0] === undefined
              ? 'see the Connect page'
              : `last data ${ago(Date.parse(data.sources[0].lastSeenAt), Date.now())}`
          }
        />
        <StatTile
          label="Log events stored"
          value={count(data.accepted)}
          note={`${count(data.duplicates)} duplicates ignored`}
        />
        <StatTile label="Without telemetry" value={count(data.ignored)} note="well formed; reasons below" />
        <StatTile label="Dead letters" value={count(data.rejected)} note="could not be parsed; listed below" />
        <StatTile
          label="Lag p50 / p99"
          value={data.lagMs.n === 0 ? '–' : `${duration(data.lagMs.p50)} / ${duration(data.lagMs.p99)}`}
          note="from event to receipt"
        />
        <StatTile
          label={<Term name="coverage">Coverage</Term>}
          value={percent(data.coverage)}
          note={`${count(data.orphanStarts)} START without REPORT · ${byteSize(data.databaseBytes)} on disk`}
        />
      </div>
      {data.clock !== null && (
        <p class="panel error-banner" role="alert">
          {data.clock}
        </p>
      )}
      <Completeness status={data} updatedMs={updatedMs} />
      {data.coverageReasons.length > 0 && <MissingData data={data} />}
      {data.sources.length > 0 && <Sources data={data} />}
      <DemoData />
      <Collectors of={data.collectors} />
      {data.pulls.length > 0 && <Pulls data={data} />}
      <Attribution of={data.attribution} />
      {data.keyTroubles.length > 0 && <KeyTroubles of={data.keyTroubles} />}
      {data.skippedRows.length > 0 && <SkippedRows of={data.skippedRows} />}
      {data.ignoredReasons.length > 0 && <WithoutTelemetry of={data.ignoredReasons} />}
      {data.unknownFields.length > 0 && (
        <section class="panel" aria-label="Unknown fields">
          <h2>Unknown fields</h2>
          <p class="soft small">
            REPORT lines contain these fields, which are not evaluated yet. The rest of the lines is parsed as usual.
          </p>
          <p>{data.unknownFields.map((field) => `${visible(field.key)} (${count(field.n)})`).join(', ')}</p>
        </section>
      )}
    </>
  );
}

function WithoutTelemetry({ of }: { readonly of: IngestStatusAnswer['ignoredReasons'] }) {
  return (
    <section class="panel" aria-label="Without telemetry">
      <h2>Without telemetry</h2>
      <ul class="plain">
        {of.map(({ reason, text, n }) => (
          <li key={reason}>
            <span class="badge">{count(n)}</span> {text}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sources({ data }: { readonly data: IngestStatusAnswer }) {
  return (
    <section class="panel" aria-label="Sources">
      <div class="head">
        <h2>Sources</h2>
      </div>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Source</th>
              <th>Last request</th>
              <th>Last data</th>
              <th class="number">Requests</th>
              <th class="number">Events</th>
              <th class="number">Rejected</th>
              <th class="number">Lag p50 / p99</th>
            </tr>
          </thead>
          <tbody>
            {data.sources.map((source) => (
              <tr>
                <td>
                  {source.kind} <span class="mono">{visible(source.name)}</span>
                </td>
                <td>{ago(Date.parse(source.lastSeenAt), Date.now())}</td>
                <td>{source.lastDataAt === null ? 'never' : ago(Date.parse(source.lastDataAt), Date.now())}</td>
                <td class="number">{count(source.requests)}</td>
                <td class="number">{count(source.events)}</td>
                <td class="number">{count(source.rejected)}</td>
                <td class="number">
                  {source.lagMs.n === 0 ? '–' : `${duration(source.lagMs.p50)} / ${duration(source.lagMs.p99)}`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function MissingData({ data }: { readonly data: IngestStatusAnswer }) {
  return (
    <section class="panel" aria-label="Missing data">
      <h2>Missing data</h2>
      <ul class="plain">
        {data.coverageReasons.map((reason) => (
          <li>
            <span class="badge warm">{count(reason.n)}</span> {reason.text}
            {reason.examples.length > 0 && (
              <span class="soft small"> For example {reason.examples.map((name) => visible(name)).join(', ')}</span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Collectors that are late, or whose last run could not do everything. */
function Collectors({ of }: { readonly of: IngestStatusAnswer['collectors'] }) {
  const noticed = of.filter(({ notice }) => notice !== null);
  if (noticed.length === 0) return null;
  return (
    <section class="panel" aria-label="Collectors with problems">
      <div class="head">
        <h2>Collectors with problems</h2>
      </div>
      <ul>
        {noticed.map(({ name, region, overdue, notice }) => (
          <li key={`${name} ${region}`}>
            <span class="badge bad">{overdue ? 'late' : 'problem'}</span> {visible(notice ?? '')}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Pulls({ data }: { readonly data: IngestStatusAnswer }) {
  return (
    <section class="panel" aria-label="Pulled log groups">
      <div class="head">
        <h2>Pulled log groups</h2>
      </div>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>Log group</th>
              <th>State</th>
              <th>Read up to</th>
              <th class="number">Events</th>
              <th>Last attempt</th>
            </tr>
          </thead>
          <tbody>
            {data.pulls.map((pull) => (
              <tr>
                <td>
                  <span class="mono">{visible(pull.logGroup)}</span>{' '}
                  <span class="soft small">
                    {pull.region} · {pull.mode}
                  </span>
                </td>
                <td>
                  <span class={`badge ${pull.state === 'ok' ? 'good' : 'bad'}`}>{pull.state}</span>
                  {pull.message !== null && <span class="interval">{visible(pull.message)}</span>}
                </td>
                <td>
                  {pull.watermarkAt === null
                    ? pull.running
                      ? 'first scan in progress'
                      : '–'
                    : ago(Date.parse(pull.watermarkAt), Date.now())}
                </td>
                <td class="number">{count(pull.events)}</td>
                <td>{ago(Date.parse(pull.updatedAt), Date.now())}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function DeadLetters({ data, reload }: { readonly data: DeadLettersAnswer; readonly reload: () => void }) {
  const { zone } = useView();
  const [outcomes, setOutcomes] = useState<Readonly<Record<number, string>>>({});
  const replay = (id: number): void => {
    call('replayDeadLetter', { params: { id } }).then(
      ({ outcome, stillRejected }) => {
        setOutcomes((old) => ({
          ...old,
          [id]: stillRejected ? 'still unparsable' : `${outcome.accepted} events stored`,
        }));
        reload();
      },
      (reason: unknown) =>
        setOutcomes((old) => ({ ...old, [id]: reason instanceof Error ? reason.message : 'failed' })),
    );
  };
  return (
    <section class="panel" aria-label="Dead letters">
      <div class="head">
        <h2>Dead letters</h2>
      </div>
      {data.items.length === 0 ? (
        <p class="soft">No dead letters: all records were parsed.</p>
      ) : (
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th>Received</th>
                <th>Reason</th>
                <th>Preview</th>
                <th class="number">Count</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {data.items.map((letter) => (
                <tr>
                  <td class="mono">{time(letter.receivedAt, zone)}</td>
                  <td>
                    <span class="badge warm">{letter.reason}</span>
                    <span class="interval">{visible(letter.detail)}</span>
                  </td>
                  <td class="lines">{visible(letter.preview).slice(0, 160)}</td>
                  <td class="number">{letter.seen}</td>
                  <td>
                    {letter.replayedAt === null ? (
                      <button type="button" onClick={() => replay(letter.id)}>
                        Replay
                      </button>
                    ) : (
                      <span class="badge good">replayed</span>
                    )}
                    <span class="interval">{outcomes[letter.id]}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

/** How far causes of cold starts are computed; shown while hours wait or a function fails. */
function Attribution({ of }: { readonly of: IngestStatusAnswer['attribution'] }) {
  const { pendingHours, hoursPerSecond, failed, late, working } = of;
  if ((pendingHours ?? 0) === 0 && failed.length === 0) return null;
  const left = hoursPerSecond === null || pendingHours === null ? null : (1000 * pendingHours) / hoursPerSecond;
  return (
    <section class="panel" aria-label="Causes of cold starts">
      <h2>Causes of cold starts</h2>
      <p class="soft small">
        {pendingHours === null
          ? 'Waiting for the first round.'
          : `${plural(pendingHours, 'function hour')} to attribute`}
        {hoursPerSecond !== null &&
          left !== null &&
          `, about ${duration(left)} at ${count(Math.round(hoursPerSecond))} per second`}
      </p>
      {working !== null && (
        <p class="soft small">
          Attributing <span class="mono">{visible(working.function ?? 'unknown')}</span> (about{' '}
          {plural(working.invocations, 'invocation')}), started {ago(Date.parse(working.since), Date.now())}. Other
          functions do not wait for it.
        </p>
      )}
      {late > 0 && <p class="small">{plural(late, 'function')} waiting for ten minutes or longer.</p>}
      {failed.length > 0 && (
        <table>
          <thead>
            <tr>
              <th>Function</th>
              <th>Hour</th>
              <th>Reason</th>
              <th class="number">Attempts</th>
            </tr>
          </thead>
          <tbody>
            {failed.map((one) => (
              <tr>
                <td class="mono">{visible(one.function ?? 'unknown')}</td>
                <td>{ago(Date.parse(one.hourAt), Date.now())}</td>
                <td>{visible(one.reason)}</td>
                <td class="number">{count(one.attempts)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

/** Rows of the store that cannot be read. */
function SkippedRows({ of }: { readonly of: IngestStatusAnswer['skippedRows'] }) {
  return (
    <section class="panel" aria-label="Damaged rows">
      <h2>Damaged rows</h2>
      <p class="soft small">These rows of the database cannot be read and are left out of every page.</p>
      <table>
        <thead>
          <tr>
            <th>Table</th>
            <th class="number">Rows</th>
            <th>First row</th>
          </tr>
        </thead>
        <tbody>
          {of.map((one) => (
            <tr>
              <td class="mono">{one.table}</td>
              <td class="number">{count(one.n)}</td>
              <td>{visible(one.example)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
