import type { ParameterValue } from '../target.ts';

/** Two parameters of which one undoes the other, in a few words; null: there are none. */
export function contradictionIn(
  parameters: Readonly<Record<string, ParameterValue>>,
): string | null {
  const { temperature, topP, doSample, beams } = parameters;
  const draws = Object.keys(parameters).find(
    (name) => DRAWING.includes(name) && !(name === 'topP' && topP === 1),
  );
  if (doSample === false && typeof temperature === 'number' && temperature > 0)
    return 'doSample false, which draws nothing, and a temperature above 0';
  if (doSample === false && draws !== undefined)
    return `doSample false, which draws nothing, and ${draws}`;
  if (temperature === 0 && doSample === true)
    return 'doSample true and temperature 0, which draws nothing';
  if (temperature === 0 && draws !== undefined)
    return `temperature 0, which draws nothing, and ${draws}`;
  if (typeof beams === 'number' && beams > 1 && typeof temperature === 'number' && temperature > 0)
    return 'several beams, which search for the likeliest, and a temperature above 0';
  return null;
}

/** Each chooses from what the next token is drawn. */
const DRAWING: readonly string[] = ['topK', 'topP', 'typicalP'];
