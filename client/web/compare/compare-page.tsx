import './compare.css';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Switch } from 'react-aria-components';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import type { ListedVersion } from '../api/answers.ts';
import { jobQuery, minutesQuery, transcriptQuery, versionsQuery } from '../api/queries.ts';
import { speakerNames } from '../job/speaker-names.ts';
import { versionInWords } from '../job/version-choice.tsx';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';
import { useTitle } from '../shell/use-title.ts';
import {
  compareMinutes,
  compareSegments,
  isDifferent,
  type ComparedField,
  type Entry,
} from './compare-minutes.ts';
import { EntryView } from './entry-view.tsx';
import { fieldTitle } from './field-title.ts';
import type { Row } from './pair-lists.ts';

interface Sides {
  readonly left: number;
  readonly right: number;
}

/** Two versions of the minutes beside each other; without a choice, the current one and the one that it was made from. */
export function ComparePage({
  id,
  left,
  right,
}: {
  readonly id: string;
  readonly left: number | undefined;
  readonly right: number | undefined;
}) {
  const { m } = useWording();
  const job = useQuery(jobQuery(id));
  const versions = useQuery(versionsQuery(id));
  const title = job.data?.title ?? m.meeting;
  useTitle(`${m.compare}: ${title}`);
  const failed = [job, versions].find(({ isError, data }) => isError && data === undefined);
  const sides = versions.data && sidesOf(versions.data, left, right);
  return (
    <main className="page compare-page" id="main" tabIndex={-1} aria-busy={versions.isPending}>
      <Link to="/jobs/$id" params={{ id }} className="back">
        <ArrowLeft aria-hidden />
        {title}
      </Link>
      <h1 className="page-title">{m.compareTitle}</h1>
      {failed !== undefined ? (
        <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />
      ) : sides === undefined || versions.data === undefined ? (
        <Loading />
      ) : sides === null ? (
        <Notice tone="info" title={m.oneVersion} />
      ) : (
        <Compared id={id} versions={versions.data} {...sides} />
      )}
    </main>
  );
}

const Loading = () => {
  const { m } = useWording();
  return (
    <div className="skeleton" role="status" aria-label={m.loading}>
      <span className="skeleton-block" />
    </div>
  );
};

/** Null: there is one version only. */
function sidesOf(
  versions: readonly ListedVersion[],
  left: number | undefined,
  right: number | undefined,
): Sides | null {
  const later =
    versions.find(({ version }) => version === right) ??
    versions.find(({ isShown }) => isShown) ??
    versions[0];
  if (later === undefined || versions.length < 2) return null;
  const earlier =
    versions.find(({ version }) => version === left) ??
    versions.find(({ version }) => version === later.base) ??
    versions.find(({ version }) => version !== later.version);
  return earlier === undefined ? null : { left: earlier.version, right: later.version };
}

function Compared({
  id,
  versions,
  left,
  right,
}: Sides & { readonly id: string; readonly versions: readonly ListedVersion[] }) {
  const { m, format } = useWording();
  const navigate = useNavigate();
  const [isAll, setAll] = useState(false);
  const show = (sides: Sides): void =>
    void navigate({ to: '/jobs/$id/compare', params: { id }, search: sides, replace: true });
  const files = [
    useQuery(minutesQuery(id, left)),
    useQuery(minutesQuery(id, right)),
    useQuery(transcriptQuery(id, left)),
    useQuery(transcriptQuery(id, right)),
  ] as const;
  const failed = files.find(({ isError, data }) => isError && data === undefined);
  const [was, is, saidBefore, saidNow] = files;
  const side = (label: string, shown: number, onChoice: (version: number) => void) => {
    const version = versions.find((one) => one.version === shown);
    return (
      <div className="compare-side">
        <Choice
          label={label}
          options={versions.map((one) => [String(one.version), versionInWords(one, m)])}
          value={String(shown)}
          onChange={(chosen) => onChoice(Number(chosen))}
        />
        {version !== undefined && (
          <p className="faint">
            {[version.by, format.moment(version.createdAt)]
              .filter((fact) => fact !== null)
              .join(' · ')}
          </p>
        )}
      </div>
    );
  };
  return (
    <>
      <div className="compare-sides">
        {side(m.earlierVersion, left, (version) => show({ left: version, right }))}
        {side(m.laterVersion, right, (version) => show({ left, right: version }))}
      </div>
      <Switch className="switch" isSelected={isAll} onChange={setAll}>
        <span className="switch-track" />
        {m.showSame}
      </Switch>
      {failed !== undefined ? (
        <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />
      ) : was.data && is.data && saidBefore.data && saidNow.data ? (
        <Fields
          was={was.data}
          is={is.data}
          saidBefore={saidBefore.data}
          saidNow={saidNow.data}
          isAll={isAll}
        />
      ) : (
        <Loading />
      )}
    </>
  );
}

function Fields({
  was,
  is,
  saidBefore,
  saidNow,
  isAll,
}: {
  readonly was: Minutes;
  readonly is: Minutes;
  readonly saidBefore: Transcript;
  readonly saidNow: Transcript;
  /** What is the same is shown, too; of the transcript never: there are hours of it. */
  readonly isAll: boolean;
}) {
  const { m } = useWording();
  const fields = useMemo(() => {
    const names = { was: speakerNames(was, m), is: speakerNames(is, m) };
    return [
      ...compareMinutes(
        { minutes: was, names: names.was },
        { minutes: is, names: names.is },
        { doubts: true },
      ),
      compareSegments(saidBefore.segments, saidNow.segments, names),
    ];
  }, [was, is, saidBefore, saidNow, m]);
  const shown = fields.filter((field) => isDifferent(field) || (isAll && field.rows.length > 0));
  const count = fields.flatMap(({ rows }) => rows).filter(({ kind }) => kind !== 'same').length;
  return (
    <>
      <p role="status" className="faint compare-count">
        {m.differences(count)}
      </p>
      {shown.map((field) => (
        <FieldRows key={`${field.field} ${field.section?.id ?? ''}`} field={field} isAll={isAll} />
      ))}
    </>
  );
}

/** Of a transcript that was written anew, more would be thousands. */
const MOST_ROWS = 300;

function FieldRows({ field, isAll }: { readonly field: ComparedField; readonly isAll: boolean }) {
  const { m } = useWording();
  const rows = field.rows.filter(({ kind }) => isAll || kind !== 'same');
  return (
    <section className="compare-field">
      <h2>{fieldTitle(field, m)}</h2>
      <ol>
        {rows.slice(0, MOST_ROWS).map((row, index) => (
          <li key={`${index} ${row.kind}`} className={`row row-${row.kind}`}>
            <span className="row-kind">{row.kind === 'same' ? '' : m.rowKinds[row.kind]}</span>
            <Cell row={row} side="was" />
            <Cell row={row} side="is" />
          </li>
        ))}
      </ol>
      {rows.length > MOST_ROWS && (
        <p className="faint">{m.moreDifferences(rows.length - MOST_ROWS)}</p>
      )}
    </section>
  );
}

function Cell({ row, side }: { readonly row: Row<Entry>; readonly side: 'was' | 'is' }) {
  const { m } = useWording();
  if (row[side] === null) return <div className="cell cell-empty" aria-hidden />;
  // What stayed is told once where one is below the other.
  const isTwice = side === 'was' && (row.kind === 'same' || row.kind === 'moved');
  return (
    <div className={`cell${isTwice ? ' wide-only' : ''}`}>
      <span className="hidden">{side === 'was' ? m.before : m.now} </span>
      <EntryView row={row} side={side} />
    </div>
  );
}
