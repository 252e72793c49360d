import { useQuery } from '@tanstack/react-query';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import { versionsQuery } from '../api/queries.ts';
import { useWording } from '../shell/language.tsx';
import { heardShare } from './about-minutes.ts';
import { spanInWords } from './shortfalls.ts';
import { versionInWords } from './version-choice.tsx';

const WORKS = ['transcribe', 'diarize', 'summarize', 'illustrate', 'moderate'] as const;

/** How the minutes were made: what was heard, by whom, for how much. */
export function AboutView({ id, minutes }: { readonly id: string; readonly minutes: Minutes }) {
  const { m, format } = useWording();
  const { coverage, engines, cost, source, template, attendees = [] } = minutes;
  const { data: versions = [] } = useQuery(versionsQuery(id));
  const invented = coverage.mayBeInvented ?? [];
  return (
    <div className="about">
      <h2>{m.coverage}</h2>
      <dl className="facts-list">
        {source.kind === 'recording' && (
          <>
            <dt>{m.recording}</dt>
            <dd>
              {m.heard(format.share(heardShare(minutes)), format.length(coverage.audioSeconds))}
            </dd>
            <dt>{m.speech}</dt>
            <dd>{format.length(coverage.transcribedSeconds)}</dd>
            <dt>{m.silence}</dt>
            <dd>{format.length(coverage.silenceSeconds)}</dd>
            <dt>{m.gaps}</dt>
            <dd>
              {coverage.gaps.length === 0
                ? m.none
                : format.list(coverage.gaps.map((gap) => spanInWords(gap, m)))}
            </dd>
          </>
        )}
        <dt>{m.summarised}</dt>
        <dd>
          {m.charactersOf(
            format.number(coverage.summarizedCharacters),
            format.number(coverage.transcriptCharacters),
          )}
        </dd>
        {invented.length > 0 && (
          <>
            <dt>{m.mayBeInvented}</dt>
            <dd>{format.list(invented.map((span) => spanInWords(span, m)))}</dd>
          </>
        )}
      </dl>
      <h2>{m.madeBy}</h2>
      <dl className="facts-list">
        {WORKS.flatMap((work) =>
          (engines[work] ?? []).map(({ target, model, provider, items }) => (
            <div key={`${work} ${target} ${model}`}>
              <dt>{m.works[work]}</dt>
              <dd>
                {model}
                <span className="faint">
                  {' '}
                  {[provider, m.items(items)].filter((fact) => fact !== null).join(' · ')}
                </span>
              </dd>
            </div>
          )),
        )}
      </dl>
      <h2>{m.cost}</h2>
      <dl className="facts-list">
        <dt>{m.calls}</dt>
        <dd>
          {format.number(cost.entries)}
          {cost.inDoubt > 0 && <span className="doubt">{m.inDoubt(cost.inDoubt)}</span>}
        </dd>
        <dt>{m.cost}</dt>
        <dd>{cost.totalUsd === null ? m.noPrices : format.dollars(cost.totalUsd)}</dd>
      </dl>
      <h2>{m.document}</h2>
      <dl className="facts-list">
        <dt>{m.file}</dt>
        <dd className="breakable">
          {source.name} <span className="faint">{format.bytes(source.bytes)}</span>
        </dd>
        {attendees.length > 0 && (
          <>
            <dt>{m.attendees}</dt>
            <dd>{format.list(attendees)}</dd>
          </>
        )}
        <dt>{m.template}</dt>
        <dd>{(m.templates as Readonly<Record<string, string>>)[template.id] ?? template.id}</dd>
        <dt>{m.identifier}</dt>
        <dd className="breakable">
          <code>{minutes.id}</code>
        </dd>
      </dl>
      {versions.length > 0 && (
        <>
          <h2>{m.versions}</h2>
          <ol className="history">
            {versions.map((version) => (
              <li key={version.version}>
                {versionInWords(version, m)}
                <span className="faint">
                  {[version.by, format.moment(version.createdAt)]
                    .filter((fact) => fact !== null)
                    .join(' · ')}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
