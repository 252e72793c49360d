import { Link } from '@tanstack/react-router';
import { useWording } from './language.tsx';

export function NotFoundPage() {
  const { m } = useWording();
  return (
    <main className="page">
      <div className="empty">
        <h1>{m.pageNotFound}</h1>
        <Link to="/" className="button">
          {m.toLibrary}
        </Link>
      </div>
    </main>
  );
}
