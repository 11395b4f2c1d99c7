import { BookOpen, Keyboard, LogOut, PanelLeftClose, PanelLeftOpen, UserRound, X } from 'lucide-preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { PAGES } from '../../server/http/contract/pages.ts';
import { call } from '../api/client.ts';
import type { AnswerOf } from '../api/request.ts';
import { visible } from '../format.ts';
import { t } from '../i18n/translate.ts';
import { hrefTo, navigate } from '../state/location.ts';
import { LanguagePicker } from './language-picker.tsx';
import { Navigation } from './navigation.tsx';
import { ThemeButton } from './theme-button.tsx';

interface SidebarProps {
  readonly path: string;
  readonly showHelp: () => void;
}

/** Key of the choice to show icons only, in this browser. */
const COLLAPSED = 'sidebar-collapsed';

/** The navigation at the left of wide windows; it collapses to icons. */
export function Sidebar({ path, showHelp }: SidebarProps) {
  const [collapsed, setCollapsed] = useState(() => localStorage.getItem(COLLAPSED) === 'yes');
  const toggle = (): void => {
    localStorage.setItem(COLLAPSED, collapsed ? 'no' : 'yes');
    setCollapsed(!collapsed);
  };
  const label = collapsed ? t('[verb] Expand') : t('[verb] Collapse');
  const Arrow = collapsed ? PanelLeftOpen : PanelLeftClose;
  return (
    <aside class={collapsed ? 'sidebar collapsed' : 'sidebar'} aria-label="Thermocline">
      <Brand />
      <Navigation path={path} />
      <div class="foot">
        <FootLinks showHelp={showHelp} />
        <button type="button" class="plain nav-item" onClick={toggle} title={label}>
          <Arrow size={17} />
          <span>{label}</span>
        </button>
      </div>
    </aside>
  );
}

interface DrawerProps extends SidebarProps {
  readonly onClose: () => void;
}

/** The same on narrow windows, over the page, while it is open. Escape, a click beside it, or opening a page closes it. */
export function Drawer({ path, showHelp, onClose }: DrawerProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const openedOn = useRef(path);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    if (path !== openedOn.current) onClose();
  }, [path]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the drawer closes it, as Escape does.
    <dialog
      ref={dialog}
      class="drawer"
      aria-label={t('Menu')}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="sidebar">
        <div class="head">
          <Brand />
          <div class="grow" />
          <ThemeButton />
          <button type="button" class="icon plain" aria-label={t('Close menu')} onClick={onClose}>
            <X size={20} />
          </button>
        </div>
        <Navigation path={path} />
        <div class="foot">
          <FootLinks showHelp={showHelp} />
        </div>
      </div>
    </dialog>
  );
}

function Brand() {
  return (
    <a class="brand" href={hrefTo(PAGES.overview.path)}>
      <img src="/icon.svg" alt="" width="24" height="24" />
      <span>Thermocline</span>
    </a>
  );
}

function FootLinks({ showHelp }: { readonly showHelp: () => void }) {
  const [session, setSession] = useState<AnswerOf<'getSession'> | null>(null);
  // Not with the queries of the page, which are repeated when it is refreshed.
  useEffect(() => {
    call('getSession').then(setSession, () => undefined);
  }, []);
  return (
    <>
      <a class="nav-item" href={hrefTo(PAGES.docs.path)} title="API">
        <BookOpen size={17} />
        <span>API</span>
      </a>
      <button type="button" class="plain nav-item" onClick={showHelp} title={t('Keyboard shortcuts ( ? )')}>
        <Keyboard size={17} />
        <span>{t('Keyboard shortcuts')}</span>
      </button>
      <LanguagePicker />
      {session !== null && (
        <span
          class="nav-item soft"
          title={`${session.name} (${session.scope}) ${session.restriction?.join(' ') ?? ''}`}
        >
          <UserRound size={17} />
          <span>{visible(session.name)}</span>
        </span>
      )}
      <button type="button" class="plain nav-item" onClick={signOut} title={t('Sign out')}>
        <LogOut size={17} />
        <span>{t('Sign out')}</span>
      </button>
    </>
  );
}

/** Ends the session, also at the identity provider if it opened it. */
async function signOut(): Promise<void> {
  const ended = await call('signOut').catch(() => null);
  if (typeof ended?.redirect === 'string') window.location.assign(ended.redirect);
  else navigate(PAGES.signIn.path);
}
