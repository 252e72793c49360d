import { chooseTemplate, type ChosenTemplate } from '../templates/choose-template.ts';
import { parseLanguage } from './job-options.ts';

/** As the user typed it; undefined: not given, and as the minutes are. */
export interface TypedSummary {
  readonly language?: string | undefined;
  readonly template?: string | undefined;
  /** The only target to ask. */
  readonly target?: string | undefined;
}

/**
 * A summary written anew, and the value of the template that it names. Throws `InvalidOptionError`.
 *
 * @param folder that the path of a template's file is relative to
 */
export async function parseSummaryChange(typed: TypedSummary, folder: string) {
  const language = parseLanguage(typed.language, 'the minutes keep their language');
  const chosen: ChosenTemplate | null | undefined =
    typed.template === undefined ? undefined : await chooseTemplate(typed.template, folder);
  return {
    change: {
      kind: 'resummarize' as const,
      language,
      target: typed.target ?? null,
      ...(chosen !== undefined && {
        template: chosen && { name: chosen.template.name, sha256: chosen.sha256 },
      }),
    },
    template: chosen ?? null,
  };
}
