import type { Segment } from '../../workflows/contracts/transcript.ts';
import { joinLines, lineOf, parseLines } from '../transcript/transcript-line.ts';

/** What is left of a transcript behind its first sections. */
export interface Rest {
  readonly segments: readonly Segment[];
  /** Characters of the first segment's line that are in a section already. */
  readonly used: number;
}

/** A section, as far as it matters here. */
interface Lines {
  /** The lines as sent. */
  readonly text: string;
}

/** Those of these sections that a rest begins with, and what is left behind them. */
export function keptOf<T extends Lines>(
  rest: Rest,
  language: string | null,
  sections: readonly T[],
): { readonly kept: readonly T[]; readonly rest: Rest } {
  let left = rest;
  const kept: T[] = [];
  for (const section of sections) {
    const behind = behindSection(left, language, section);
    if (behind === 'differs' || behind === 'open') break;
    left = behind;
    kept.push(section);
  }
  return { kept, rest: left };
}

/**
 * What is left of a rest behind a section that it begins with. `open`: it may, as far as the rest goes; `differs`: it says
 * something else.
 */
export function behindSection(
  { segments, used }: Rest,
  language: string | null,
  section: Lines,
): Rest | 'open' | 'differs' {
  const lines = parseLines(section.text);
  if (joinLines(lines) !== section.text) return 'differs';
  let [at, from] = [0, used];
  for (const { head, text } of lines) {
    const segment = segments[at];
    if (segment === undefined) return 'open';
    const line = lineOf(segment, language);
    if (line.head !== head || !line.text.startsWith(text, from)) return 'differs';
    from += text.length;
    if (from === line.text.length) [at, from] = [at + 1, 0];
  }
  return { segments: segments.slice(at), used: from };
}
