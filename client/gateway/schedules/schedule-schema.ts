import { z } from 'zod';

export const scheduleSchema = z
  .object({
    target: z.string().describe('The target that it keeps warm'),
    paused: z.boolean(),
    everyMinutes: z.number().nullable(),
    timeZone: z.string(),
    next: z.array(z.iso.datetime()).describe('The next runs, at most 5'),
    last: z
      .array(z.object({ at: z.iso.datetime(), outcome: z.string() }))
      .describe(
        'The last runs, newest first, at most 5: warm, skipped, cold, or what became of it',
      ),
  })
  .meta({ id: 'Schedule' });
