import { useState } from 'preact/hooks';
import type { RedactionAnswer, RedactionTestAnswer } from '../../../server/http/contract/redaction.ts';
import { call } from '../../api/client.ts';
import type { RequestOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { count, visible } from '../../format.ts';
import { apiText, rich, t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';

const MOST_CHARS = 65_536;
/** Findings that are listed, and characters of each. */
const MOST_SHOWN = 100;

type Rules = NonNullable<RequestOf<'testRedaction'>['body']['rules']>;
type Pattern = RedactionAnswer['patterns'][number];

/** Rules of redaction, and what would be stored of a line: by the rules of the settings, or by others to try. */
export function Redaction() {
  const answer = useQuery('getRedaction');
  return (
    <Section title={t('Redaction')}>
      <ErrorBanner result={answer} what={t('the rules of redaction')} />
      {answer.data !== null && <Rules data={answer.data} />}
      {answer.data !== null && <Test data={answer.data} />}
    </Section>
  );
}

function Rules({ data }: { readonly data: RedactionAnswer }) {
  const replaced = (rule: string): number => data.replaced.find((one) => one.rule === rule)?.n ?? 0;
  const rules = [
    ...data.patterns
      .filter(({ isOn }) => isOn)
      .map(({ name, finds }) => ({ rule: name, finds: apiText(`redaction:${name}`, finds) })),
    ...data.keys.map((key) => ({ rule: `key:${key}`, finds: t('values of members named {key}', { key }) })),
    ...data.expressions.map(({ name, expression }) => ({ rule: name, finds: expression })),
  ];
  if (rules.length === 0)
    return (
      <p class="soft small">
        {rich(
          'There are no rules: lines, errors and dead letters are stored as they are sent. Set {patterns}, {keys} or {expressions} to replace parts of them before they are stored.',
          {
            patterns: <code>THERMOCLINE_REDACT</code>,
            keys: <code>THERMOCLINE_REDACT_KEYS</code>,
            expressions: <code>THERMOCLINE_REDACT_EXPRESSIONS</code>,
          },
        )}
      </p>
    );
  return (
    <>
      <p class="soft small">
        {rich(
          'Replaced in lines, errors and dead letters before they are stored. Lines that were stored before a rule was set stay until they are deleted ({command}).',
          { command: <code>thermocline delete-lines</code> },
        )}
      </p>
      <DataTable
        label={t('Rules of redaction')}
        columns={[{ title: t('Rule') }, { title: t('Finds') }, { title: t('Replaced'), number: true }]}
        rows={rules.map(({ rule, finds }) => [
          <span class="mono">{visible(rule)}</span>,
          <span class="small">{visible(finds)}</span>,
          count(replaced(rule)),
        ])}
      />
    </>
  );
}

function Test({ data }: { readonly data: RedactionAnswer }) {
  const action = useAction();
  const [text, setText] = useState('');
  const [isOther, setOther] = useState(false);
  const [names, setNames] = useState(data.patterns.filter(({ isOn }) => isOn).map(({ name }) => name));
  const [keys, setKeys] = useState(data.keys.join(', '));
  const [expressions, setExpressions] = useState(
    data.expressions.map(({ name, expression }) => `${name} = ${expression}`).join('\n'),
  );
  const [result, setResult] = useState<{ readonly text: string; readonly answer: RedactionTestAnswer } | null>(null);
  const test = (): void =>
    action.run(async () => {
      setResult(null);
      const rules: Rules = { patterns: names, keys: listOf(keys, ','), expressions: expressionsOf(expressions) };
      const tested = await call('testRedaction', { body: isOther ? { text, rules } : { text } });
      setResult({ text, answer: tested });
      return summary(tested);
    });
  return (
    <>
      <h3>{t('Test a line')}</h3>
      <ActionForm action={action} submit={t('Test')} onSubmit={test}>
        <label class="small wide">
          {t('Line or JSON event')}
          <textarea
            class="code"
            required
            rows={4}
            maxLength={MOST_CHARS}
            value={text}
            placeholder={'{"user":{"mail":"ada@example.com","password":"…"}}'}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <label class="small">
          <input type="checkbox" checked={isOther} onInput={(event) => setOther(event.currentTarget.checked)} />
          {t('try other rules')}
        </label>
        {isOther && <Patterns all={data.patterns} chosen={names} onChange={setNames} />}
        {isOther && (
          <label class="small">
            {t('keys')}{' '}
            <input value={keys} placeholder={EXAMPLE.keys} onInput={(event) => setKeys(event.currentTarget.value)} />
          </label>
        )}
        {isOther && (
          <label class="small wide">
            {t('Expressions, one per line')}
            <textarea
              class="code"
              rows={2}
              value={expressions}
              placeholder={EXAMPLE.expressions}
              onInput={(event) => setExpressions(event.currentTarget.value)}
            />
          </label>
        )}
      </ActionForm>
      {result !== null && <Result text={result.text} answer={result.answer} />}
    </>
  );
}

function Patterns({
  all,
  chosen,
  onChange,
}: {
  readonly all: readonly Pattern[];
  readonly chosen: readonly Pattern['name'][];
  readonly onChange: (names: Pattern['name'][]) => void;
}) {
  return (
    <fieldset class="controls">
      <legend class="small">{t('Patterns')}</legend>
      {all.map(({ name, finds }) => (
        <label class="small" title={apiText(`redaction:${name}`, finds)}>
          <input
            type="checkbox"
            checked={chosen.includes(name)}
            onInput={(event) =>
              onChange(event.currentTarget.checked ? [...chosen, name] : chosen.filter((one) => one !== name))
            }
          />{' '}
          {name}
        </label>
      ))}
    </fieldset>
  );
}

const EXAMPLE = { keys: 'password, *token*', expressions: 'order = ORD-[0-9]+' } as const;

/** What the rules do to the line, as a sentence. */
function summary({ findings, source, hasRules }: RedactionTestAnswer): string {
  const effect = !hasRules
    ? t('There are no rules: the line would be stored unchanged.')
    : findings.length === 0
      ? t('No rule matches: the line would be stored unchanged.')
      : t('{n, plural, one {# part} other {# parts}} would be replaced.', { n: findings.length });
  if (source !== 'platform') return effect;
  return `${effect} ${t('It is a line of the Lambda service: what would change its figures is not replaced.')}`;
}

function Result({
  text,
  answer: { stored, findings },
}: {
  readonly text: string;
  readonly answer: RedactionTestAnswer;
}) {
  return (
    <section aria-label={t('What would be stored')}>
      <div class="lines">
        <div>{visible(stored)}</div>
      </div>
      {findings.length > 0 && (
        <DataTable
          label={t('Findings')}
          columns={[{ title: t('Rule') }, { title: t('Replaced text') }]}
          rows={findings
            .slice(0, MOST_SHOWN)
            .map(({ rule, start, end }) => [
              <span class="mono">{visible(rule)}</span>,
              <span class="mono">{visible(text.slice(start, Math.min(end, start + MOST_SHOWN)))}</span>,
            ])}
        />
      )}
      {findings.length > MOST_SHOWN && (
        <p class="soft small">{t('{n, number} more are not listed.', { n: findings.length - MOST_SHOWN })}</p>
      )}
    </section>
  );
}

function listOf(text: string, divider: string): string[] {
  return text
    .split(divider)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** `name = expression` in each line. @throws Error for a line without a name */
function expressionsOf(text: string): Record<string, string> {
  return Object.fromEntries(
    listOf(text, '\n').map((line) => {
      const at = line.indexOf('=');
      if (at === -1) throw new Error(t('Write each expression as name = expression: {line}', { line }));
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}
