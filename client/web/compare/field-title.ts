import type { Messages } from '../messages/en.ts';
import type { ComparedField } from './compare-minutes.ts';

/** How a field is called; a section of a template by its own title. */
export const fieldTitle = ({ field, section }: ComparedField, m: Messages): string =>
  field === 'sections' ? (section?.title ?? '') : m.fields[field];
