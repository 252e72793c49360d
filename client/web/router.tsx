import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';
import { JobPage } from './job/job-page.tsx';
import { isStatusFilter } from './library/status-filter.ts';
import { LibraryPage } from './library/library-page.tsx';
import { AppFrame } from './shell/app-frame.tsx';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { returnToAddress } from './shell/sign-in-address.ts';

/** Where one can be. The address is behind a #, so that the gateway serves one page. */

const rootRoute = createRootRoute({ component: AppFrame, notFoundComponent: NotFoundPage });

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

const jobRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/jobs/$id',
  validateSearch: ({ version }) => ({
    ...(typeof version === 'number' && Number.isInteger(version) && version > 0 && { version }),
  }),
  component: function Job() {
    const { id } = jobRoute.useParams();
    return <JobPage key={id} id={id} version={jobRoute.useSearch().version} />;
  },
});

/** Whoever follows a link for signing in and is signed in already. */
const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  component: () => <Navigate to="/" replace />,
});

/** Fetched by those who may see it, when they do. */
const OperationsPage = lazyRouteComponent(
  () => import('./operations/operations-page.tsx'),
  'OperationsPage',
);

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

returnToAddress();

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    libraryRoute,
    jobRoute,
    operationsRoute,
    webhookRoute,
    keysRoute,
    signInRoute,
  ]),
  history: createHashHistory(),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
