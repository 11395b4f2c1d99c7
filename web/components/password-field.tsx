import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../../server/http/contract/password-limits.ts';

/** A field for a secret: one that is known, or a new password, which has to be long enough. */
export function PasswordField({
  label,
  value,
  set,
  isNew = false,
}: {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly isNew?: boolean;
}) {
  return (
    <label class="small">
      {label}{' '}
      <input
        type="password"
        autocomplete={isNew ? 'new-password' : 'current-password'}
        required={isNew}
        {...(isNew ? { minLength: SHORTEST_PASSWORD, maxLength: LONGEST_PASSWORD } : {})}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
    </label>
  );
}
