/** A message of the command line, with routes for its commands and parameters for its options. */
export const inHttpWords = (message: string): string =>
  message
    .replaceAll(
      /npm run -s hansard -- (cancel|result|retry|versions|watch) ([a-z2-7]+)(?: --out DIR)?/g,
      (_, command: keyof typeof ROUTES, id: string) => ROUTES[command].replace(':id', id),
    )
    .replaceAll('npm run -s hansard -- list', 'GET /api/jobs')
    .replaceAll(/(?<![\w-])--(?=[a-z])/g, '');

const ROUTES = {
  cancel: 'POST /api/jobs/:id/cancel',
  result: 'GET /api/jobs/:id/exports',
  retry: 'POST /api/jobs/:id/retry',
  versions: 'GET /api/jobs/:id/versions',
  watch: 'GET /api/jobs/:id/events',
} as const;
