import { Link } from '@tanstack/react-router';
import { useWording } from './language.tsx';
import { useTitle } from './use-title.ts';

export function NotFoundPage() {
  const { m } = useWording();
  useTitle(m.pageNotFound);
  return (
    <main className="page" id="main" tabIndex={-1}>
      <div className="empty">
        <h1>{m.pageNotFound}</h1>
        <Link to="/" className="button">
          {m.toLibrary}
        </Link>
      </div>
    </main>
  );
}
