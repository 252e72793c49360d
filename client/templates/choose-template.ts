import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { digestOf } from '../../adapters/identity/digest.ts';
import { TEMPLATE_LIMITS, type Template } from '../../workflows/contracts/template.ts';
import { InvalidOptionError } from '../config.ts';
import { BUILT_IN } from './built-in-names.ts';
import { parseTemplate } from './template-file.ts';

export interface ChosenTemplate {
  /** What a job is known by: the name of a built-in template, or the digest of the user's own. */
  readonly id: string;
  readonly sha256: string;
  readonly template: Template;
}

/**
 * The template that the user named: a built-in one, or the path of a YAML file, relative to `folder`. Null: the
 * standard one. Throws `InvalidOptionError`.
 */
export async function chooseTemplate(
  named: string,
  folder: string,
): Promise<ChosenTemplate | null> {
  if (named === 'standard') return null;
  const builtIn = BUILT_IN.find((name) => name === named);
  const template =
    builtIn === undefined
      ? parseTemplate(named, await readText(named, resolve(folder, named)))
      : await readBuiltIn(builtIn);
  const sha256 = digestOf(template);
  return { id: builtIn ?? sha256, sha256, template };
}

export async function readBuiltIn(name: (typeof BUILT_IN)[number]): Promise<Template> {
  const file = `${name}.yaml`;
  return parseTemplate(file, await readFile(new URL(`built-in/${file}`, import.meta.url), 'utf8'));
}

async function readText(named: string, path: string): Promise<string> {
  const names = ['standard', ...BUILT_IN].join(', ');
  const facts = await stat(path).catch(() => null);
  if (facts?.isFile() !== true) {
    throw new InvalidOptionError(
      `--template ${JSON.stringify(named)} is no template and no file: it takes ${names}, or the path of a YAML file`,
    );
  }
  if (facts.size > TEMPLATE_LIMITS.bytes) {
    throw new InvalidOptionError(`${named} is too large for a template: it has at most 64 KiB`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    throw new InvalidOptionError(
      `--template ${JSON.stringify(named)} cannot be read: it must be a YAML file in UTF-8`,
      { cause },
    );
  }
}
