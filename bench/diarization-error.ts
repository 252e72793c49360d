/** Somebody speaks, in seconds. */
export interface Turn {
  readonly start: number;
  readonly end: number;
  readonly speaker: string;
}

/** Seconds of speech; where two speak at once, each counts. */
export interface DiarizationError {
  /** Of the reference, without the collars. */
  readonly speech: number;
  /** Nobody was found where somebody speaks, or fewer than speak. */
  readonly missed: number;
  readonly falseAlarm: number;
  /** Given to another speaker. */
  readonly confused: number;
  /** The sum of the three, as a share of the speech. */
  readonly rate: number;
}

/**
 * Diarization error rate, overlaps counted. What lies within `collarSeconds` of a start or end in the reference is not scored.
 * Each speaker found stands for at most one of the reference, so that most of the time is right.
 */
export function diarizationError(
  reference: readonly Turn[],
  found: readonly Turn[],
  { collarSeconds = 0.25 }: { readonly collarSeconds?: number } = {},
): DiarizationError {
  const referenceSpeakers = speakersOf(reference);
  const foundSpeakers = speakersOf(found);
  const pieces = piecesOf(reference, found, collarSeconds).map((piece) => ({
    seconds: piece.end - piece.start,
    spoken: speakingIn(reference, piece, referenceSpeakers),
    heard: speakingIn(found, piece, foundSpeakers),
  }));
  const together = referenceSpeakers.map(() => foundSpeakers.map(() => 0));
  for (const { seconds, spoken, heard } of pieces) {
    for (const a of spoken) {
      const row = together[a] ?? [];
      for (const b of heard) row[b] = (row[b] ?? 0) + seconds;
    }
  }
  const standsFor = bestAssignment(together);
  const error = { speech: 0, missed: 0, falseAlarm: 0, confused: 0 };
  for (const { seconds, spoken, heard } of pieces) {
    const right = [...spoken].filter((one) => heard.has(standsFor[one] ?? -1)).length;
    error.speech += seconds * spoken.size;
    error.missed += seconds * Math.max(0, spoken.size - heard.size);
    error.falseAlarm += seconds * Math.max(0, heard.size - spoken.size);
    error.confused += seconds * (Math.min(spoken.size, heard.size) - right);
  }
  const rate = (error.missed + error.falseAlarm + error.confused) / error.speech;
  return { ...error, rate };
}

/** Turns in RTTM: type, file, channel, start, length, two unused fields, speaker. */
export const readRttm = (text: string): readonly Turn[] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
    .map((fields) => ({
      start: Number(fields[3]),
      end: Number(fields[3]) + Number(fields[4]),
      speaker: fields[7] ?? '',
    }));

const speakersOf = (turns: readonly Turn[]) => [...new Set(turns.map(({ speaker }) => speaker))];

/** Cuts time wherever anything changes, and leaves out the collars. */
function piecesOf(reference: readonly Turn[], found: readonly Turn[], collar: number) {
  const edges = reference.flatMap(({ start, end }) => [start, end]);
  const cuts = [
    ...edges.flatMap((edge) => [edge - collar, edge, edge + collar]),
    ...found.flatMap(({ start, end }) => [start, end]),
  ].toSorted((a, b) => a - b);
  return cuts
    .slice(1)
    .map((end, index) => ({ start: cuts[index] ?? end, end }))
    .filter(({ start, end }) => {
      const middle = (start + end) / 2;
      return end > start && edges.every((edge) => Math.abs(middle - edge) >= collar);
    });
}

function speakingIn(
  turns: readonly Turn[],
  piece: { readonly start: number; readonly end: number },
  speakers: readonly string[],
): ReadonlySet<number> {
  const middle = (piece.start + piece.end) / 2;
  const speaking = turns.filter(({ start, end }) => start < middle && middle < end);
  return new Set(speaking.map(({ speaker }) => speakers.indexOf(speaker)));
}

/**
 * For each row the column that it gets, so that the sum of the gains is largest; -1: none, there are more rows than columns.
 * The Hungarian method: rows one by one, each along the cheapest path of changes.
 */
export function bestAssignment(gains: readonly (readonly number[])[]): number[] {
  const rows = gains.length;
  const columns = gains[0]?.length ?? 0;
  const size = Math.max(rows, columns);
  const cost = (row: number, column: number) => -(gains[row]?.[column] ?? 0);
  const rowPrice = Array.from({ length: size }, () => 0);
  const columnPrice = Array.from({ length: size }, () => 0);
  const rowOf = Array.from({ length: size }, () => -1);
  for (let added = 0; added < size; added += 1) {
    const slack = Array.from({ length: size }, () => Infinity);
    const cameFrom = Array.from({ length: size }, () => -1);
    const done = new Set<number>();
    let column = -1;
    let row = added;
    do {
      let next = -1;
      let least = Infinity;
      for (let other = 0; other < size; other += 1) {
        if (done.has(other)) continue;
        const reduced = cost(row, other) - (rowPrice[row] ?? 0) - (columnPrice[other] ?? 0);
        if (reduced < (slack[other] ?? 0)) {
          slack[other] = reduced;
          cameFrom[other] = column;
        }
        if ((slack[other] ?? 0) < least) {
          least = slack[other] ?? 0;
          next = other;
        }
      }
      rowPrice[added] = (rowPrice[added] ?? 0) + least;
      for (let other = 0; other < size; other += 1) {
        if (done.has(other)) {
          const owner = rowOf[other] ?? 0;
          rowPrice[owner] = (rowPrice[owner] ?? 0) + least;
          columnPrice[other] = (columnPrice[other] ?? 0) - least;
        } else slack[other] = (slack[other] ?? 0) - least;
      }
      done.add(next);
      column = next;
      row = rowOf[column] ?? -1;
    } while (row >= 0);
    for (let at = column; at >= 0;) {
      const before = cameFrom[at] ?? -1;
      rowOf[at] = before >= 0 ? (rowOf[before] ?? -1) : added;
      at = before;
    }
  }
  return Array.from({ length: rows }, (_, one) => {
    const column = rowOf.indexOf(one);
    return column < columns ? column : -1;
  });
}
