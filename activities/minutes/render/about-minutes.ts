import { clock } from '../../../workflows/contracts/clock.ts';
import type { Engine, Minutes } from '../../../workflows/contracts/minutes.ts';
import { picksByRules } from '../../../workflows/contracts/picks-by-rules.ts';
import { PIPELINE_ROLES } from '../../../workflows/contracts/targets.ts';
import { isVerified, statementsOf } from '../../summary/statements-of.ts';
import type { Block } from './document.ts';
import type { Phrases } from './phrases.ts';
import { english } from './phrases/english.ts';
import { printableLine } from './printable.ts';
import { spansOf } from './shortcomings.ts';

/** How the minutes were made: coverage, verified statements, engines, recording, document and calls. */
export function aboutMinutes(minutes: Minutes, phrases: Phrases): Block[] {
  const { id, version, source, cost } = minutes;
  const { id: name, version: form, sha256 } = minutes.template;
  const template = `${printableLine(name)} ${sha256?.slice(0, 8) ?? form}`;
  const rows = [
    { name: phrases.coverage, values: coverageLines(minutes, phrases) },
    { name: phrases.statements, values: verifiedLines(minutes, phrases) },
    { name: phrases.engines, values: engineLines(minutes, phrases) },
    {
      name: source.kind === 'transcript' ? phrases.transcript : phrases.recording,
      values: [
        phrases.file(printableLine(source.name), phrases.size(source.bytes)),
        ...fileLines(minutes),
        ...soundLines(minutes, phrases),
      ],
    },
    { name: 'SHA-256', values: [source.sha256], digest: true },
    { name: phrases.document, values: [phrases.documentFacts({ id, version, template })] },
    { name: phrases.calls, values: [phrases.callFacts(cost.entries, cost.inDoubt)] },
  ];
  return [
    { kind: 'heading', id: 'about', text: phrases.about },
    { kind: 'facts', rows: rows.filter(({ values }) => values.length > 0) },
  ];
}

/** When each of several files begins: their own players count from 0. */
const fileLines = ({ source }: Minutes): string[] =>
  (source.files ?? []).map(({ name, start }) => `${clock(start)} ${printableLine(name)}`);

/** Says what is unusual in the sound of a recording; nothing of one stream that is heard whole. */
function soundLines({ sound }: Minutes, phrases: Phrases): string[] {
  if (sound === undefined) return [];
  const leftOut = (reason: string) =>
    sound.leftOut
      .filter((one) => one.reason === reason)
      .reduce((sum, { channels }) => sum + channels.length, 0);
  const [tracks, silent, copies] = [sound.tracks.length, leftOut('silent'), leftOut('duplicate')];
  return tracks + silent + copies > 1 ? [phrases.sound(tracks, silent, copies)] : [];
}

function coverageLines(minutes: Minutes, phrases: Phrases): string[] {
  const { coverage } = minutes;
  const { audioSeconds, transcribedSeconds, silenceSeconds, transcriptCharacters } = coverage;
  const { failedSections, summarizedCharacters: summarized } = coverage;
  const untimed = coverage.untimedSeconds ?? 0;
  const inSilence = spansOf(minutes.sound?.inSilence ?? [], phrases);
  return [
    ...(minutes.source.kind === 'transcript'
      ? []
      : [
          phrases.coverageOfAudio({
            percent: heardPercent(minutes, phrases),
            audio: phrases.duration(audioSeconds),
            speech: phrases.duration(transcribedSeconds),
            silence: phrases.duration(silenceSeconds),
          }),
        ]),
    ...(inSilence === '' ? [] : [phrases.inSilence(inSilence)]),
    ...(untimed < 1 ? [] : [phrases.untimed(phrases.duration(untimed))]),
    phrases.coverageOfText({
      percent: percentOf(summarized, transcriptCharacters, failedSections.length, phrases),
      characters: phrases.count(transcriptCharacters),
      sections: coverage.sections,
    }),
  ];
}

/** The share of the recording that was transcribed or is silence: "100", or "99.9" at most if a part is missing. */
export function heardPercent({ coverage }: Minutes, phrases: Phrases): string {
  const heard = coverage.transcribedSeconds + coverage.silenceSeconds;
  return percentOf(heard, coverage.audioSeconds, coverage.gaps.length, phrases);
}

/** A share with losses never reads 100, however small they are. */
function percentOf(part: number, whole: number, losses: number, phrases: Phrases): string {
  const percent = whole <= 0 ? 100 : (part / whole) * 100;
  // Times are rounded to milliseconds: up to one part in a hundred thousand is a rounding error.
  if (losses === 0 && percent > 99.999) return '100';
  const shown = Math.min(99.9, Math.max(0, Math.floor(percent * 10) / 10));
  return phrases.count(shown);
}

function verifiedLines(minutes: Minutes, phrases: Phrases): string[] {
  const statements = statementsOf(minutes);
  const all = statements.length;
  if (all === 0) return [];
  const found = statements.filter(({ verified }) => verified);
  const unsupported = found.filter((statement) => !isVerified(statement)).length;
  return [
    phrases.unverifiedCount(all - found.length, all),
    ...(unsupported === 0 ? [] : [phrases.unsupportedCount(unsupported, all)]),
  ];
}

function engineLines(minutes: Minutes, phrases: Phrases): string[] {
  return PIPELINE_ROLES.flatMap((role) =>
    (minutes.engines[role] ?? []).map((engine) => {
      const { target, model, provider, items } = engine;
      const details = [model.split('/').at(-1) === target ? null : model, provider];
      return phrases.engine({
        work: phrases.work[role],
        target: printableLine(target),
        label: labelOf(engine, phrases),
        details: phrases.list(details.flatMap((one) => (one === null ? [] : [printableLine(one)]))),
        items,
      });
    }),
  );
}

/**
 * What the operator says of an engine, as it is; what we say ourselves of sentences picked by rules and of the local targets, in
 * the reader's language. A label may begin with the name of the target, which is printed before it.
 */
function labelOf({ target, label }: Engine, phrases: Phrases): string {
  if (label === null) return '';
  if (picksByRules(target)) return phrases.extractive;
  const said = printableLine(
    label.startsWith(`${target}:`) ? label.slice(target.length + 1) : label,
  );
  for (const name of LABELS) if (said === english.labels[name]) return phrases.labels[name];
  return said;
}

const LABELS = ['whisper', 'speakers', 'drawing', 'nsfwjs'] as const;
