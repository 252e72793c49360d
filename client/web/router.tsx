import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
} from '@tanstack/react-router';
import { isStatusFilter } from './library/status-filter.ts';
import { LibraryPage } from './library/library-page.tsx';
import { AppFrame } from './shell/app-frame.tsx';
import { BrokenPage } from './shell/broken-page.tsx';
import { lazyPage } from './shell/lazy-page.tsx';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { returnToAddress } from './shell/sign-in-address.ts';

/** Where one can be. The address is behind a #, so that the gateway serves one page. */

const rootRoute = createRootRoute({ component: AppFrame, notFoundComponent: NotFoundPage });

// What is not seen first comes when it is needed.
const JobPage = lazyPage(async () => (await import('./job/job-page.tsx')).JobPage);
const ComparePage = lazyPage(async () => (await import('./compare/compare-page.tsx')).ComparePage);
const OperationsPage = lazyPage(
  async () => (await import('./operations/operations-page.tsx')).OperationsPage,
);
const RecordPage = lazyPage(async () => (await import('./record/record-page.tsx')).RecordPage);

const libraryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: ({ words, status }) => ({
    ...(typeof words === 'string' && words.trim() !== '' && { words }),
    ...(isStatusFilter(status) && { status }),
  }),
  component: function Library() {
    return <LibraryPage search={libraryRoute.useSearch()} />;
  },
});

const isVersion = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0;

const jobRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/$id',
  validateSearch: ({ version }) => ({ ...(isVersion(version) && { version }) }),
  component: function Job() {
    const { id } = jobRoute.useParams();
    return <JobPage key={id} id={id} version={jobRoute.useSearch().version} />;
  },
});

const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/$id/compare',
  validateSearch: ({ left, right }) => ({
    ...(isVersion(left) && { left }),
    ...(isVersion(right) && { right }),
  }),
  component: function Compare() {
    const { id } = compareRoute.useParams();
    const { left, right } = compareRoute.useSearch();
    return <ComparePage key={id} id={id} left={left} right={right} />;
  },
});

/** Whoever follows a link for signing in and is signed in already. */
const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: () => <Navigate to="/" replace />,
});

const operationsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/operations/{-$section}',
  component: function Operations() {
    return <OperationsPage section={operationsRoute.useParams().section} />;
  },
});

const webhookRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/operations/webhooks/$id',
  component: function Webhook() {
    return <OperationsPage section="webhooks" webhook={webhookRoute.useParams().id} />;
  },
});

/** Where the keys were. */
const keysRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/keys',
  component: () => <Navigate to="/operations/{-$section}" params={{ section: 'keys' }} replace />,
});

const recordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/record',
  component: RecordPage,
});

returnToAddress();

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    libraryRoute,
    jobRoute,
    compareRoute,
    operationsRoute,
    webhookRoute,
    keysRoute,
    signInRoute,
    recordRoute,
  ]),
  history: createHashHistory(),
  defaultErrorComponent: BrokenPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
