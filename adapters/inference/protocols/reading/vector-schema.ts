import { z } from 'zod';

/** Vectors have millions of numbers: they are checked by hand, and the first wrong one ends it. */
export const vectorSchema = z.custom<readonly number[]>((value) => isVector(value));

/** A list of them; empty, too. */
export const vectorListSchema = z.custom<readonly (readonly number[])[]>(
  (value) => Array.isArray(value) && value.every(isVector),
);

/** Answers of vectors are bounded by their bytes alone. */
export const ANY_NUMBER_OF_VALUES = Infinity;

const isVector = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length >= 1 &&
  value.length <= LONGEST_VECTOR &&
  value.every((number) => Number.isFinite(number));

/** Several times the longest that is served, which has some 4,000. */
const LONGEST_VECTOR = 65_536;
