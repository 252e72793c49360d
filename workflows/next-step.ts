import { FAILURES } from './contracts/failures.ts';
import type { RecordedTarget, TargetFailure } from './contracts/targets.ts';

/** Where one item is on its way along a chain, and where the other items are. */
export interface ChainState {
  readonly targets: readonly RecordedTarget[];
  /** The target that new items start with. */
  readonly current: number;
  /** The target that this item asked last. */
  readonly index: number;
  /** The item's own failure that took it past the current target, where the other items stay. */
  readonly own: TargetFailure | null;
  /** How often this item had a sleeping endpoint woken. */
  readonly wakings: number;
}

export type Step =
  /** Wake the endpoint, then ask the same target again. */
  | { readonly kind: 'wake' }
  /** Ask another target; `movesAll`: new items start with it too. */
  | {
      readonly kind: 'ask';
      readonly index: number;
      readonly own: TargetFailure | null;
      readonly movesAll: boolean;
    }
  /** The item fails; `endsChain`: no target is left for the others either. */
  | { readonly kind: 'fail'; readonly failure: TargetFailure; readonly endsChain: boolean };

/** How often one item may wake endpoints: an endpoint that falls asleep during every call is of no use. */
const MAX_WAKINGS = 3;

/** What an item does after a target failed for it. */
export function nextStep(state: ChainState, failure: TargetFailure): Step {
  return failure.type === FAILURES.EndpointAsleep && state.wakings < MAX_WAKINGS
    ? { kind: 'wake' }
    : leaveTarget(state, failure);
}

/** The same where waking does not help, or has just failed with `failure`. */
export function leaveTarget(
  state: ChainState,
  failure: TargetFailure,
): Exclude<Step, { readonly kind: 'wake' }> {
  const { targets, current, index } = state;
  // The provider refuses the item itself: other targets would too.
  if (failure.type === FAILURES.BadRequest) {
    return { kind: 'fail', failure: state.own ?? failure, endsChain: false };
  }
  // These depend on the item (its size, or that it fails where others succeed), so the other items stay.
  const isOwn = failure.type === FAILURES.TooLarge || failure.type === FAILURES.ItemExhausted;
  // `TooLarge` is kept over `ItemExhausted`: an item that is too large can be halved.
  const replacesOwn = isOwn && index >= current && state.own?.type !== FAILURES.TooLarge;
  const own = replacesOwn ? failure : state.own;
  const isAlone = own !== null || index > current;

  // A probe, or an item that was sent before the fallback, joins the others.
  const next = index < current ? current : following(targets, index, failure);
  if (next !== null) return { kind: 'ask', index: next, own, movesAll: !isAlone && next > current };
  // The others' target still answers: what a later one lacks ends neither them nor the job.
  return { kind: 'fail', failure: own ?? failure, endsChain: !isAlone };
}

/**
 * Whether no other target follows, so that this one is waited for for hours. Never for an item that went past the
 * current target by itself: the later targets are only a second chance for it.
 */
export const isLast = ({ targets, index, own }: ChainState): boolean =>
  following(targets, index) === null && own === null;

/** The next target; after a refused or empty account, the next one with other credentials. */
function following(
  targets: readonly RecordedTarget[],
  index: number,
  failure?: TargetFailure,
): number | null {
  const isRefused = failure !== undefined && isAboutCredentials(failure);
  const credentials = targets[index]?.credentials;
  for (let next = index + 1; next < targets.length; next += 1) {
    if (!isRefused || targets[next]?.credentials !== credentials) return next;
  }
  return null;
}

export const isAboutCredentials = (failure: TargetFailure): boolean =>
  failure.type === FAILURES.Unauthorized || failure.type === FAILURES.OutOfCredit;
