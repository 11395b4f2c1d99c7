import { ChartColumn, Download, Table2 } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { csvCell } from '../../server/http/contract/csv.ts';
import { chartPng } from '../charts/png.ts';
import { t } from '../i18n/translate.ts';
import { useCopyButton } from '../state/clipboard.ts';
import type { Marker } from '../state/markers.ts';
import { download, saveFile } from '../state/save-file.ts';
import { Dated } from './dated.tsx';
import { MarkerList } from './marker-list.tsx';

export interface TableData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

interface ChartPanelProps {
  readonly title: string;
  /** What the chart shows, in a sentence. */
  readonly description: string;
  readonly table: TableData;
  /** API address of the data, for "Copy as curl". */
  readonly source: string;
  /** Label of the chart in `children`, for the PNG. */
  readonly chartLabel: string;
  /** Events in the range of a time chart. */
  readonly markers?: readonly Marker[];
  readonly children: ComponentChildren;
}

/** A chart with description, data table, exports and the request as a curl command. */
export function ChartPanel({ title, description, table, source, chartLabel, markers, children }: ChartPanelProps) {
  const [shown, setShown] = useState(false);
  const curl = useCopyButton(t('Copy as curl'));
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const press = ({ target }: Event): void => {
      if (target instanceof Node && menu.current?.contains(target) !== true) close(menu.current);
    };
    document.addEventListener('pointerdown', press);
    return () => document.removeEventListener('pointerdown', press);
  }, []);
  const { href } = new URL(source, window.location.origin);
  return (
    <section class="panel" aria-label={title}>
      <div class="head">
        <h2>{title}</h2>
        <div class="grow" />
        <button type="button" class="plain small" aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? <ChartColumn size={15} /> : <Table2 size={15} />}
          {shown ? t('Chart') : t('Table')}
        </button>
        <details class="menu" ref={menu}>
          <summary class="small">
            <Download size={15} /> {t('Export')}
          </summary>
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys click the buttons, whose clicks arrive here. */}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: closes after what a button inside has done. */}
          <div class="menu-box" onClick={() => close(menu.current)}>
            <button type="button" class="plain small" onClick={() => saveFile(`${title}.csv`, 'text/csv', csv(table))}>
              CSV
            </button>
            <button
              type="button"
              class="plain small"
              onClick={() => saveFile(`${title}.json`, 'application/json', JSON.stringify(records(table), null, 2))}
            >
              JSON
            </button>
            <button type="button" class="plain small" onClick={() => savePng(title, chartLabel)} disabled={shown}>
              PNG
            </button>
            <button
              type="button"
              class="plain small"
              onClick={() => curl.copy(`curl -H "Authorization: Bearer $THERMOCLINE_TOKEN" '${href}'`)}
            >
              {curl.label}
            </button>
          </div>
        </details>
      </div>
      <p class="soft small">
        <Dated text={description} />
      </p>
      {shown ? <DataTable table={table} /> : children}
      {markers !== undefined && <MarkerList markers={markers} />}
    </section>
  );
}

function close(menu: HTMLDetailsElement | null): void {
  if (menu !== null) menu.open = false;
}

function DataTable({ table }: { readonly table: TableData }) {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th>{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row) => (
            <tr>
              {row.map((cell) => (
                <td>{cell ?? '–'}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function records(table: TableData): Record<string, unknown>[] {
  return table.rows.map((row) => Object.fromEntries(table.columns.map((column, at) => [column, row[at] ?? null])));
}

function csv(table: TableData): string {
  return [table.columns, ...table.rows].map((row) => row.map((value) => csvCell(value)).join(',')).join('\r\n');
}

async function savePng(title: string, chartLabel: string): Promise<void> {
  const url = await chartPng(chartLabel);
  if (url !== null) download(`${title}.png`, url);
}
