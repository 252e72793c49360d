import { clock } from '../../workflows/contracts/clock.ts';
import type { Approval } from '../../workflows/contracts/approval.ts';
import type {
  CitedSegment,
  ExplainedItem,
  ExplainedSentence,
  Explanation,
  Heard,
  Written,
} from '../jobs/explain/explanation.ts';
import { minute } from './minute.ts';
import { callLines, callName, moment } from './render-calls.ts';
import { printable } from './render-list.ts';

/** An explanation for a person: each item with its way, then every call that was named, once. */
export function explanationLines(explanation: Explanation): string[] {
  const { id, version, status, approval, template, source, isTraced } = explanation;
  const { gaps, items, calls } = explanation;
  return [
    `Minutes of job ${id}: version ${version}, ${status}, template ${printable(template.id)} ${template.version}`,
    ...(approval === null ? [] : [approvalLine(approval)]),
    `From the ${source.kind} ${printable(source.name)}`,
    ...gaps.map(
      ({ start, end, reason }) => `Missing: ${span(start, end)} of it (${printable(reason)})`,
    ),
    ...(isTraced
      ? []
      : [
          'These minutes do not say which calls they are made of: they are of an earlier version of Hansard, or their segments were changed by a person.',
        ]),
    ...(items.length === 0 ? ['', 'They have no summary and no statements.'] : []),
    ...items.flatMap((item) => ['', ...itemLines(item, explanation)]),
    ...(calls.length === 0 ? [] : ['', 'Calls', ...calls.flatMap((call) => callLines(call, id))]),
  ];
}

function approvalLine(approval: Approval): string {
  if (approval.state === 'draft') return 'A draft: nobody has approved it';
  const who = `by ${printable(approval.by)}, ${minute(approval.at)}`;
  return approval.state === 'approved'
    ? `Approved ${who}, as version ${approval.version} was read`
    : `Returned ${who}: ${printable(approval.remark)}`;
}

const KINDS: Readonly<Record<ExplainedItem['kind'], string>> = {
  summary: 'Summary',
  keyPoint: 'Key point',
  decision: 'Decision',
  actionItem: 'Action item',
  openQuestion: 'Open question',
  section: 'Statement',
};

function itemLines(item: ExplainedItem, explanation: Explanation): string[] {
  const { id, kind, section, text, notFound, lacks, citations, sentences, written } = item;
  const title = section === null ? KINDS[kind] : printable(section);
  return [
    `${id}  ${title}${verdictOf(item)}`,
    ...(sentences === undefined
      ? text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [`  ${printable(line)}`]))
      : sentences.flatMap((sentence) => sentenceLines(sentence, explanation))),
    ...(kind === 'actionItem' ? [`  ${taskFacts(item)}`] : []),
    ...citations.flatMap((citation) => citationLines(citation, explanation)),
    ...(lacks.length === 0
      ? []
      : [row('not said', `${lacks.map(printable).join(', ')}: in none of the words cited`)]),
    ...notFound.flatMap(({ quote, segmentIds }) => [
      row(
        'not found',
        quote.trim() === ''
          ? 'a citation without words'
          : `"${printable(quote)}" is not in the transcript${near(segmentIds)}; it was looked for in all of it`,
      ),
    ]),
    ...(citations.length + notFound.length === 0 && kind !== 'summary'
      ? [row('not found', 'its writer cited nothing, so that nothing could be looked for')]
      : []),
    ...writtenLines(written, explanation),
  ];
}

function sentenceLines(
  { number, text, statements, citations }: ExplainedSentence,
  explanation: Explanation,
): string[] {
  const found = citations.length > 0;
  return [
    `  ${number}  ${printable(text)}`,
    ...(statements.length === 0
      ? [
          row(
            found ? 'words of' : 'not found',
            found
              ? 'the transcript, and of no statement'
              : 'no source: neither statements nor the transcript have enough of its words',
          ),
        ]
      : [row('words of', statements.join(', '))]),
    ...citations.flatMap((citation) => citationLines(citation, explanation)),
  ];
}

function verdictOf({ verified, isUnsupported }: ExplainedItem): string {
  if (verified === null) return ' (cites nothing itself)';
  if (!verified) return ' (NOT VERIFIED)';
  return isUnsupported
    ? ' (its words are in the transcript, but DO NOT BEAR IT OUT)'
    : ' (verified)';
}

const near = (segmentIds: readonly string[]): string =>
  segmentIds.length === 0 ? '' : ` (it was given for ${segmentIds.map(printable).join(', ')})`;

function taskFacts({ owner, due, dueText }: ExplainedItem): string {
  const said = dueText === null ? null : `"${printable(dueText)}"`;
  const known = due === null ? null : `due ${due}${said === null ? '' : ` (${said})`}`;
  const open = said === null ? 'no due date' : `due ${said}, which is no certain day`;
  return `${owner === null ? 'no owner' : `owner ${printable(owner)}`}, ${known ?? open}`;
}

function citationLines(
  { quote, start, end, speaker, segments }: ExplainedItem['citations'][number],
  explanation: Explanation,
): string[] {
  const when = start === null ? 'at no known time' : `at ${span(start, end)}`;
  const by = speaker === null ? '' : ` by ${speakerText(speaker, explanation)}`;
  return [
    row('quote', `"${printable(quote)}"`),
    row('said', `${when}${by}`),
    ...segments.flatMap((segment) => segmentLines(segment, quote, explanation)),
  ];
}

function speakerText(
  { id, name }: { readonly id: string; readonly name: string | null },
  { speakers, calls }: Explanation,
): string {
  const { by, callKey } = speakers;
  const how = {
    tracks: ', who has a track of the recording',
    call: `, told apart by ${callKey === null ? 'a call' : callName(callKey, calls)}`,
    transcript: ', as the transcript says',
    nobody: '',
  };
  return `${name === null ? id : `${printable(name)} (${id})`}${how[by]}`;
}

function segmentLines(
  { id, text, mayBeInvented, file, heard }: CitedSegment,
  quote: string,
  { calls }: Explanation,
): string[] {
  const words = text === quote ? 'the quote is all of it' : `"${printable(text)}"`;
  const at = file === null || file.start === null ? '' : `, at ${clock(file.start)}`;
  return [
    row('segment', `${id}: ${words}${mayBeInvented ? ' (MAY BE INVENTED by the model)' : ''}`),
    ...(heard === null
      ? []
      : [row('heard by', `${callName(heard.callKey, calls)} in ${placeText(heard)}`)]),
    ...(file === null ? [] : [row('file', `${printable(file.name)}${at}`)]),
  ];
}

function placeText({ chunk, of, start, end, offset, track }: Heard): string {
  const where = offset === null ? '' : `, ${offset} s into it`;
  const on = track === null ? '' : `; track ${track.number} of ${track.of}: ${tracksText(track)}`;
  return `chunk ${chunk + 1} of ${of} (${span(start, end)})${where}${on}`;
}

/** The part is told where there are several: restarted recorders, and joined files. */
function tracksText({ heard }: NonNullable<Heard['track']>): string {
  const isOne = heard.every(({ part }) => part === 1);
  return heard
    .map(
      ({ part, stream, channels }) =>
        `${isOne ? '' : `part ${part}, `}stream ${stream}, channel ${channels.join(' and ')}`,
    )
    .join('; ');
}

function writtenLines(written: Written, explanation: Explanation): string[] {
  const { by, rule, insteadOf } = written;
  return [
    ...writerLines(written, explanation),
    ...(by === 'rules' && rule !== null ? [row('rule', rule)] : []),
    ...insteadOf.map(({ target, reason }) =>
      row(
        'because',
        `${target === null ? 'no target answered' : `${printable(target)} did not answer`} (${printable(reason)})`,
      ),
    ),
  ];
}

function writerLines(
  { by, edit, callKey, from, sections, ofSections }: Written,
  { calls, isTraced }: Explanation,
): string[] {
  if (edit !== null) {
    return [
      row(
        'written by',
        `${printable(edit.by)}, a person, on ${moment(edit.at)}, with version ${edit.version}`,
      ),
    ];
  }
  const how = by === 'rules' ? 'picked by' : 'written by';
  const read = ofSections === 1 ? WHOLE : `section ${sections.join(', ')} of ${ofSections}`;
  if (callKey === null) {
    if (by === 'rules') return [row(how, `rules without a call, from ${WHOLE}`)];
    return isTraced ? [row(how, 'nobody that is known')] : [];
  }
  const name = callName(callKey, calls);
  if (from.length === 0) return [row(how, `${name}, from ${read}`)];
  return [
    row(how, `${name}, which joined the answers about ${ofSections} sections`),
    row('from', `${read}, read by ${from.map((key) => callName(key, calls)).join(', ')}`),
  ];
}

const WHOLE = 'all of the transcript';

/** The heads of rows are this wide. */
const HEAD = 12;
const row = (head: string, text: string): string => `    ${head.padEnd(HEAD)}${text}`;

const span = (start: number | null, end: number | null): string =>
  start === null ? 'no known time' : `${clock(start)}–${clock(end ?? start)}`;
