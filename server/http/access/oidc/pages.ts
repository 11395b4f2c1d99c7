/** The page that is shown when a sign-in with the identity provider fails: plain, without scripts, in the language of the reader. */

export type SignInFailure = 'cancelled' | 'denied' | 'disabled' | 'expired' | 'invalid' | 'throttled' | 'unreachable';

/** HTTP status of each failure. */
export const FAILURE_STATUS = {
  cancelled: 403,
  denied: 403,
  disabled: 403,
  expired: 400,
  invalid: 400,
  throttled: 429,
  unreachable: 503,
} as const satisfies Readonly<Record<SignInFailure, number>>;

interface Texts extends Readonly<Record<SignInFailure, string>> {
  readonly title: string;
  readonly back: string;
}

const ENGLISH: Texts = {
  title: 'Sign-in failed',
  back: 'Back to the sign-in page',
  cancelled: 'The sign-in was cancelled.',
  denied: 'Your account has no role here. Ask an admin to give access to one of your groups.',
  disabled: 'Your account is disabled here. Ask an admin to enable it.',
  expired: 'This sign-in has expired, was used before, or was begun in another browser. Sign in again.',
  invalid:
    'The answer of the identity provider was not accepted. Sign in again; if this repeats, an admin finds the reason in the log.',
  throttled: 'Too many sign-ins at once. Retry in a minute.',
  unreachable: 'The identity provider cannot be reached. Retry later, or sign in with a token or the password.',
};

const LANGUAGES: Readonly<Record<string, Texts>> = {
  en: ENGLISH,
  ja: {
    title: 'サインインできませんでした',
    back: 'サインインページに戻る',
    cancelled: 'サインインがキャンセルされました。',
    denied: 'このアカウントにはロールがありません。所属グループへのアクセス権を管理者に依頼してください。',
    disabled: 'このアカウントは無効になっています。有効にするよう管理者に依頼してください。',
    expired:
      'このサインインは期限切れか、使用済みか、別のブラウザで開始されたものです。もう一度サインインしてください。',
    invalid:
      'ID プロバイダーの応答を受け入れられませんでした。もう一度サインインしてください。繰り返す場合は、管理者がログで原因を確認できます。',
    throttled: '同時のサインインが多すぎます。1 分後に再試行してください。',
    unreachable:
      'ID プロバイダーに接続できません。後で再試行するか、トークンまたはパスワードでサインインしてください。',
  },
  ko: {
    title: '로그인하지 못했습니다',
    back: '로그인 페이지로 돌아가기',
    cancelled: '로그인이 취소되었습니다.',
    denied: '이 계정에는 역할이 없습니다. 소속 그룹에 권한을 부여하도록 관리자에게 요청하세요.',
    disabled: '이 계정은 비활성화되어 있습니다. 활성화하도록 관리자에게 요청하세요.',
    expired: '이 로그인은 만료되었거나, 이미 사용되었거나, 다른 브라우저에서 시작되었습니다. 다시 로그인하세요.',
    invalid:
      'ID 공급자의 응답을 받아들일 수 없습니다. 다시 로그인하세요. 반복되면 관리자가 로그에서 원인을 확인할 수 있습니다.',
    throttled: '동시에 진행 중인 로그인이 너무 많습니다. 1분 후에 다시 시도하세요.',
    unreachable: 'ID 공급자에 연결할 수 없습니다. 나중에 다시 시도하거나 토큰 또는 비밀번호로 로그인하세요.',
  },
};

/** The page of a failure, in the first known language of an Accept-Language header. */
export function failurePage(failure: SignInFailure, acceptLanguage: string | undefined): string {
  const wanted = (acceptLanguage ?? '').split(',').map((one) => one.trim().slice(0, 2).toLowerCase());
  const language = wanted.find((one) => Object.hasOwn(LANGUAGES, one)) ?? 'en';
  const texts = LANGUAGES[language] ?? ENGLISH;
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${texts.title} – Thermocline</title>
<h1>${texts.title}</h1>
<p>${texts[failure]}</p>
<p><a href="/">${texts.back}</a></p>
`;
}
