/** Sends a file of log lines to the ingest route, as `thermocline import` does. */
import { t } from '../i18n/translate.ts';
import { call } from './client.ts';

export interface ImportedFile {
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly rejected: number;
}

const ID_BYTES = 12;

/**
 * Imports a file with an ingest key of its own, which is revoked afterwards. @param functionName of files whose lines name no function;
 * empty for others. @throws Error with what the server says
 */
export async function importFile(file: File, functionName: string): Promise<ImportedFile> {
  const key = await call('createToken', { body: { name: 'import in the browser', scope: 'ingest' } });
  try {
    const query = functionName === '' ? '' : `?function=${encodeURIComponent(functionName)}`;
    const response = await fetch(`/ingest/logs${query}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key.token}`,
        'x-thermocline-source': 'import',
        'x-thermocline-source-name': encodeURIComponent(file.name).slice(0, 200),
        'x-thermocline-import': newImportId(),
      },
      body: file,
    });
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok)
      throw new Error(reasonOf(answer) ?? t('The server answered {status}', { status: String(response.status) }));
    return outcomeOf(answer);
  } finally {
    await call('revokeToken', { params: { id: key.id } }).catch(() => undefined);
  }
}

function newImportId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return `browser-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function reasonOf(answer: unknown): string | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { errorMessage, detail }: { errorMessage?: unknown; detail?: unknown } = answer;
  return typeof errorMessage === 'string' ? errorMessage : typeof detail === 'string' ? detail : null;
}

function outcomeOf(answer: unknown): ImportedFile {
  const counts: Readonly<Record<string, unknown>> = typeof answer === 'object' && answer !== null ? { ...answer } : {};
  const count = (name: string): number => (typeof counts[name] === 'number' ? counts[name] : 0);
  return {
    accepted: count('accepted'),
    duplicates: count('duplicates'),
    ignored: count('ignored'),
    rejected: count('rejected'),
  };
}
