/** What messages name: routes and parameters, or the commands and options that do the same. */
export type Words = 'http' | 'command-line';

/** The words that a client asked for, in the header `Prefer` (RFC 7240). */
export const wordsOf = (prefer: string | string[] | undefined): Words =>
  prefer === PREFER_COMMANDS ? 'command-line' : 'http';

/** How the command line asks for its own words. */
export const PREFER_COMMANDS = 'words=command-line';

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
