import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { useWording } from '../shell/language.tsx';
import { heardShare, statementCounts } from './about-minutes.ts';

/** What to know before reading: whether anything is missing, who wrote it, and what is proved. */
export function Glance({ minutes }: { readonly minutes: Minutes }) {
  const { m, format } = useWording();
  const { status, source, coverage, engines } = minutes;
  const { all, verified } = statementCounts(minutes);
  const models = [...new Set(engines.summarize.map(({ model }) => model.split('/').at(-1)))];
  return (
    <ul className="glance" aria-label={m.atAGlance}>
      <li className={`mark mark-${status === 'complete' ? 'good' : 'warn'}`}>
        {m.results[status]}
      </li>
      {source.kind === 'recording' && (
        <li>{m.heard(format.share(heardShare(minutes)), format.length(coverage.audioSeconds))}</li>
      )}
      <li>
        {models.length === 0
          ? m.noSummary
          : m.writtenBy(format.list(models.filter((model) => model !== undefined)))}
      </li>
      {all > 0 && <li>{m.verifiedOf(verified, all)}</li>}
    </ul>
  );
}
