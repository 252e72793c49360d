import { useInfiniteQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { useWording } from '../shell/language.tsx';
import type { Refusal } from './answers.ts';
import { Loaded, Nothing } from './loaded.tsx';
import { refusalsQuery } from './queries.ts';

/** What keys of the tenant were refused. */
export function RefusalsView() {
  const { m } = useWording();
  const words = m.operations;
  const pages = useInfiniteQuery(refusalsQuery);
  return (
    <>
      <p className="lead">{words.refusalsHelp}</p>
      <Loaded query={pages}>
        {({ pages: found }) => {
          const refusals = found.flatMap((page) => page.refusals);
          if (refusals.length === 0) {
            return <Nothing title={words.noRefusals} help={words.noRefusalsHelp} />;
          }
          return (
            <>
              <RefusalTable refusals={refusals} />
              {pages.hasNextPage && (
                <Button
                  className="button more"
                  isDisabled={pages.isFetchingNextPage}
                  onPress={() => void pages.fetchNextPage()}
                >
                  {m.showMore}
                </Button>
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}

function RefusalTable({ refusals }: { readonly refusals: readonly Refusal[] }) {
  const { m, format } = useWording();
  const words = m.operations;
  const reasons: Readonly<Record<number, string | undefined>> = words.statuses;
  return (
    <table className="records">
      <caption className="hidden">{words.sections.refusals}</caption>
      <thead>
        <tr>
          <th scope="col">{words.key}</th>
          <th scope="col">{words.asked}</th>
          <th scope="col">{words.why}</th>
          <th scope="col">{words.when}</th>
        </tr>
      </thead>
      <tbody>
        {refusals.map((refusal) => (
          <tr key={refusal.requestId}>
            <td>
              <span className="record-name">{refusal.keyName ?? words.unknown}</span>
              <code className="faint">{refusal.keyId}</code>
            </td>
            <td data-label={words.asked}>
              <code className="breakable">
                {refusal.route === null ? words.noRoute : `${refusal.method} ${refusal.route}`}
              </code>
              <span className="faint record-more">{refusal.action}</span>
            </td>
            <td data-label={words.why}>
              {refusal.status} · {reasons[refusal.status] ?? words.unknown}
            </td>
            <td data-label={words.when} className="record-when">
              <time dateTime={refusal.refusedAt}>{format.moment(refusal.refusedAt)}</time>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
