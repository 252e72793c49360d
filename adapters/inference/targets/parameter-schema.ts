import { z } from 'zod';
import type { Role } from '../../../workflows/contracts/targets.ts';
import type { ParameterValue } from './target.ts';
import { DIALECT_NAMES } from '../protocols/forms/response-format.ts';

type ParameterSchema = z.ZodType<ParameterValue>;

// Each description follows "must be" in a message.
const number = (least: number, most: number): ParameterSchema =>
  z.number().min(least).max(most).describe(`a number from ${least} to ${most}`);
const whole = (least: number, most: number): ParameterSchema =>
  z.int().min(least).max(most).describe(`a whole number from ${least} to ${most}`);
const share = (): ParameterSchema =>
  z.number().gt(0).max(1).describe('a number above 0 and up to 1');
const text = (longest: number): ParameterSchema =>
  z.string().min(1).max(longest).describe(`a text of 1 to ${longest} characters`);
const flag = (): ParameterSchema => z.boolean().describe('true or false');
const oneOf = (...words: readonly [string, ...string[]]): ParameterSchema =>
  z.enum(words).describe(words.join(' or '));
const texts = (most: number): ParameterSchema =>
  z.array(z.string().min(1)).min(1).max(most).describe(`a list of 1 to ${most} texts`);

const writing = {
  /** 0: always the likeliest token. */
  temperature: number(0, 2),
  topP: share(),
  topK: whole(1, 1000),
  typicalP: share(),
  /** 1: none. */
  repetitionPenalty: number(0.1, 2),
  frequencyPenalty: number(-2, 2),
  presencePenalty: number(-2, 2),
  // Some servers store it in 32 bits, signed.
  seed: whole(0, 2_147_483_647),
  /** Ends the answer and is not part of it. */
  stop: texts(4),
  doSample: flag(),
  reasoningEffort: oneOf('low', 'medium', 'high'),
  /** Upper bound of an answer; activities may request less. */
  maxTokens: whole(1, 1_000_000),
  /** The name under which the server takes `maxTokens`. */
  tokenLimit: oneOf('max_tokens', 'max_completion_tokens'),
};

/** The parameters that can be configured for a role, under Hansard's own names. */
export const PARAMETERS: Readonly<Record<Role, Readonly<Record<string, ParameterSchema>>>> = {
  transcribe: {
    temperature: number(0, 1),
    /** Hypotheses followed at a time; 1: greedy. */
    beams: whole(1, 10),
    timestamps: oneOf('segment', 'none'),
    /** Names and words to expect; Whisper reads 224 tokens. */
    prompt: text(1000),
    /** No sequence of this many tokens occurs twice: against loops. */
    noRepeatNgramSize: whole(1, 100),
  },
  diarize: {
    /** How many there are; unset: the engine finds out. */
    speakers: whole(1, 100),
  },
  summarize: {
    ...writing,
    /** The server's way to request an answer that matches a JSON schema. */
    responseFormat: oneOf(...DIALECT_NAMES),
  },
  generate: writing,
  illustrate: {
    steps: whole(1, 200),
    guidanceScale: number(0, 50),
    /** The name of its class in diffusers. */
    scheduler: text(100),
  },
  moderate: {
    // Not `none`: its scores are not probabilities, but the thresholds are.
    functionToApply: oneOf('sigmoid', 'softmax'),
    // At least both labels of a pair: the verdict looks one up by name.
    topK: whole(2, 1000),
  },
  classify: { functionToApply: oneOf('sigmoid', 'softmax'), topK: whole(1, 1000) },
  embed: {
    /** Vectors of length 1. */
    normalize: flag(),
    /** Cut texts that are too long instead of refusing them. */
    truncate: flag(),
  },
};

export const PRESET_NAMES = ['faithful', 'balanced', 'creative'] as const;
export type PresetName = (typeof PRESET_NAMES)[number];

/**
 * Sampling by purpose, for roles that write text. From the careful to the free end of the article's ranges: temperature
 * 0.3 to 0.7, top k 40 to 50, repetition penalty 1.1 to 1.3.
 */
export const PRESETS: Readonly<Record<PresetName, Readonly<Record<string, ParameterValue>>>> = {
  faithful: { temperature: 0.3, topK: 40, repetitionPenalty: 1.1 },
  balanced: { temperature: 0.5, topK: 45, repetitionPenalty: 1.2 },
  // Leaves out the least likely twentieth: at 0.7 names and numbers go wrong there.
  creative: { temperature: 0.7, topK: 50, repetitionPenalty: 1.3, topP: 0.95 },
};
