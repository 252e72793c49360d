import { templateKey } from '../../adapters/object-store/keys.ts';
import type { ObjectStore } from '../../adapters/object-store/object-store.ts';
import type { JobInput } from '../../workflows/contracts/job-input.ts';
import type { Minutes } from '../../workflows/contracts/minutes.ts';
import { LISTS, templateSchema } from '../../workflows/contracts/template.ts';
import { outlineOf, STANDARD, type Outline } from './outline.ts';

/** A job's template in the language of its transcript (ISO 639-1; null: not known). */
export async function readOutline(
  store: ObjectStore,
  job: Pick<JobInput, 'tenant' | 'jobId' | 'template'>,
  language: string | null,
): Promise<Outline> {
  const { tenant, jobId, template } = job;
  if (template === undefined) return STANDARD;
  const key = templateKey(tenant, jobId, template.sha256);
  return outlineOf(await store.getJson(key, templateSchema), language);
}

/** What the minutes say of the template they follow. */
export const templateFacts = (
  { template }: Pick<JobInput, 'template'>,
  { lists }: Outline,
): Minutes['template'] =>
  template === undefined
    ? { id: 'standard', version: 1 }
    : {
        id: template.name,
        version: 1,
        sha256: template.sha256,
        ...(lists.length < LISTS.length && { lists: [...lists] }),
      };
