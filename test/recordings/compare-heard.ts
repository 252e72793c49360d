import type { HeardSound } from '../../workflows/contracts/chunk-plan.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';
import { lateness, shareFound } from './compare-words.ts';
import type { Kind } from './kind.ts';
import type { Heard } from './transcribe-kinds.ts';
import type { Piece, Workbench } from './workbench.ts';

/** A recording's figures in a line, and in what they differ from what is expected of its kind. */
export interface Comparison {
  readonly figures: string;
  readonly differences: readonly string[];
}

/** Compares what was heard of a kind with what was heard of each piece by itself. */
export async function compareKind(
  kind: Kind,
  jobs: ReadonlyMap<string, Promise<Heard | Error>>,
  pieces: readonly Piece[],
  at: Workbench,
): Promise<Comparison> {
  const said: [Piece, Transcript][] = [];
  for (const piece of pieces) {
    const heard = await jobs.get(`${piece}.wav`);
    if (heard === undefined || heard instanceof Error) throw heard ?? new Error(`no ${piece}`);
    said.push([piece, heard.transcript]);
  }
  const heard = await jobs.get(kind.file);
  const { seconds } = kind.expected;
  const expected = typeof seconds === 'number' ? seconds : await seconds(at);
  return compareHeard(kind, expected, heard, new Map(said));
}

/** Whether what was said was heard when it was said, and what is missing is told. */
function compareHeard(
  { expected }: Kind,
  expectedSeconds: number,
  heard: Heard | Error | undefined,
  said: ReadonlyMap<Piece, Transcript>,
): Comparison {
  if (heard === undefined || heard instanceof Error) {
    const message = heard?.message ?? 'no job was made';
    return { figures: 'failed', differences: [message] };
  }
  const { minutes, transcript, code } = heard;
  const { coverage, sound } = minutes;
  const differences: string[] = [];
  const require = (isSo: boolean, message: string): void => {
    if (!isSo) differences.push(message);
  };

  const seconds = minutes.durationSeconds ?? 0;
  require(Math.abs(seconds - expectedSeconds) < LENGTH_TOLERANCE, `it lasts ${seconds} s`);
  const words = expected.words.map((piece) => {
    const alone = said.get(piece.piece);
    const found = alone ? shareFound(piece, alone, transcript) : 0;
    const late = alone ? lateness(piece, alone, transcript) : null;
    const place = `${piece.piece}@${piece.at}`;
    require(found >= (piece.share ?? 0.85), `${place}: of its words ${found} are found`);
    require(late === null || Math.abs(late) <= 0.6, `${place}: it is ${late} s late`);
    return `${place} ${(100 * found).toFixed(0)} %${late === null ? '' : ` ${late.toFixed(2)} s`}`;
  });

  const gaps = expected.gaps ?? [];
  const found = coverage.gaps.map(
    ({ start, end, reason }) => `${start?.toFixed(2)}-${end?.toFixed(2)} ${reason}`,
  );
  require(found.length === gaps.length, `its gaps are ${found.join(', ')}`);
  for (const [index, { reason, within, seconds: longest }] of gaps.entries()) {
    const gap = coverage.gaps[index];
    const [start, end] = [gap?.start ?? -1, gap?.end ?? Infinity];
    const isInPlace = start >= within[0] && end <= within[1] && end - start <= longest;
    require(gap?.reason === reason && isInPlace, `a gap is ${found[index]}`);
  }
  const lost = coverage.gaps.reduce((sum, { start, end }) => sum + (end ?? 0) - (start ?? 0), 0);
  const told = coverage.transcribedSeconds + coverage.silenceSeconds + lost;
  require(Math.abs(told - coverage.audioSeconds) < 0.02, `${told} s are accounted for`);
  const [status, exitCode] = gaps.length > 0 ? ['partial', 1] : ['complete', 0];
  require(minutes.status === status, `the minutes are ${minutes.status}`);
  require(code === exitCode, `with --strict, it ends with exit code ${code}`);

  const tracks = sound?.tracks.map(placesOf) ?? [];
  const leftOut = (sound?.leftOut ?? []).map((one) => `${placesOf([one])} ${one.reason}`);
  const isSame = (wanted: readonly string[] | undefined, is: readonly string[]) =>
    wanted === undefined || wanted.toSorted().join() === is.toSorted().join();
  require(isSame(expected.tracks, tracks), `its tracks are ${tracks.join(' | ')}`);
  require(isSame(expected.leftOut, leftOut), `left out are ${leftOut.join(', ')}`);
  require(expected.cut === undefined || sound?.cut === expected.cut, `cut is ${sound?.cut}`);
  const languages = [...new Set(transcript.segments.flatMap(({ language }) => language ?? []))];
  require(isSame(expected.languages, languages), `its languages are ${languages.join(', ')}`);

  const facts = [`${seconds.toFixed(1)} s`, words.join(', '), `tracks ${tracks.length}`];
  const more = [...found, ...(sound?.cut ? ['cut'] : []), `exit ${code}`];
  return { figures: [...facts, ...more].join('; '), differences };
}

/** Codecs add up to a frame at either end of each part. */
const LENGTH_TOLERANCE = 0.7;

/** Such as `1.2:1+3 2.1:1`: part, stream and channels. */
const placesOf = (heard: HeardSound['tracks'][number]['heard']): string =>
  heard.map(({ part, stream, channels }) => `${part}.${stream}:${channels.join('+')}`).join(' ');
