import { lazy, Suspense, type ComponentType } from 'react';
import { useWording } from './language.tsx';

/**
 * A page that is fetched when it is first shown. Routes that show one have `BrokenPage` for what cannot be fetched. (The
 * router's own `lazyRouteComponent` is for a route's component itself: elsewhere it breaks the rules of `use`.)
 */
export function lazyPage<Shown extends object>(load: () => Promise<ComponentType<Shown>>) {
  const Page = lazy<ComponentType<Shown>>(async () => ({ default: await load() }));
  return function LazyPage(shown: Shown) {
    const { m } = useWording();
    return (
      <Suspense
        fallback={
          <main className="page" id="main" tabIndex={-1} aria-busy>
            <p className="faint">{m.loading}</p>
          </main>
        }
      >
        <Page {...shown} />
      </Suspense>
    );
  };
}
