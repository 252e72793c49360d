import { z } from 'zod';
import { revisionSchema } from './revision.ts';
import { schemaVersion } from './schema-version.ts';

/** Beside the other files of a version that a person made; `result` does not write it. */
export const CHANGES_FILE = 'changes.json';

/** Any JSON. It names itself, so whoever describes it needs a name for it. */
const jsonSchema = z.json().register(z.globalRegistry, { id: 'Json' });

/** One difference between two versions. `was` null: it is new; `is` null: it was removed. */
const differenceSchema = z.object({
  file: z.enum(['minutes', 'transcript']),
  /** `title`, `decisions`, `sections.risks`, `segments`, … */
  field: z.string(),
  was: jsonSchema,
  is: jsonSchema,
});
export type Difference = z.infer<typeof differenceSchema>;

/** `versions/{n}/changes.json`: what a person's change made different from the version before. */
export const versionChangesSchema = revisionSchema.extend({
  schemaVersion: schemaVersion(1),
  differences: z.array(differenceSchema),
});
export type VersionChanges = z.infer<typeof versionChangesSchema>;
