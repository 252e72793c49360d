import type { RenderMinutes } from '../contracts/activities.ts';
import type { MinutesResult } from '../contracts/jobs.ts';
import { later } from '../activities.ts';
import { toLossReason, type JobProgress } from './job-progress.ts';
import { orLoss } from './or-loss.ts';
import { noSummary } from './summarize.ts';

/**
 * Renders the minutes. Where that fails for good, it is done without the picture, then without the summary: what is
 * left at last is the transcript.
 */
export async function render(
  facts: Omit<RenderMinutes, 'degradations'>,
  progress: JobProgress,
): Promise<MinutesResult> {
  let { picture, summarized } = facts;
  for (;;) {
    const input = { ...facts, picture, summarized, degradations: progress.degradations };
    const isBare = picture === null && summarized.mode === 'none';
    if (isBare) return await later.wholeRecording.renderMinutes(input);
    const { value, loss } = await orLoss(() => later.wholeRecording.renderMinutes(input));
    if (loss === null) return value;

    const stage = picture === null ? 'summarize' : 'illustrate';
    progress.degrade({ stage, level: 'missing', reason: toLossReason(loss) });
    if (picture === null) summarized = noSummary(summarized, loss);
    picture = null;
  }
}
