/** Names and sentences of the server without a code, in the language of the reader. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogue as ja } from './ja.ts';
import { catalogue as ko } from './ko.ts';
import { loadReasonTexts, ruleNameText, saidText } from './reason.ts';
import { setCatalogue } from './translate.ts';

beforeEach(async () => {
  const { localUnits } = await loadReasonTexts();
  setCatalogue('ja', ja, localUnits);
});
afterEach(() => setCatalogue('en', {}));

describe('names of rules', () => {
  test('built-in ones are in the language of the reader, in English as they are stored', () => {
    expect(ruleNameText('Initialised again and again')).toBe('初期化の繰り返し');
    expect(ruleNameText('Receiver disabled')).toBe('通知先の無効化');
    setCatalogue('ko', ko);
    expect(ruleNameText('Timeouts')).toBe('시간 초과');
    setCatalogue('en', {});
    expect(ruleNameText('Timeouts')).toBe('Timeouts');
  });

  test('names that the form gives are written anew', () => {
    expect(ruleNameText('Cold-start time, p95 above 1,000 ms on s*, p*')).toBe(
      'コールドスタート時間、p95 > 1,000\u00A0ms（s*, p*）',
    );
    expect(ruleNameText('Error rate at least 7.14 % with 95 % confidence')).toBe('エラー率 ≥ 7.14%（95% の信頼度）');
  });

  test.each(['My timeouts', 'checkout above 3 ms', 'Error rate above the usual', ''])(
    '%j is as it was named',
    (name) => {
      expect(ruleNameText(name)).toBe(name);
    },
  );
});

describe('sentences of the server', () => {
  test.each([
    ['the host name could not be resolved', 'ホスト名を解決できません'],
    ['Unknown function doesnotexist', '関数 doesnotexist は見つかりません'],
    ['the TLS handshake failed (CERT_HAS_EXPIRED)', 'TLS ハンドシェイクに失敗しました（CERT_HAS_EXPIRED）'],
    [
      'line 1, column 1: expected a statement that begins with SELECT, WITH or VALUES',
      '1\u00A0行 1 列：SELECT、WITH、VALUES のいずれかで始まるステートメントを入力してください',
    ],
    ['Something that nobody translated', 'Something that nobody translated'],
  ])('%s', (english, japanese) => {
    expect(saidText(english)).toBe(japanese);
  });

  test('the most specific sentence is meant', () => {
    expect(saidText('No receiver slack')).toBe('通知先 slack は見つかりません');
    expect(saidText('the host name of the mail server could not be resolved')).toBe(
      'メールサーバーのホスト名を解決できません',
    );
  });

  test('values are text, whatever they contain', () => {
    expect(saidText('Unknown function {id} (a|b)*$')).toBe('関数 {id} (a|b)*$ は見つかりません');
    const long = `Unknown function ${'x'.repeat(2000)}`;
    expect(saidText(long)).toBe(long);
  });

  test('they are in English for English pages', () => {
    setCatalogue('en', {});
    expect(saidText('the request timed out')).toBe('the request timed out');
  });
});
