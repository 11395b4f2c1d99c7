import { useState } from 'preact/hooks';
import { byteSize } from '../../../ingest/text/quantities.ts';
import type { LinesInScopeAnswer } from '../../../server/http/contract/deletion.ts';
import { call } from '../../api/client.ts';
import type { RequestOf } from '../../api/request.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { ConfirmedButton } from '../../components/confirmed-button.tsx';
import { Section } from '../../components/section.tsx';
import { time } from '../../format.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { useView } from '../../state/view.ts';

type Scope = NonNullable<RequestOf<'deleteLines'>['query']>;

const FIELDS = [
  { name: 'function', label: message('function'), placeholder: 'checkout' },
  { name: 'request', label: message('request id'), placeholder: '3c3c1d1e-8b1f-…' },
  { name: 'from', label: message('from'), placeholder: '2026-11-20T10:00:00Z, now-24h' },
  { name: 'to', label: message('to'), placeholder: '2026-11-20T11:00:00Z, now' },
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
      if (lines.firstAt === null || lines.lastAt === null) return withDamage(t('No lines to delete.'), lines);
      const found = t('{n, plural, one {# line} other {# lines}} ({bytes}) from {from} to {to}.', {
        n: lines.lines,
        bytes: byteSize(lines.bytes),
        from: time(lines.firstAt, zone),
        to: time(lines.lastAt, zone),
      });
      return withDamage(found, lines);
    });
  const remove = (of: Scope): void =>
    action.run(async () => {
      setFound(null);
      const lines = await call('deleteLines', { query: of });
      return withDamage(t('Deleted {n, plural, one {# line} other {# lines}}.', { n: lines.lines }), lines);
    });
  return (
    <Section title={t('Delete log lines')}>
      <p class="soft small">
        {t(
          'Deletes the lines for which all that is given holds. Lines of a request are those that name its id, in any function, and those of its attempts that name no other. Figures, errors, dead letters and lines in backups stay, and what is delivered again is stored again.',
        )}
      </p>
      <ActionForm action={action} submit={t('Count lines')} onSubmit={countLines}>
        {FIELDS.map(({ name, label, placeholder }) => (
          <label class="small">
            {translated(label)}{' '}
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
            label={t('Delete them')}
            confirmLabel={t('Delete {lines, plural, one {# line} other {# lines}} for good', {
              lines: found.lines.lines,
            })}
            disabled={action.busy}
            onConfirm={() => remove(found.scope)}
          />
        </p>
      )}
    </Section>
  );
}

/** Also says what stays because it cannot be read. */
function withDamage(sentence: string, { damagedBlocks }: LinesInScopeAnswer): string {
  if (damagedBlocks === 0) return sentence;
  const damage = t('{n, plural, one {# part} other {# parts}} cannot be read and stay as they are.', {
    n: damagedBlocks,
  });
  return `${sentence} ${damage}`;
}
