import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** What is said in a synthesized recording, and what its minutes should contain. */
const meetingScriptSchema = z.strictObject({
  title: z.string(),
  /** ISO date of the meeting. */
  date: z.iso.date(),
  language: z.string(),
  speakers: z.array(z.strictObject({ name: z.string(), voice: z.string() })),
  sentences: z.array(
    z.strictObject({
      speaker: z.string(),
      text: z.string(),
      kind: z.enum(['decision', 'action', 'question']).optional(),
    }),
  ),
  decisions: z.array(z.string()),
  actionItems: z.array(
    z.strictObject({
      task: z.string(),
      owner: z.string(),
      /** The words of the recording. */
      dueText: z.string(),
      /** ISO date. */
      due: z.iso.date(),
    }),
  ),
  openQuestions: z.array(z.string()),
});
export type MeetingScript = z.infer<typeof meetingScriptSchema>;

/** Reads and validates a script. */
export async function meetingScript(path: string | URL): Promise<MeetingScript> {
  return meetingScriptSchema.parse(JSON.parse(await readFile(path, 'utf8')));
}
