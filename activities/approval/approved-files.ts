import { sha256 } from '../../adapters/identity/digest.ts';
import type { Export } from '../minutes/render/render-exports.ts';

/** The digests of an approved version's files, a line each, as `sha256sum --check` reads them. */
export const approvedFiles = (exports: readonly Export[]): string =>
  exports
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, body }) => `${sha256(body)}  ${name}\n`)
    .join('');
