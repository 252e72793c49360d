import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  RoleContract,
  Inputs,
  Ticket,
} from '../../../../adapters/inference/protocols/contract.ts';
import type { WireResponse } from '../../../../adapters/inference/wire/wire-message.ts';
import { smallestInput } from '../../../../adapters/inference/call/smallest-request.ts';
import {
  CONTRACT_NAMES,
  CONTRACTS,
  contractFor,
  type ContractName,
} from '../../../../adapters/inference/protocols/contract-table.ts';
import { ROLES, type Role } from '../../../../workflows/contracts/targets.ts';
import { aTarget, anAnswer } from '../a-target.ts';
import { outcomeOf } from '../call/outcome-of.ts';
import { PNG } from './inputs.ts';

/** Whatever comes back, of whatever size and shape: an answer, a place where it will be, or a verdict. */

const PAIRS = CONTRACT_NAMES.flatMap((contract) =>
  ROLES.filter((role) => role in CONTRACTS[contract].roles).map(
    (role) => [contract, role] as const,
  ),
);

/** One role's contract. The table's types prove that its input and its parser fit together. */
const contractOf = (contract: ContractName, role: Role) =>
  contractFor(contract, role) as RoleContract<'transcribe'>;
const inputOf = (role: Role) => smallestInput(role) as Inputs['transcribe'];

/** Words that contracts look for, so that fuzz gets past the first check. */
const member = fc.constantFrom(
  'text',
  'chunks',
  'segments',
  'timestamp',
  'start',
  'end',
  'choices',
  'message',
  'delta',
  'content',
  'finish_reason',
  'usage',
  'data',
  'b64_json',
  'url',
  'embedding',
  'index',
  'images',
  'output',
  'status',
  'id',
  'request_id',
  'response_url',
  'urls',
  'get',
  'error',
  'generated_text',
  'details',
  'label',
  'score',
);
const scalar = fc.oneof(
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(
    'succeeded',
    'processing',
    'failed',
    'COMPLETED',
    'IN_QUEUE',
    'length',
    'https://cdn.example/x.png',
    PNG.toString('base64'),
  ),
);
const { body } = fc.letrec((tie) => ({
  body: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.dictionary(member, tie('body'), { maxKeys: 6 }),
    fc.array(tie('body'), { maxLength: 4 }),
  ),
}));
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string().map((text) => Buffer.from(text)),
  body.map((said) => Buffer.from(JSON.stringify(said))),
  fc
    .array(body, { maxLength: 4 })
    .map((said) => Buffer.from(said.map((one) => `data: ${JSON.stringify(one)}\n\n`).join(''))),
);
const response: fc.Arbitrary<WireResponse> = fc.record({
  status: fc.constantFrom(200, 201, 202),
  headers: fc.constantFrom(
    {},
    { 'content-type': 'text/event-stream' },
    { 'content-type': 'application/json' },
    { 'content-type': 'image/png' },
  ),
  bytes,
});

test.each(PAIRS)(
  'what %s answers to %s is an answer, a ticket, an address or a verdict',
  (name, role) => {
    const target = aTarget({ contract: name, role, model: 'owner/model' });
    fc.assert(
      fc.property(response, (answer) => {
        const parse = () => contractOf(name, role).parseResponse(answer, inputOf(role), target);
        expect(formsOf(outcomeOf(parse))).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
  },
);

const QUEUED = PAIRS.filter(([name, role]) => contractOf(name, role).follow !== undefined);

test.each(QUEUED)(
  'so is what %s says of work to %s, whose tickets stay on its server',
  (name, role) => {
    const { follow } = contractOf(name, role);
    const target = aTarget({ contract: name, role, model: 'owner/model' });
    fc.assert(
      fc.property(response, fc.constantFrom('status', 'result', 'x'), (answer, phase) => {
        const before: Ticket = { id: 'a', path: '/a', phase };
        const outcome = outcomeOf(
          () => follow?.parseResponse(answer, before, inputOf(role), target) ?? { ticket: before },
        );
        expect(formsOf(outcome)).toHaveLength(1);
        const { ticket } =
          'value' in outcome && 'ticket' in outcome.value ? outcome.value : { ticket: before };
        expect(new URL(target.baseUrl + ticket.path).origin).toBe(target.baseUrl);
      }),
      { numRuns: 200 },
    );
  },
);

const formsOf = (outcome: { value: object } | { verdict: string }): string[] =>
  'value' in outcome
    ? ['answer', 'ticket', 'pictureUrl', 'textUrl'].filter((form) => form in outcome.value)
    : [outcome.verdict];

test('a flood of events does not fill the memory', () => {
  const target = aTarget({ contract: 'openai', role: 'summarize', model: 'm' });
  const flood = Buffer.from('data:\n\n'.repeat(700_000));
  const parse = () =>
    contractOf('openai', 'summarize').parseResponse(
      anAnswer(200, flood),
      inputOf('summarize'),
      target,
    );
  expect(outcomeOf(parse)).toEqual({ verdict: 'provider_bug' });
});
