import { useState } from 'preact/hooks';
import { tagFilterText } from '../../../server/http/contract/tag-filter.ts';
import type { FunctionTagsAnswer } from '../../../server/http/contract/tags.ts';
import { call } from '../../api/client.ts';
import { useQuery } from '../../api/use-query.ts';
import { ActionForm } from '../../components/action-form.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { ErrorBanner } from '../../components/query-states.tsx';
import { visible } from '../../format.ts';
import type { Message } from '../../i18n/translate.ts';
import { message, t, translated } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { hrefTo } from '../../state/location.ts';

type Tag = FunctionTagsAnswer['items'][number];

const SOURCES: Readonly<Record<Tag['source'], Message>> = {
  manual: message('set here'),
  file: message('file of tags'),
  inventory: message('AWS'),
};

/** The tags of a function with their sources, and a form for those that are set here. */
export function FunctionTags({ id }: { readonly id: string }) {
  const answer = useQuery('getFunctionTags', { params: { id } });
  const { data } = answer;
  return (
    <details class="panel">
      <summary>{data === null ? t('Tags') : t('Tags ({n})', { n: String(data.items.length) })}</summary>
      <ErrorBanner result={answer} what={t('the tags')} />
      {data !== null && data.items.length > 0 && (
        <DataTable
          label={t('Tags')}
          columns={[{ title: t('Key') }, { title: t('Value') }, { title: t('Source') }]}
          rows={data.items.map((tag) => [
            visible(tag.key),
            <a href={hrefTo('/functions', { tag: tagFilterText({ key: tag.key, value: tag.value, is: 'value' }) })}>
              {tag.value === '' ? '""' : visible(tag.value)}
            </a>,
            sourceText(tag),
          ])}
        />
      )}
      {data !== null && <OwnTags id={id} manual={data.manual} reload={answer.reload} />}
    </details>
  );
}

function sourceText({ source, overridden }: Tag): string {
  const others = overridden.map((one) => `${translated(SOURCES[one.source])}: ${visible(one.value)}`).join(', ');
  const own = translated(SOURCES[source]);
  return others === '' ? own : t('{source}, in place of {others}', { source: own, others });
}

interface OwnTagsProps {
  readonly id: string;
  readonly manual: FunctionTagsAnswer['manual'];
  readonly reload: () => void;
}

function OwnTags({ id, manual, reload }: OwnTagsProps) {
  const [text, setText] = useState(() =>
    Object.entries(manual)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n'),
  );
  const action = useAction();
  const save = (): void =>
    action.run(async () => {
      await call('saveFunctionTags', { params: { id }, body: { tags: tagsIn(text) } });
      reload();
      return t('Saved.');
    });
  return (
    <ActionForm action={action} submit={t('Save tags')} onSubmit={save}>
      <label class="field wide small">
        {t('tags set here, one key=value a line')}
        <textarea
          class="code"
          rows={3}
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <span class="field-help">{t('They have precedence over the file of tags and over AWS.')}</span>
      </label>
    </ActionForm>
  );
}

/** @throws Error for a line without a key, or a key that appears twice. */
function tagsIn(text: string): Record<string, string> {
  const tags = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [key = '', ...value] = line.split('=');
    if (key.trim() === '' || value.length === 0)
      throw new Error(t('{line}: expected key=value', { line: visible(line) }));
    if (tags.has(key.trim())) throw new Error(t('{key} appears twice', { key: visible(key.trim()) }));
    tags.set(key.trim(), value.join('=').trim());
  }
  return Object.fromEntries(tags);
}
