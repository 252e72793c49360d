import type { ExplainedCall, ExplainedTry } from '../jobs/explain/explanation.ts';
import { printable } from './render-list.ts';

/** As short as a person can compare, and as `callLines` begins its lines. */
const shortKey = (callKey: string): string => callKey.slice(0, 8);

/** `whisper-base (call 2aa04533)`. */
export function callName(callKey: string, calls: readonly ExplainedCall[]): string {
  const answer = calls.find((call) => call.callKey === callKey)?.answer ?? null;
  const target = answer === null ? 'an answer that is no longer stored' : printable(answer.target);
  return `${target} (call ${shortKey(callKey)})`;
}

/**
 * A call for a person: who answered what, what the ledger says, and who was asked before.
 *
 * @param jobId whose minutes are explained: another job may have paid
 */
export function callLines(call: ExplainedCall, jobId: string): string[] {
  const { callKey, answer, insteadOf } = call;
  const tries = call.tries.filter(({ state }) => state !== 'released');
  const paid = tries.findLast((one) => one.callKey === callKey && one.state === 'accepted');
  const others = tries.filter((one) => one !== paid);
  return [
    `  ${shortKey(callKey)}  ${ROLES[call.role]}${QUESTIONS[call.question]}`,
    ...(answer === null
      ? [row('answer', 'no longer stored')]
      : [
          row('answered', `by ${modelText(answer)}, on ${moment(answer.at)}`),
          ...(answer.label === null ? [] : [row('', printable(answer.label))]),
          ...(answer.promptVersion === null
            ? []
            : [
                row(
                  'asked',
                  `prompt version ${answer.promptVersion}${answer.template === null ? '' : `, template ${printable(answer.template)}`}${answer.isEarlier ? '; AN EARLIER VERSION: no target answered the present one' : ''}`,
                ),
              ]),
        ]),
    ...insteadOf.map(({ target, reason }) =>
      row(
        'fallback',
        target === null
          ? reason
          : `${printable(target)} comes first, and failed (${printable(reason)})`,
      ),
    ),
    ...others.map((one) => row('before', tryText(one, callKey))),
    row(
      'ledger',
      paid === undefined
        ? 'has no accepted row for it'
        : `accepted at try ${paid.ordinal}, ${usageText(paid)}, ${costText(paid)}${paid.jobId === jobId ? '' : `; paid by job ${paid.jobId}`}`,
    ),
    row('call key', callKey),
  ];
}

const ROLES: Readonly<Record<ExplainedCall['role'], string>> = {
  transcribe: 'transcribe a chunk',
  diarize: 'tell the speakers apart',
  summarize: 'summarise',
  illustrate: 'draw a picture',
  moderate: 'check a picture',
  classify: 'classify',
  generate: 'generate',
  embed: 'embed',
};

const QUESTIONS: Readonly<Record<ExplainedCall['question'], string>> = {
  first: '',
  again: ': a part that the first answer left in doubt, asked again',
  repair: ': the repair of an answer that was of no use',
};

function modelText(answer: NonNullable<ExplainedCall['answer']>): string {
  const { target, contract, model, servedModel, provider, revision } = answer;
  return [
    `${printable(target)}: model ${printable(model)}`,
    ...(servedModel === null || servedModel === model ? [] : [`served ${printable(servedModel)}`]),
    ...(revision === null ? [] : [`revision ${printable(revision)}`]),
    ...(provider === null ? [] : [`provider ${printable(provider)}`]),
    `contract ${printable(contract)}`,
  ].join(', ');
}

const STATES: Readonly<Record<ExplainedTry['state'], string>> = {
  reserved: 'is about to be sent',
  sending: 'is being sent',
  submitted: 'waits in the queue of the provider',
  accepted: 'was accepted',
  rejected: 'was billed, and its answer refused',
  failed: 'failed, and was not billed',
  in_doubt: 'is in doubt: sent, and nobody knows whether it was billed',
  released: 'was never sent',
};

function tryText({ target, ordinal, state, verdict, callKey }: ExplainedTry, own: string): string {
  const other = callKey === own ? '' : `, call ${shortKey(callKey)}`;
  return `${printable(target)}${other}, try ${ordinal} ${STATES[state]}${verdict === null ? '' : ` (${verdict})`}`;
}

function usageText({ usage }: ExplainedTry): string {
  const { inputTokens, outputTokens, audioSeconds, images, computeSeconds } = usage;
  const parts = [
    ...(inputTokens === null ? [] : [`${inputTokens} tokens in`]),
    ...(outputTokens === null ? [] : [`${outputTokens} tokens out`]),
    ...(audioSeconds === null ? [] : [`${rounded(audioSeconds)} s of audio`]),
    ...(images === null ? [] : [`${images} pictures`]),
    ...(computeSeconds === null ? [] : [`${rounded(computeSeconds)} s of compute`]),
  ];
  return parts.length === 0 ? 'usage unknown' : parts.join(', ');
}

const costText = ({ costUsd }: ExplainedTry): string =>
  costUsd === null ? 'cost unknown' : `$${costUsd}`;

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** `2026-03-02 10:00:03 UTC`. */
export const moment = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

const row = (head: string, text: string): string => `            ${head.padEnd(10)}${text}`;
