import { useState } from 'preact/hooks';
import { ApiError, call } from '../../api/client.ts';
import { ActionResult } from '../../components/action-result.tsx';
import { ruleNameText } from '../../i18n/reason.ts';
import { t } from '../../i18n/translate.ts';
import { useAction } from '../../state/action.ts';
import { idFor, suggestedName } from './rule-draft.ts';
import { ConditionFields, FieldError, FormSection, FunctionFields, NameFields, SignalField } from './rule-fields.tsx';
import type { FieldErrors } from './rule-preview.tsx';
import { RulePreview, useRulePreview } from './rule-preview.tsx';
import { RuleReceivers } from './rule-receivers.tsx';
import type { Rule, RuleDocument } from './signals.ts';

interface RuleFormProps {
  /** What the form begins with; without an id for a new rule. */
  readonly start: RuleDocument;
  /** The revision of the rule that is edited; null for a new one. */
  readonly revision: string | null;
  /** Ids of the stored rules. */
  readonly taken: readonly string[];
  readonly onSaved: (saved: Rule, message: string) => void;
}

/** Creates or edits a rule: what to watch, of which functions, from when on, and whom to notify, with a live preview beside it. */
export function RuleForm({ start, revision, taken, onSaved }: RuleFormProps) {
  const [draft, setDraft] = useState(start);
  const [refusedOnSave, setRefusedOnSave] = useState<FieldErrors>([]);
  const action = useAction();
  const preview = useRulePreview(draft);
  const change = (next: RuleDocument): void => {
    setRefusedOnSave([]);
    setDraft(next);
  };
  const refused = [...preview.refused, ...refusedOnSave];
  const suggested = suggestedName(draft);
  const fields = { draft, refused, onChange: change };
  const save = (): void =>
    action.run(async () => {
      const name = draft.name.trim() === '' ? suggested : draft.name;
      const id = draft.id === '' ? idFor(name, taken, 'rule') : draft.id;
      const body = { ...draft, id, name, ...(revision === null ? {} : { revision }) };
      try {
        const saved = await call('saveAlertRule', { params: { id }, body });
        const shown = { name: ruleNameText(name) };
        onSaved(saved, revision === null ? t('Rule “{name}” created.', shown) : t('Rule “{name}” saved.', shown));
        return t('Rule saved.');
      } catch (error) {
        if (error instanceof ApiError) setRefusedOnSave(error.problem.errors ?? []);
        throw error;
      }
    });
  return (
    <div class="editor">
      <form
        class="panel"
        aria-label={revision === null ? t('New rule') : t('Rule')}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <FormSection title={t('What to watch')}>
          <SignalField {...fields} />
        </FormSection>
        <FormSection title={t('Which functions')}>
          <FunctionFields {...fields} />
        </FormSection>
        <FormSection title={t('When to fire')}>
          <ConditionFields {...fields} />
        </FormSection>
        <FormSection title={t('Whom to notify')}>
          <RuleReceivers
            chosen={draft.receivers ?? []}
            onChange={(receivers) => change({ ...draft, receivers: [...receivers] })}
          />
          <FieldError refused={refused} field="receivers" />
        </FormSection>
        <FormSection title={t('Name')}>
          <NameFields {...fields} suggested={ruleNameText(suggested)} />
        </FormSection>
        <p class="controls">
          <button type="submit" class="primary" disabled={action.busy}>
            {revision === null ? t('Create rule') : t('Save rule')}
          </button>
        </p>
        <ActionResult action={action} />
      </form>
      <RulePreview draft={draft} preview={preview} />
    </div>
  );
}
