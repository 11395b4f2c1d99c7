import { useState } from 'preact/hooks';
import { count, plural } from '../../../ingest/text/quantities.ts';
import type { RedactionAnswer, RedactionTestAnswer } from '../../../server/http/contract/redaction.ts';
import { call } from '../../api/client.ts';
import type { RequestOf } from '../../api/request.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { Section } from '../../components/section.tsx';
import { visible } from '../../format.ts';
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
    <Section title="Redaction">
      <ErrorBanner result={answer} what="the rules of redaction" />
      {answer.data !== null && <Rules data={answer.data} />}
      {answer.data !== null && <Test data={answer.data} />}
    </Section>
  );
}

function Rules({ data }: { readonly data: RedactionAnswer }) {
  const replaced = (rule: string): number => data.replaced.find((one) => one.rule === rule)?.n ?? 0;
  const rules = [
    ...data.patterns.filter(({ isOn }) => isOn).map(({ name, finds }) => ({ rule: name, finds })),
    ...data.keys.map((key) => ({ rule: `key:${key}`, finds: `values of members named ${key}` })),
    ...data.expressions.map(({ name, expression }) => ({ rule: name, finds: expression })),
  ];
  if (rules.length === 0)
    return (
      <p class="soft small">
        There are no rules: lines, errors and dead letters are stored as they are sent. Set{' '}
        <code>THERMOCLINE_REDACT</code>, <code>THERMOCLINE_REDACT_KEYS</code> or{' '}
        <code>THERMOCLINE_REDACT_EXPRESSIONS</code> to replace parts of them before they are stored.
      </p>
    );
  return (
    <>
      <p class="soft small">
        Replaced in lines, errors and dead letters before they are stored. Lines that were stored before a rule was set
        stay until they are deleted (<code>thermocline delete-lines</code>).
      </p>
      <DataTable
        label="Rules of redaction"
        columns={[{ title: 'Rule' }, { title: 'Finds' }, { title: 'Replaced', number: true }]}
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
      <h3>Test a line</h3>
      <ActionForm action={action} submit="Test" onSubmit={test}>
        <label class="small wide">
          Line or JSON event
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
          <input type="checkbox" checked={isOther} onInput={(event) => setOther(event.currentTarget.checked)} /> try
          other rules
        </label>
        {isOther && <Patterns all={data.patterns} chosen={names} onChange={setNames} />}
        {isOther && (
          <label class="small">
            keys{' '}
            <input
              value={keys}
              placeholder="password, *token*"
              onInput={(event) => setKeys(event.currentTarget.value)}
            />
          </label>
        )}
        {isOther && (
          <label class="small wide">
            Expressions, one per line
            <textarea
              class="code"
              rows={2}
              value={expressions}
              placeholder="order = ORD-[0-9]+"
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
      <legend class="small">Patterns</legend>
      {all.map(({ name, finds }) => (
        <label class="small" title={finds}>
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

/** What the rules do to the line, as a sentence. */
function summary({ findings, source, hasRules }: RedactionTestAnswer): string {
  const service =
    source === 'platform' ? ' It is a line of the Lambda service: what would change its figures is not replaced.' : '';
  if (!hasRules) return `There are no rules: the line would be stored as it is.${service}`;
  if (findings.length === 0) return `No rule finds anything: the line would be stored as it is.${service}`;
  return `${plural(findings.length, 'part')} would be replaced.${service}`;
}

function Result({
  text,
  answer: { stored, findings },
}: {
  readonly text: string;
  readonly answer: RedactionTestAnswer;
}) {
  return (
    <section aria-label="What would be stored">
      <div class="lines">
        <div>{visible(stored)}</div>
      </div>
      {findings.length > 0 && (
        <DataTable
          label="Findings"
          columns={[{ title: 'Rule' }, { title: 'Replaced text' }]}
          rows={findings
            .slice(0, MOST_SHOWN)
            .map(({ rule, start, end }) => [
              <span class="mono">{visible(rule)}</span>,
              <span class="mono">{visible(text.slice(start, Math.min(end, start + MOST_SHOWN)))}</span>,
            ])}
        />
      )}
      {findings.length > MOST_SHOWN && (
        <p class="soft small">{count(findings.length - MOST_SHOWN)} more are not listed.</p>
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
      if (at === -1) throw new Error(`Write each expression as name = expression: ${line}`);
      return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}
