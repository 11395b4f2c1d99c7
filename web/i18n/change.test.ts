import { afterEach, expect, test } from 'vitest';
import { loadChangeTexts, markerLabel } from './change.ts';
import { catalogue } from './ja.ts';
import { setCatalogue } from './translate.ts';

afterEach(() => setCatalogue('en', {}));

const marker = { at: '', until: null, function: null, deploy: null };
const deploy = { id: '1', at: '', functions: [], version: '43', commit: null, author: null, url: null, sender: 'ci' };

test('markers of changes are in the language of the reader, and names stay as they are', async () => {
  await loadChangeTexts();
  const change = { ...marker, kind: 'memory', label: 'version 43, memory 1024 → 2048 MB, runtime patch' } as const;
  expect(markerLabel(change)).toBe('version 43, memory 1024 → 2048 MB, runtime patch');
  setCatalogue('ja', catalogue);
  expect(markerLabel(change)).toBe('バージョン 43、メモリ 1024 → 2048 MB、ランタイムパッチ');
  expect(markerLabel({ ...marker, kind: 'alert', label: 'timeout' })).toBe('timeout');
  expect(markerLabel({ ...marker, kind: 'deploy', label: 'layers', deploy: { ...deploy, label: 'layers' } })).toBe(
    'layers',
  );
  expect(markerLabel({ ...marker, kind: 'deploy', label: 'version 43', deploy: { ...deploy, label: null } })).toBe(
    'バージョン 43',
  );
});
