import { z } from 'zod';
import type { Parsed } from '../contract.ts';
import type { Target } from '../../targets/target.ts';
import type { WireResponse } from '../../wire/wire-message.ts';
import type { LabelsAnswer, Usage } from '../../../../workflows/contracts/stored-results.ts';
import { jsonBody } from '../reading/json-body.ts';
import { responseFacts, usageOf } from '../reading/response-facts.ts';

/** Labels in any order: whoever needs one looks for its name. */
export const readLabels = (
  response: WireResponse,
  target: Target,
  used: Partial<Usage>,
): Parsed<'classify'> & Parsed<'moderate'> => ({
  answer: { labels: jsonBody(response, labelsSchema, target) },
  usage: usageOf(response, used),
  ...responseFacts(response),
  servedModel: null,
});

/** Softmax in 32 bits comes out a hair above 1 or below 0. */
const ROUNDING = 1e-4;
const labelSchema = z.object({
  label: z.string().min(1).max(200),
  score: z
    .number()
    .min(-ROUNDING)
    .max(1 + ROUNDING)
    .transform((score) => Math.min(Math.max(score, 0), 1)),
});
/** Ten times what we ask for; ImageNet's thousand classes fit. */
const MOST_LABELS = 1000;
const flatLabelsSchema = z.array(labelSchema).min(1).max(MOST_LABELS);

/** Flat as documented, or nested as seen for one text: a list of lists with one entry. */
const labelsSchema: z.ZodType<LabelsAnswer['labels']> = z.union([
  flatLabelsSchema,
  z.tuple([flatLabelsSchema]).transform(([labels]) => labels),
]);
