import { join } from 'node:path';

/** Where `npm run build` puts the page. */
export const PAGE_FOLDER = join(import.meta.dirname, '..', '..', 'web', 'dist');
