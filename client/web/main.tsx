import './style/tokens.css';
import './style/base.css';
import './style/controls.css';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ProblemError } from './api/problem.ts';
import { sessionQuery } from './api/queries.ts';
import { router } from './router.tsx';
import { LanguageProvider } from './shell/language.tsx';

const client = new QueryClient({
  queryCache: new QueryCache({
    // A session that ends while somebody works: ask who they are, which shows the sign-in.
    onError: (error, query) => {
      const isOfSession = query.queryKey[0] === sessionQuery.queryKey[0];
      if (!isOfSession && error instanceof ProblemError && error.status === 401) {
        void client.resetQueries(sessionQuery);
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What was refused stays refused.
      retry: (failures, error) =>
        failures < 2 &&
        error instanceof ProblemError &&
        (error.status === 0 || error.status >= 500),
    },
  },
});

const root = document.querySelector('#root');
if (root === null) throw new TypeError('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <LanguageProvider>
        <RouterProvider router={router} />
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
