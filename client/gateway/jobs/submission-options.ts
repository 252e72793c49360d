import { z } from 'zod';
import { workingFolder } from '../../config.ts';
import { parseApproval } from '../../jobs/approval-options.ts';
import { parseJobOptions } from '../../jobs/job-options.ts';
import { requireTranscribed } from '../../jobs/require-transcribed.ts';
import type { Submission } from '../../jobs/submit-job.ts';
import { BUILT_IN } from '../../templates/built-in-names.ts';
import { chooseTemplate } from '../../templates/choose-template.ts';
import type { GatewayContext } from '../gateway-app.ts';
import { flag, isOn } from './job-parameters.ts';

/** A template that Hansard has: files of one's own are the command line's. */
export const builtInTemplate = z.enum(['standard', ...BUILT_IN]);

const textOptions = {
  name: z.string().max(1_000).optional().describe('Name of the file; its end tells transcripts'),
  title: z.string().max(1_000).optional().describe('Title of the minutes'),
  date: z.string().max(40).optional().describe('Day of the meeting, YYYY-MM-DD'),
  language: z
    .string()
    .max(100)
    .optional()
    .describe('Spoken language: a code or an English name (default: detected)'),
  attendees: z
    .string()
    .max(30_000)
    .optional()
    .describe('Who attended: separated by commas, or by semicolons'),
  template: builtInTemplate.default('standard'),
  approver: z.string().max(1_000).optional().describe('With approve: who is asked'),
  deadline: z
    .string()
    .max(40)
    .optional()
    .describe('With approve: how long a draft waits, such as 30m, 12h or 7d (default: 7d)'),
};

/** The options of `submit` as an address has them. */
export const optionsInAddress = z.strictObject({
  ...textOptions,
  image: flag.describe('false: without an illustration'),
  approve: flag.describe('true: the minutes are a draft until somebody approves them'),
  force: flag.describe('true: make the minutes again, and pay again, even if they exist'),
});

const switchOf = (byDefault: boolean) => z.boolean().default(byDefault);

/** The same, as JSON has them. */
export const optionsInJson = {
  ...textOptions,
  image: switchOf(true).describe('false: without an illustration'),
  approve: switchOf(false).describe('true: the minutes are a draft until somebody approves them'),
  force: switchOf(false).describe(
    'true: make the minutes again, and pay again, even if they exist',
  ),
};

/** With the switches as they are in JSON. */
export const fromAddress = (typed: z.infer<typeof optionsInAddress>) => ({
  ...typed,
  image: typed.image !== 'false',
  approve: isOn(typed.approve),
  force: isOn(typed.force),
});

/** Everything of a submission but its files. Throws `InvalidOptionError`. */
export async function submissionOf(
  { env }: GatewayContext,
  tenant: string,
  typed: ReturnType<typeof fromAddress>,
): Promise<Omit<Submission, 'paths'>> {
  const template = await chooseTemplate(typed.template, '/');
  const { title, options } = parseJobOptions(typed, template?.id);
  await requireTranscribed(options.language, env, workingFolder(env));
  const approval = parseApproval({ ...typed, approve: typed.approve ? true : undefined });
  return { tenant, title, options, template, approval, force: typed.force };
}
