import type { RenderMinutes } from '../contracts/activities.ts';
import type { JobReference } from '../contracts/jobs.ts';
import type { Chains } from '../contracts/targets.ts';
import { later, paid } from '../activities.ts';
import { toTargetReason, type JobProgress } from './job-progress.ts';

/** A picture of lower quality (0 to 1) is drawn a second time. */
const GOOD_ENOUGH = 0.35;
/** Pictures drawn per document: each one is paid. */
const MAX_PICTURES = 2;

/**
 * Draws a picture from the summary into quarantine, checks its safety and its quality, and publishes it with a
 * watermark. A picture that is not safe, or that nothing could check, is held. Null: there is no picture.
 */
export async function illustrate(
  job: JobReference,
  chains: Chains,
  progress: JobProgress,
): Promise<RenderMinutes['picture']> {
  const illustrators = progress.chain('illustrate', 'illustrate', chains.illustrate);
  const moderators = progress.chain('illustrate', 'moderate', chains.moderate);
  let best: Candidate | null = null;

  for (let attempt = 0; attempt < MAX_PICTURES; attempt += 1) {
    const drawn = await illustrators.run((target, last) =>
      paid
        .illustrate(target, `picture ${attempt + 1} of at most ${MAX_PICTURES}`)
        .drawPicture({ ...job, target, last, attempt }),
    );
    if (!drawn.ok) {
      if (best === null) {
        const reason = toTargetReason(drawn.failure);
        progress.degrade({ stage: 'illustrate', level: 'missing', reason });
      }
      break;
    }
    const picture = { ...job, sha256: drawn.value.sha256 };
    const moderated = await moderators.run((target, last) =>
      paid
        .moderate(target, `safety of picture ${attempt + 1}`)
        .moderatePicture({ ...picture, target, last }),
    );
    const { quality } = await later.media.assessPicture(picture);
    const isSafe = moderated.ok && moderated.value.verdict === 'safe';
    const { callKey } = drawn.value;
    const candidate = { ...picture, attempt, callKey, quality, isSafe };
    best = best === null ? candidate : betterOf(best, candidate);
    if (!moderated.ok && !best.isSafe) {
      const reason = { ...toTargetReason(moderated.failure), isPictureHeld: true };
      progress.degrade({ stage: 'illustrate', role: 'moderate', level: 'simplified', reason });
    }
    if (!isSafe || quality >= GOOD_ENOUGH) break;
  }

  if (best === null) return null;
  const { sha256, attempt, callKey, quality } = best;
  const facts = { sha256, attempt, callKey, quality };
  const published = await later.media.publishPicture({ ...job, ...facts });
  return { ...facts, ...published };
}

type Candidate = Parameters<typeof later.media.publishPicture>[0] & { readonly isSafe: boolean };

/** The safe picture, or the one of better quality where both or neither are safe. */
function betterOf(earlier: Candidate, later: Candidate): Candidate {
  if (earlier.isSafe !== later.isSafe) return earlier.isSafe ? earlier : later;
  return later.quality > earlier.quality ? later : earlier;
}
