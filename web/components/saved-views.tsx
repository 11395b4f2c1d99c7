/** The menu of saved views: opens, renames and deletes them, and saves the page as it is. */
import { Bookmark, Pencil, X } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { t } from '../i18n/translate.ts';
import { deleteView, renameView, saveView, useSavedViews } from '../state/saved-views.ts';
import { Popover } from './popover.tsx';

export function SavedViews({ title }: { readonly title: string }) {
  const label = t('Saved views');
  return (
    <Popover
      id="saved-views"
      label={label}
      title={label}
      buttonClass="icon plain"
      button={
        <>
          <Bookmark size={16} />
          <span class="visually-hidden">{label}</span>
        </>
      }
    >
      {(close) => <ViewList title={title} close={close} />}
    </Popover>
  );
}

function ViewList({ title, close }: { readonly title: string; readonly close: () => void }) {
  const views = useSavedViews();
  const [renamed, setRenamed] = useState<string | null>(null);
  return (
    <div class="saved-views">
      {views.length === 0 && (
        <p class="soft small">{t('None yet. A view keeps a page, its filters and its time range.')}</p>
      )}
      <ul>
        {views.map(({ name, address }) =>
          name === renamed ? (
            <li key={name}>
              <NameForm
                initial={name}
                submit={t('Rename')}
                onName={(to) => {
                  renameView(name, to);
                  setRenamed(null);
                }}
              />
            </li>
          ) : (
            <li key={name}>
              <a href={address} onClick={close}>
                {name}
              </a>
              <button
                type="button"
                class="icon plain"
                aria-label={t('Rename {name}', { name })}
                onClick={() => setRenamed(name)}
              >
                <Pencil size={14} />
              </button>
              <button
                type="button"
                class="icon plain"
                aria-label={t('Delete {name}', { name })}
                onClick={() => deleteView(name)}
              >
                <X size={14} />
              </button>
            </li>
          ),
        )}
      </ul>
      <NameForm
        initial={title}
        submit={t('Save this page')}
        onName={(name) => {
          saveView({ name, address: window.location.pathname + window.location.search });
          close();
        }}
      />
    </div>
  );
}

interface NameFormProps {
  readonly initial: string;
  readonly submit: string;
  readonly onName: (name: string) => void;
}

const MAX_LENGTH = 80;

function NameForm({ initial, submit, onName }: NameFormProps) {
  const [name, setName] = useState(initial);
  return (
    <form
      class="controls"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') onName(name.trim());
      }}
    >
      <input
        aria-label={t('Name')}
        value={name}
        maxLength={MAX_LENGTH}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <button type="submit" disabled={name.trim() === ''}>
        {submit}
      </button>
    </form>
  );
}
