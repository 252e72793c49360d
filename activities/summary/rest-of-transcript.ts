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

/** A cut of the transcript as it was. */
export interface EarlierCut<T extends Lines> {
  /** In order, without gaps. */
  readonly sections: readonly T[];
  /** Whether they are all of it, or its beginning only. */
  readonly isWhole: boolean;
}

/** A section that stays, or a part of the transcript that is to be cut. */
export type Part<T extends Lines> = { readonly kept: T } | { readonly open: Rest };

/**
 * A transcript in parts, in order: the sections of an earlier cut that it still has, and what is before, between and behind
 * them. A section that began or ended with a segment is left where that segment has got other words there: they would be
 * read without the ones that they belong to.
 */
export function partsOf<T extends Lines>(
  segments: readonly Segment[],
  language: string | null,
  { sections, isWhole }: EarlierCut<T>,
): Part<T>[] {
  const indexOf = new Map(segments.map(({ id }, index) => [id, index]));
  const lines = sections.map(({ text }) => parseLines(text));
  const parts: Part<T>[] = [];
  let left: Rest = { segments, used: 0 };
  for (const [index, section] of sections.entries()) {
    const [first, ...others] = lines[index] ?? [];
    if (first === undefined) continue;
    const at = (indexOf.get(first.id) ?? -1) - (segments.length - left.segments.length);
    const segment = left.segments[at];
    if (segment === undefined) continue;

    const used = at === 0 ? left.used : 0;
    const line = lineOf(segment, language).text;
    const isInside = lines[index - 1]?.at(-1)?.id === first.id;
    // A segment longer than a section may have several lines in one.
    const other = others.findIndex(({ id }) => id !== first.id);
    const within = [first, ...others.slice(0, other === -1 ? others.length : other)];
    const said = within.map(({ text }) => text).join('');
    const from = !isInside
      ? 0
      : other === -1
        ? line.indexOf(said, used)
        : line.length - said.length;
    if (from < used) continue;
    const behind = behindSection(
      { segments: left.segments.slice(at), used: from },
      language,
      section,
    );
    if (behind === 'differs' || behind === 'open') continue;
    const last = others.at(-1) ?? first;
    const next = lines[index + 1]?.[0];
    // The last section of a whole cut ended where the transcript did: it has room for what follows now.
    const goesOn =
      next === undefined
        ? isWhole && behind.segments.length > 0
        : next.id !== last.id && behind.used > 0;
    if (goesOn) continue;

    const before = upTo(left, at, from);
    if (before !== null) parts.push({ open: before });
    parts.push({ kept: section });
    left = behind;
  }
  if (left.segments.length > 0) parts.push({ open: left });
  return parts;
}

/** What is before this character of this segment's line; null: nothing. */
function upTo({ segments, used }: Rest, at: number, from: number): Rest | null {
  const whole = segments.slice(0, at);
  const segment = segments[at];
  if (segment === undefined || from <= (at === 0 ? used : 0)) {
    return whole.length === 0 ? null : { segments: whole, used };
  }
  return { segments: [...whole, { ...segment, text: segment.text.slice(0, from) }], used };
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
