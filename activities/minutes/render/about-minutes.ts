import type { Engine, Minutes } from '../../../workflows/contracts/minutes.ts';
import { PIPELINE_ROLES } from '../../../workflows/contracts/targets.ts';
import type { Block } from './document.ts';
import type { Phrases } from './phrases.ts';
import { printableLine } from './printable.ts';

/** How the minutes were made: their coverage, what bears them out, who made them, from what. */
export function aboutMinutes(minutes: Minutes, phrases: Phrases): Block[] {
  const { coverage, cost, source } = minutes;
  const covered = coverage.transcribedSeconds + coverage.silenceSeconds;
  const all = statementsOf(minutes);
  const unverified = all.filter(({ verified }) => !verified).length;
  const megabytes = new Intl.NumberFormat(phrases.locale, { maximumFractionDigits: 1 });
  return [
    { kind: 'heading', id: 'about', text: phrases.about },
    {
      kind: 'facts',
      rows: [
        {
          name: phrases.coverage,
          values: [
            phrases.coverageOfAudio({
              percent: percentOf(covered, coverage.audioSeconds, coverage.gaps.length, phrases),
              audio: phrases.duration(coverage.audioSeconds),
              speech: phrases.duration(coverage.transcribedSeconds),
              silence: phrases.duration(coverage.silenceSeconds),
            }),
            phrases.coverageOfText({
              percent: percentOf(
                coverage.summarizedCharacters,
                coverage.transcriptCharacters,
                coverage.failedSections.length,
                phrases,
              ),
              characters: phrases.count(coverage.transcriptCharacters),
              sections: coverage.sections,
            }),
          ],
        },
        ...(all.length === 0
          ? []
          : [
              {
                name: phrases.statements,
                values: [phrases.unverifiedCount(unverified, all.length)],
              },
            ]),
        { name: phrases.engines, values: engineLines(minutes, phrases) },
        {
          name: phrases.recording,
          values: [
            `${printableLine(source.name)}, ${megabytes.format(source.bytes / 1_000_000)} MB`,
          ],
        },
        { name: 'SHA-256', values: [source.sha256], digest: true },
        {
          name: phrases.document,
          values: [
            phrases.documentFacts({
              id: minutes.id,
              version: minutes.version,
              template: `${printableLine(minutes.template.id)} ${minutes.template.version}`,
            }),
          ],
        },
        { name: phrases.calls, values: [phrases.callFacts(cost.entries, cost.inDoubt)] },
      ].filter(({ values }) => values.length > 0),
    },
  ];
}

function engineLines(minutes: Minutes, phrases: Phrases): string[] {
  return PIPELINE_ROLES.flatMap((role) =>
    minutes.engines[role].map((engine) => {
      const { target, model, provider, items } = engine;
      const details = [model.split('/').at(-1) === target ? null : model, provider];
      return phrases.engine({
        work: phrases.work[role],
        target: printableLine(target),
        label: printableLine(labelOf(engine)),
        details: printableLine(details.filter((detail) => detail !== null).join(', ')),
        items,
      });
    }),
  );
}

/** A label may begin with the target's name, which stands there already. */
function labelOf({ target, label }: Engine): string {
  if (label === null) return '';
  return label.startsWith(`${target}:`) ? label.slice(target.length + 1) : label;
}

/** A share that something is missing from never reads 100, however small the loss. */
function percentOf(part: number, whole: number, losses: number, phrases: Phrases): string {
  const percent = whole <= 0 ? 100 : (part / whole) * 100;
  // Sums of times rounded to milliseconds: up to one part in a hundred thousand is rounding.
  if (losses === 0 && percent > 99.999) return '100';
  const shown = Math.min(99.9, Math.max(0, Math.floor(percent * 10) / 10));
  return new Intl.NumberFormat(phrases.locale, { maximumFractionDigits: 1 }).format(shown);
}

const statementsOf = (minutes: Minutes): readonly { readonly verified: boolean }[] => [
  ...minutes.keyPoints,
  ...minutes.decisions,
  ...minutes.openQuestions,
  ...minutes.actionItems,
  ...minutes.sections.flatMap(({ items }) => items),
];
