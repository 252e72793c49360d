import { spokenWords } from './spoken-words.ts';

export interface WordErrors {
  /** Errors divided by words of the reference: 0 is perfect; insertions can bring it above 1. */
  readonly rate: number;
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
  /** Words of the reference. */
  readonly words: number;
}

/**
 * Compares a transcript with what was said (English), after `spokenWords` on both sides. Of the alignments with the fewest
 * errors, it counts one with the most substitutions.
 */
export function wordErrorRate(reference: string, hypothesis: string): WordErrors {
  const said = spokenWords(reference);
  const heard = spokenWords(hypothesis);
  const { substitutions, insertions, deletions } = align(said, heard);
  const errors = substitutions + insertions + deletions;
  return {
    rate: said.length === 0 ? Math.sign(errors) : errors / said.length,
    substitutions,
    insertions,
    deletions,
    words: said.length,
  };
}

interface Path {
  readonly substitutions: number;
  readonly insertions: number;
  readonly deletions: number;
}

/** Levenshtein distance, row by row; each cell holds the errors on its path. */
function align(said: readonly string[], heard: readonly string[]): Path {
  let above: Path[] = [{ substitutions: 0, insertions: 0, deletions: 0 }];
  for (let column = 1; column <= heard.length; column += 1) {
    above.push({ substitutions: 0, insertions: column, deletions: 0 });
  }
  for (const word of said) {
    const row: Path[] = [{ ...cell(above, 0), deletions: cell(above, 0).deletions + 1 }];
    for (const [index, other] of heard.entries()) {
      const diagonal = cell(above, index);
      const left = cell(row, index);
      const up = cell(above, index + 1);
      const candidates: Path[] = [
        word === other ? diagonal : { ...diagonal, substitutions: diagonal.substitutions + 1 },
        { ...up, deletions: up.deletions + 1 },
        { ...left, insertions: left.insertions + 1 },
      ];
      row.push(candidates.reduce((best, path) => (errorsOf(path) < errorsOf(best) ? path : best)));
    }
    above = row;
  }
  return cell(above, heard.length);
}

function cell(row: readonly Path[], index: number): Path {
  const path = row[index];
  if (!path) throw new RangeError(`no column ${index}`);
  return path;
}

const errorsOf = ({ substitutions, insertions, deletions }: Path): number =>
  substitutions + insertions + deletions;
