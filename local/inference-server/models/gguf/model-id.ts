import { basename } from 'node:path';

/** The name of a GGUF file's model in requests and in `hansard.yaml`: another file is another model. */
export const ggufModelId = (path: string): string =>
  `gguf/${basename(path)
    .replace(/\.gguf$/i, '')
    .replaceAll(/[^\w.-]/g, '-')}`;
