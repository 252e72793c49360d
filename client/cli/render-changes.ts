import { z } from 'zod';
import { clock } from '../../workflows/contracts/clock.ts';
import type { Difference, VersionChanges } from '../../workflows/contracts/version-changes.ts';
import { minute } from './minute.ts';
import { printable } from './render-list.ts';

/** What a person changed, for a person: below the name of each field what was there (-) and what is there now (+). */
export function changesLines({
  version,
  base,
  kind,
  by,
  at,
  differences,
}: VersionChanges): string[] {
  const head = `version ${version}: ${kind} by ${printable(by)} on ${minute(at)}, from version ${base}`;
  const lines = differences.flatMap((difference, index) => [
    ...(difference.field === differences[index - 1]?.field ? [] : ['', difference.field]),
    ...linesOf('-', difference.was),
    ...linesOf('+', difference.is),
  ]);
  return [head, ...(lines.length === 0 ? ['', 'no field is different'] : lines)];
}

const linesOf = (sign: '-' | '+', value: Difference['was']): string[] =>
  value === null ? [] : [`  ${sign} ${printable(inWords(value))}`];

/** The kinds of values that `changes.json` has. */
const valueSchema = z.union([
  z.string(),
  z.object({
    state: z.string(),
    asked: z.string().nullish(),
    by: z.string().optional(),
    remark: z.string().optional(),
  }),
  z.object({ id: z.string(), name: z.string().nullable(), joined: z.array(z.string()).optional() }),
  z.object({
    text: z.string(),
    start: z.number().nullable(),
    end: z.number().nullable(),
    speaker: z.string().nullable(),
    language: z.string().nullable(),
    mayBeInvented: z.boolean().optional(),
  }),
  z.object({
    task: z.string(),
    owner: z.string().nullable(),
    due: z.string().nullable(),
    dueText: z.string().nullable(),
    quotes: z.array(z.string()),
    verified: z.boolean(),
    unsupported: z.boolean().optional(),
  }),
  z.object({
    text: z.string(),
    quotes: z.array(z.string()),
    verified: z.boolean(),
    unsupported: z.boolean().optional(),
  }),
]);

function inWords(raw: Difference['was']): string {
  // A newer version of Hansard may have written a value that this one does not know.
  const value = valueSchema.safeParse(raw).data ?? JSON.stringify(raw);
  if (typeof value === 'string') return value;
  if ('state' in value) {
    const { state, asked, by, remark } = value;
    const [asks, who] = [asked ? `, ${asked} is asked` : '', by === undefined ? '' : ` by ${by}`];
    return `${state}${asks}${who}${remark === undefined ? '' : `: ${remark}`}`;
  }
  if ('id' in value) {
    const joined = value.joined === undefined ? '' : ` (with ${value.joined.join(', ')})`;
    return `${value.id}: ${value.name ?? 'no name'}${joined}`;
  }
  if ('start' in value) {
    const { start, end, speaker, language, text } = value;
    const times = start === null || end === null ? '' : `${clock(start)}–${clock(Math.ceil(end))} `;
    const marks = [language, ...(value.mayBeInvented ? ['may be invented'] : [])];
    return `${times}${speaker ?? '?'}: ${text} [${marks.filter((mark) => mark !== null).join(', ')}]`;
  }
  const { verified, unsupported, quotes } = value;
  const marks = [
    ...('task' in value
      ? [`owner: ${value.owner ?? 'nobody'}`, `due: ${value.due ?? value.dueText ?? 'not said'}`]
      : []),
    verified ? 'verified' : 'not verified',
    ...(unsupported ? ['not borne out by the quote'] : []),
    ...quotes.map((quote) => `“${quote}”`),
  ];
  return `${'task' in value ? value.task : value.text} [${marks.join('; ')}]`;
}
