import { z } from 'zod';
import { describeIssue, strictFields } from '../../adapters/settings/describe-issue.ts';
import { readYaml, YamlTextError } from '../../adapters/settings/yaml-text.ts';
import {
  LENGTHS,
  LISTS,
  TEMPLATE_LIMITS,
  type Template,
} from '../../workflows/contracts/template.ts';
import { InvalidOptionError } from '../config.ts';

/** A text on one line, in composed letters: what looks the same is the same. */
const text = (longest: number) =>
  z
    .string()
    .overwrite((written) =>
      written
        .normalize('NFC')
        .replaceAll(/[\s\p{Cc}]+/gu, ' ')
        .trim(),
    )
    .min(1)
    .max(longest);

/** A text for every meeting, or one for each language. */
function words(longest: number, describes: string) {
  const one = text(longest);
  const byLanguage = z.record(z.string().regex(/^[a-z]{2,3}$/), one).refine((texts) => {
    const languages = Object.keys(texts).length;
    return languages > 0 && languages <= TEMPLATE_LIMITS.languages;
  });
  const error = `must be a text of 1 to ${longest} characters, or one for each language, by codes such as en and zh`;
  return z.union([one, byLanguage], { error }).describe(describes);
}

const list = z.enum(LISTS);

const section = strictFields({
  title: words(TEMPLATE_LIMITS.title, 'The heading'),
  instruction: words(TEMPLATE_LIMITS.instruction, 'What to write under the heading'),
  like: list
    .optional()
    .describe('Where no language model writes, rules fill the section as they fill this list'),
});

const templateFileSchema = strictFields({
  name: text(TEMPLATE_LIMITS.name).describe('The documents show it'),
  tone: words(TEMPLATE_LIMITS.tone, 'How the minutes are written').optional(),
  length: z.enum(LENGTHS).default('medium').describe('Of the summary and of each section'),
  lists: z
    .array(list)
    .max(LISTS.length)
    .default([...LISTS])
    .describe('The standard lists that the minutes have'),
  sections: z.array(section).max(TEMPLATE_LIMITS.sections).default([]),
});

/** The JSON schema of a template's file: what editors check it with. */
export const templateJsonSchema = (): Record<string, unknown> => ({
  title: 'A template of minutes',
  ...z.toJSONSchema(templateFileSchema, { io: 'input' }),
});

/** The template in a YAML text; `path` is its name for messages. Throws `InvalidOptionError` with a line for each fault. */
export function parseTemplate(path: string, text: string): Template {
  const { value, lineOf } = yamlOf(path, text);
  const parsed = templateFileSchema.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => {
      const key = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
      return `${path}: line ${lineOf([...issue.path, ...key])}: ${describeIssue(issue)}.`;
    });
    throw new InvalidOptionError(faults.slice(0, MOST_FAULTS).join('\n'));
  }
  const { name, tone, length, lists, sections } = parsed.data;
  const template: Template = {
    schemaVersion: 1,
    name,
    ...(tone !== undefined && { tone }),
    length,
    lists: LISTS.filter((one) => lists.includes(one)),
    sections: sections.map(({ title, instruction, like }) => ({
      title,
      instruction,
      ...(like !== undefined && { like }),
    })),
  };
  // Aliases may repeat what stands in the file once.
  if (Buffer.byteLength(JSON.stringify(template)) > TEMPLATE_LIMITS.bytes) {
    throw new InvalidOptionError(`${path}: with its aliases written out, it has more than 64 KiB.`);
  }
  return template;
}

const MOST_FAULTS = 10;

function yamlOf(path: string, text: string): ReturnType<typeof readYaml> {
  try {
    return readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlTextError)) throw error;
    throw new InvalidOptionError(`${path}: ${error.message}`);
  }
}
