import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { picksByRules } from '../../../workflows/contracts/picks-by-rules.ts';
import { useWording } from '../shell/language.tsx';
import { heardShare, statementCounts } from './about-minutes.ts';

/** What to know before reading: whether anything is missing, who wrote it, and what is proved. */
export function Glance({ minutes }: { readonly minutes: Minutes }) {
  const { m, format } = useWording();
  const { status, source, coverage, engines } = minutes;
  const { all, verified } = statementCounts(minutes);
  return (
    <ul className="glance" aria-label={m.atAGlance}>
      <li className={`mark mark-${status === 'complete' ? 'good' : 'warn'}`}>
        {m.results[status]}
      </li>
      {source.kind === 'recording' && (
        <li>{m.heard(format.share(heardShare(minutes)), format.length(coverage.audioSeconds))}</li>
      )}
      <li>{writtenBy()}</li>
      {all > 0 && <li>{m.verifiedOf(verified, all)}</li>}
    </ul>
  );

  function writtenBy(): string {
    const last = engines.summarize.at(-1);
    if (last === undefined) return m.noSummary;
    // What is picked by rules stands after the answers of the models that it replaces.
    if (picksByRules(last.target)) return m.pickedByRules;
    const models = new Set(engines.summarize.map(({ model }) => model.split('/').at(-1) ?? model));
    return m.writtenBy(format.list([...models]));
  }
}
