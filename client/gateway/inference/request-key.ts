import { workKey, type Work } from '../../../adapters/identity/work-key.ts';

/** The key of what a request asks. Jobs ask the same models, and their answers are theirs: no job has such a key. */
export const requestKey = ({
  variant = {},
  ...work
}: Pick<Work, 'role' | 'input'> & Partial<Work>): string =>
  workKey({
    language: null,
    templateVersion: null,
    promptVersion: null,
    schemaDigest: null,
    ...work,
    variant: { asked: 'request', ...variant },
  });
