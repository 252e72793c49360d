import './app-frame.css';
import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { ProblemError } from '../api/problem.ts';
import { sectionsOf } from '../operations/sections.ts';
import { sessionQuery } from '../api/queries.ts';
import { RecordingMark } from '../record/recording-mark.tsx';
import { UploadsProvider } from '../upload/uploads.tsx';
import { AccountMenu } from './account-menu.tsx';
import { LanguageButton, ThemeMenu } from './appearance.tsx';
import { useWording } from './language.tsx';
import { ProblemNotice } from './notice.tsx';
import { OfflineBar } from './offline-bar.tsx';
import { SignInPage } from './sign-in-page.tsx';
import { useTheme } from './theme.ts';

/** What stands around every page; whoever is not signed in gets the sign-in, and stays at the address. */
export function AppFrame() {
  const { m } = useWording();
  const theme = useTheme();
  const session = useQuery(sessionQuery);
  const mustSignIn = session.error instanceof ProblemError && session.error.status === 401;
  // While the gateway does not answer, what is shown stays.
  const signedIn = mustSignIn ? undefined : session.data;
  return (
    <>
      <a className="skip" href="#main" onClick={toMain}>
        {m.skipToContent}
      </a>
      <header className="bar">
        <Link to="/" className="wordmark" aria-label={m.homeLabel}>
          Hansard
        </Link>
        {signedIn && (
          <nav className="bar-links" aria-label={m.navigation}>
            <Link to="/" activeOptions={{ exact: true, includeSearch: false }}>
              {m.library}
            </Link>
            {sectionsOf(signedIn.actions).length > 0 && (
              <Link to="/operations/{-$section}">{m.operations.title}</Link>
            )}
          </nav>
        )}
        <div className="bar-end">
          {session.isSuccess && <RecordingMark />}
          <LanguageButton />
          <ThemeMenu theme={theme} />
          {signedIn && <AccountMenu session={signedIn} />}
        </div>
      </header>
      <OfflineBar />
      {signedIn ? (
        <UploadsProvider>
          <FocusOnNavigation />
          <Outlet />
        </UploadsProvider>
      ) : mustSignIn ? (
        <SignInPage />
      ) : (
        <main className="page" id="main" tabIndex={-1} aria-busy={session.isPending}>
          {session.isError ? (
            <ProblemNotice error={session.error} onRetry={() => void session.refetch()} />
          ) : (
            <p className="faint">{m.loading}</p>
          )}
        </main>
      )}
    </>
  );
}

/** The address is the router's: the link only moves the focus. */
function toMain(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

/** Whoever hears the page is told of a new one by its heading. */
function FocusOnNavigation() {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const first = useRef(path);
  useEffect(() => {
    if (first.current === path) return;
    first.current = path;
    document.querySelector<HTMLElement>('#main')?.focus();
    scrollTo(0, 0);
  }, [path]);
  return null;
}
