import { z } from 'zod';

/**
 * The `schemaVersion` of a stored document: a reader takes every version up to its newest. Schemas of stored documents
 * are plain objects, which leave out fields that they do not know. How they may change: docs/decisions/0024.
 */
export const schemaVersion = (newest: number) => z.int().positive().max(newest);
