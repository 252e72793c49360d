import { z } from 'zod';
import type { Role } from '../../../../workflows/contracts/targets.ts';
import type { ParameterValue } from '../target.ts';
import { DIALECT_NAMES } from './response-format.ts';

export type ParameterSchema = z.ZodType<ParameterValue>;

/** The message completes "which": it says what a value must be, and repeats none. */
const number = (least: number, most: number): ParameterSchema => {
  const error = `must be a number from ${least} to ${most}`;
  return z.number({ error }).min(least, { error }).max(most, { error });
};
const whole = (least: number, most: number): ParameterSchema => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
};
const share = (): ParameterSchema => {
  const error = 'must be a number above 0 and up to 1';
  return z.number({ error }).gt(0, { error }).max(1, { error });
};
const text = (longest: number): ParameterSchema => {
  const error = `must be a text of 1 to ${longest} characters`;
  return z.string({ error }).min(1, { error }).max(longest, { error });
};
const flag = (): ParameterSchema => z.boolean({ error: 'must be true or false' });
const oneOf = (...words: readonly [string, ...string[]]): ParameterSchema =>
  z.enum(words, { error: `must be ${words.join(' or ')}` });
const texts = (most: number): ParameterSchema => {
  const error = `must be a list of 1 to ${most} texts`;
  return z.array(z.string({ error }).min(1, { error }), { error }).min(1, { error }).max(most, {
    error,
  });
};

const writing = {
  /** 0 takes the likeliest token always. */
  temperature: number(0, 2),
  topP: share(),
  topK: whole(1, 1000),
  typicalP: share(),
  /** 1 is none. */
  repetitionPenalty: number(0.1, 2),
  frequencyPenalty: number(-2, 2),
  presencePenalty: number(-2, 2),
  // What fits 32 bits, signed: there are servers that keep it so.
  seed: whole(0, 2_147_483_647),
  /** Ends the answer, and is not part of it. */
  stop: texts(4),
  doSample: flag(),
  reasoningEffort: oneOf('low', 'medium', 'high'),
  /** Upper bound of an answer; what an activity asks for may be less. */
  maxTokens: whole(1, 1_000_000),
};

/** What may be configured for a role, by Hansard's own names. */
export const PARAMETERS: Readonly<Record<Role, Readonly<Record<string, ParameterSchema>>>> = {
  transcribe: {
    temperature: number(0, 1),
    /** Hypotheses followed at a time; 1 is greedy. */
    beams: whole(1, 10),
    timestamps: oneOf('segment', 'none'),
    /** Names and words to be expected, of which Whisper reads 224 tokens. */
    prompt: text(1000),
    /** So many tokens in a row are not said twice: against loops. */
    noRepeatNgramSize: whole(1, 100),
  },
  summarize: {
    ...writing,
    /** The dialect in which the server is told the form of an answer. */
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
    // Not `none`: its scores are no probabilities, and the thresholds are.
    functionToApply: oneOf('sigmoid', 'softmax'),
    // Both labels of a pair at least: the verdict looks one up by its name.
    topK: whole(2, 1000),
  },
  classify: { functionToApply: oneOf('sigmoid', 'softmax'), topK: whole(1, 1000) },
  embed: {
    /** Vectors of length 1. */
    normalize: flag(),
    /** A text that is too long is cut, and not refused. */
    truncate: flag(),
  },
};
