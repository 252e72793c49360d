import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { Citation, Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import type { Job } from '../api/answers.ts';
import { minutesQuery, transcriptQuery } from '../api/queries.ts';
import { useWording } from '../shell/language.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';
import { useNarrow } from '../shell/use-narrow.ts';
import { AboutView } from './about-view.tsx';
import { ApprovalBar } from './approval-bar.tsx';
import { CitationContext } from './citation.tsx';
import { Glance } from './glance.tsx';
import { PlayerProvider, usePlayer } from './player-context.tsx';
import { Player } from './player.tsx';
import { degradationsInWords, missingParts } from './shortfalls.ts';
import { SpeakersView } from './speakers-view.tsx';
import { speakerNames } from './speaker-names.ts';
import { MinutesText } from './statements.tsx';
import { TranscriptView, type Cited } from './transcript-view.tsx';

/** The minutes beside their transcript, with the recording below. */
export function MinutesPage({
  job,
  version,
}: {
  readonly job: Job;
  readonly version: number | undefined;
}) {
  const { m } = useWording();
  const minutes = useQuery(minutesQuery(job.id, version));
  const transcript = useQuery(transcriptQuery(job.id, version));
  const failed = [minutes, transcript].find(({ isError, data }) => isError && data === undefined);
  if (failed !== undefined) {
    return <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />;
  }
  if (minutes.data === undefined || transcript.data === undefined) {
    return (
      <div className="skeleton" role="status" aria-label={m.loading}>
        <span className="skeleton-block" />
      </div>
    );
  }
  return (
    <PlayerProvider>
      <Reading
        job={job}
        minutes={minutes.data}
        transcript={transcript.data}
        isOlder={version !== undefined}
      />
    </PlayerProvider>
  );
}

type Pane = 'minutes' | 'transcript' | 'speakers' | 'about';

function Reading({
  job,
  minutes,
  transcript,
  isOlder,
}: {
  readonly job: Job;
  readonly minutes: Minutes;
  readonly transcript: Transcript;
  /** It is not the version that the job shows, so that nothing of it can be changed. */
  readonly isOlder: boolean;
}) {
  const { m } = useWording();
  const isNarrow = useNarrow();
  const { audio, failure, playAt } = usePlayer();
  const [pane, setPane] = useState<Pane>('minutes');
  const [cited, setCited] = useState<Cited | null>(null);
  const names = useMemo(() => speakerNames(minutes, m), [minutes, m]);
  const goTo = (citation: Citation): void => {
    setCited({ segmentIds: citation.segmentIds });
    const canPlay = audio !== null && failure === null && citation.start !== null;
    if (canPlay && citation.start !== null) playAt(citation.start);
    // Beside the minutes, the transcript shows the words; on a phone, only if there is nothing to hear.
    if (!isNarrow || !canPlay) setPane('transcript');
  };
  const text = (
    <>
      <Shortfalls minutes={minutes} />
      <MinutesText minutes={minutes} names={names} />
    </>
  );
  const panes: readonly (readonly [Pane, string])[] = [
    ...(isNarrow ? [['minutes', m.minutes] as const] : []),
    ['transcript', m.transcript],
    ['speakers', m.speakers],
    ['about', m.about],
  ];
  const shownPane = !isNarrow && pane === 'minutes' ? 'transcript' : pane;
  return (
    <CitationContext value={goTo}>
      <Glance minutes={minutes} />
      {isOlder && <Notice tone="info" title={m.olderVersion(minutes.version)} />}
      {!isOlder && <ApprovalBar job={job} minutes={minutes} />}
      <div className="reading">
        {!isNarrow && <div className="reading-text">{text}</div>}
        <Tabs
          className="panes"
          selectedKey={shownPane}
          onSelectionChange={(key) => {
            const chosen = panes.find(([id]) => id === key);
            if (chosen !== undefined) setPane(chosen[0]);
          }}
        >
          <TabList className="tabs" aria-label={m.parts}>
            {panes.map(([id, name]) => (
              <Tab key={id} id={id} className="tab">
                {name}
              </Tab>
            ))}
          </TabList>
          {isNarrow && (
            <TabPanel id="minutes" className="pane">
              {text}
            </TabPanel>
          )}
          <TabPanel id="transcript" className="pane pane-transcript">
            <TranscriptView transcript={transcript} names={names} cited={cited} />
          </TabPanel>
          <TabPanel id="speakers" className="pane">
            <SpeakersView job={job} minutes={minutes} isOlder={isOlder} />
          </TabPanel>
          <TabPanel id="about" className="pane">
            <AboutView id={job.id} minutes={minutes} />
          </TabPanel>
        </Tabs>
      </div>
      {minutes.source.kind === 'recording' && (
        <Player id={job.id} durationSeconds={minutes.durationSeconds} />
      )}
    </CitationContext>
  );
}

function Shortfalls({ minutes }: { readonly minutes: Minutes }) {
  const { m } = useWording();
  const missing = missingParts(minutes, m);
  const degraded = degradationsInWords(minutes.degradations, m);
  return (
    <>
      {minutes.status === 'partial' && (
        <Notice tone="warning" title={m.isPartial}>
          <Lines lines={missing} />
        </Notice>
      )}
      {degraded.length > 0 && (
        <Notice tone="info" title={m.notAsPlanned}>
          <Lines lines={degraded} />
        </Notice>
      )}
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
