import { useState } from 'preact/hooks';
import { byteSize, plural } from '../../../ingest/text/quantities.ts';
import type { LinesInScopeAnswer } from '../../../server/http/contract/deletion.ts';
import { call } from '../../api/client.ts';
import type { RequestOf } from '../../api/request.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { ConfirmedButton } from '../../components/confirmed-button.tsx';
import { Section } from '../../components/section.tsx';
import { time } from '../../format.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';

type Scope = NonNullable<RequestOf<'deleteLines'>['query']>;

const FIELDS = [
  { name: 'function', label: 'function', placeholder: 'checkout' },
  { name: 'request', label: 'request id', placeholder: '3c3c1d1e-8b1f-…' },
  { name: 'from', label: 'from', placeholder: '2026-11-20T10:00:00Z or now-24h' },
  { name: 'to', label: 'to', placeholder: '2026-11-20T11:00:00Z or now' },
] as const;

/** Deletes log lines by function, request and time, after it said how many there are. */
export function LineDeletion() {
  const action = useAction();
  const { zone } = useView();
  const [scope, setScope] = useState<Scope>({});
  const [found, setFound] = useState<{ readonly scope: Scope; readonly lines: LinesInScopeAnswer } | null>(null);
  const countLines = (): void =>
    action.run(async () => {
      setFound(null);
      const lines = await call('previewLineDeletion', { query: scope });
      setFound({ scope, lines });
      if (lines.firstAt === null || lines.lastAt === null) return `No lines to delete.${damagedNote(lines)}`;
      const times = `from ${time(lines.firstAt, zone)} to ${time(lines.lastAt, zone)}`;
      return `${plural(lines.lines, 'line')} (${byteSize(lines.bytes)}) ${times}.${damagedNote(lines)}`;
    });
  const remove = (of: Scope): void =>
    action.run(async () => {
      setFound(null);
      const lines = await call('deleteLines', { query: of });
      return `Deleted ${plural(lines.lines, 'line')}.${damagedNote(lines)}`;
    });
  return (
    <Section title="Delete log lines">
      <p class="soft small">
        Deletes the lines for which all that is given holds. Lines of a request are those that name its id, in any
        function, and those of its attempts that name no other. Figures, errors, dead letters and lines in backups stay,
        and what is delivered again is stored again.
      </p>
      <ActionForm action={action} submit="Count lines" onSubmit={countLines}>
        {FIELDS.map(({ name, label, placeholder }) => (
          <label class="small">
            {label}{' '}
            <input
              value={scope[name] ?? ''}
              placeholder={placeholder}
              onInput={({ currentTarget: { value } }) => {
                setFound(null);
                const { [name]: _, ...others } = scope;
                setScope(value.trim() === '' ? others : { ...others, [name]: value.trim() });
              }}
            />
          </label>
        ))}
      </ActionForm>
      {found !== null && found.lines.lines > 0 && (
        <p>
          <ConfirmedButton
            label="Delete them"
            confirmLabel={`Delete ${plural(found.lines.lines, 'line')} for good`}
            disabled={action.busy}
            onConfirm={() => remove(found.scope)}
          />
        </p>
      )}
    </Section>
  );
}

function damagedNote({ damagedBlocks }: LinesInScopeAnswer): string {
  return damagedBlocks === 0 ? '' : ` ${plural(damagedBlocks, 'part')} cannot be read and stay as they are.`;
}
