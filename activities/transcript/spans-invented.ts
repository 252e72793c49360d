import type { Degradation } from '../../workflows/contracts/jobs.ts';
import type { Transcript } from '../../workflows/contracts/transcript.ts';

/** Where the transcript may be invented, in order; segments that touch are one. */
export function spansInvented({ segments }: Transcript): Degradation['spans'] {
  const spans: Degradation['spans'] = [];
  for (const { start, end, mayBeInvented } of segments) {
    if (mayBeInvented !== true) continue;
    const last = spans.at(-1);
    if (last !== undefined && last.end === start) last.end = end;
    else spans.push({ start, end });
  }
  return spans;
}
