import {
  isTranscribed,
  toIsoLanguage,
} from '../../adapters/inference/protocols/reading/iso-language.ts';
import {
  isoDateSchema,
  MOST_FILES,
  type OutputOptions,
} from '../../workflows/contracts/job-input.ts';
import { InvalidOptionError } from '../config.ts';

/** As the user typed it; undefined: not given. */
export interface TypedJobOptions {
  readonly title?: string | undefined;
  readonly date?: string | undefined;
  readonly language?: string | undefined;
  readonly attendees?: string | undefined;
  readonly image: boolean;
}

/**
 * Throws `InvalidOptionError`, which names the option and what it takes, and never repeats an attendee's name.
 *
 * @param template the `id` of the chosen one
 */
export function parseJobOptions(
  typed: TypedJobOptions,
  template: OutputOptions['template'] = 'standard',
): {
  readonly title: string | null;
  readonly options: OutputOptions;
} {
  return {
    title: parseTitle(typed.title),
    options: {
      date: parseDate(typed.date),
      language: parseLanguage(typed.language),
      attendees: parseAttendees(typed.attendees),
      template,
      image: typed.image,
    },
  };
}

/**
 * The files of one recording. Throws `InvalidOptionError` for several without `join`: whether they are one meeting or
 * several is not ours to guess.
 */
export function parseFiles(
  files: readonly string[],
  { join = false }: { readonly join?: boolean | undefined },
): readonly string[] {
  if (files.length > 1 && !join) {
    throw new InvalidOptionError(
      `submit takes one recording, and ${files.length} files were given: with --join they are one, in this order; ` +
        'otherwise submit each',
    );
  }
  if (files.length <= MOST_FILES) return files;
  throw new InvalidOptionError(`--join takes at most ${MOST_FILES} files`);
}

function parseTitle(text: string | undefined): string | null {
  const title = text?.normalize('NFC').trim().replaceAll(/\s+/g, ' ');
  if (title === undefined) return null;
  if (title === '' || title.length > 200 || hasControls(title)) {
    throw new InvalidOptionError('--title takes 1 to 200 characters, and no control characters');
  }
  return title;
}

function parseDate(text: string | undefined): string | null {
  if (text === undefined) return null;
  const date = isoDateSchema.safeParse(text.trim());
  if (date.success) return date.data;
  throw new InvalidOptionError(
    `--date ${JSON.stringify(text)} is not a calendar day: write it as YYYY-MM-DD, such as 2026-03-02`,
  );
}

/**
 * Takes codes, tags such as `pt-BR`, and English names; gives what the models that transcribe know.
 *
 * @param otherwise what happens without the option, for the error
 */
export function parseLanguage(
  text: string | undefined,
  otherwise = 'the language is detected',
): string | null {
  if (text === undefined) return null;
  const code = toIsoLanguage(text);
  if (code !== null && isTranscribed(code)) return code;
  throw new InvalidOptionError(
    `--language ${JSON.stringify(text)} is no language of ISO 639-1 that the models know: it takes a code or an ` +
      `English name, such as en, pt-BR or Norwegian. Leave it out, and ${otherwise}`,
  );
}

/** Keeps the user's order. Semicolons separate names with commas: "Smith, John; Lee, Ann". */
function parseAttendees(text: string | undefined): string[] {
  if (text === undefined) return [];
  const names = text
    .split(text.includes(';') ? ';' : ',')
    .map((name) => name.normalize('NFC').trim().replaceAll(/\s+/g, ' '))
    .filter((name) => name !== '');
  const attendees = [...new Set(names)];
  if (attendees.length > 200 || attendees.some((name) => name.length > 100 || hasControls(name))) {
    throw new InvalidOptionError(
      '--attendees takes at most 200 names of at most 100 characters, separated by commas or semicolons, without control characters',
    );
  }
  return attendees;
}

/** Also characters that are broken: neither can be stored. */
const hasControls = (text: string): boolean => /[\p{Cc}\p{Cs}]/u.test(text);
