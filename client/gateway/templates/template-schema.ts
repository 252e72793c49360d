import { z } from 'zod';
import { LISTS } from '../../../workflows/contracts/template.ts';

/** What the routes of templates answer. */
export const templateSchema = z
  .object({
    name: z.string().describe('What POST /api/jobs and resummarize take'),
    lists: z.array(z.enum(LISTS)).describe('The standard lists that its minutes have'),
    sections: z.array(
      z.object({
        title: z
          .record(z.string(), z.string())
          .describe('The heading, by language (ISO 639); en is always there'),
      }),
    ),
  })
  .meta({ id: 'Template' });
