import { useQuery } from '@tanstack/react-query';
import { FilePenLine, NotebookPen } from 'lucide-react';
import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react';
import { Button, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import type { Citation, Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Transcript } from '../../../workflows/contracts/transcript.ts';
import type { Change, Job } from '../api/answers.ts';
import { minutesQuery, transcriptQuery } from '../api/queries.ts';
import { draftOf, type MinutesDraft } from '../edit/minutes-draft.ts';
import { SavedNotice } from '../edit/saved-notice.tsx';
import type { TranscriptDraft } from '../edit/transcript-draft.ts';
import { useDraft } from '../edit/use-draft.ts';
import { useWording } from '../shell/language.tsx';
import { Notice, ProblemNotice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
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

const MinutesEditor = lazy(() =>
  import('../edit/minutes-editor.tsx').then(({ MinutesEditor: component }) => ({
    default: component,
  })),
);
const TranscriptChanges = lazy(() =>
  import('../edit/transcript-changes.tsx').then(({ TranscriptChanges: component }) => ({
    default: component,
  })),
);
const NewSummary = lazy(() =>
  import('../edit/new-summary.tsx').then(({ NewSummary: component }) => ({ default: component })),
);

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

/** A change that was made here. */
interface Saved {
  readonly of: 'minutes' | 'transcript';
  readonly base: number;
  readonly change: Change;
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
  const isEditable = useMay()('jobs:correct') && !isOlder;
  const [draft, setDraft] = useDraft<MinutesDraft>(job.id, 'minutes');
  const [corrections, setCorrections] = useDraft<TranscriptDraft>(job.id, 'transcript');
  const [saved, setSaved] = useState<Saved | null>(null);
  const [isSummarising, setSummarising] = useState(false);
  const savedOf = (of: Saved['of'], base: number) => (change: Change) =>
    setSaved({ of, base, change });
  const edit = (): void => {
    setDraft(draftOf(minutes));
    setPane('minutes');
  };
  const goTo = (citation: Citation): void => {
    setCited({ segmentIds: citation.segmentIds });
    const canPlay = audio !== null && failure === null && citation.start !== null;
    if (canPlay && citation.start !== null) playAt(citation.start);
    // Beside the minutes, the transcript shows the words; on a phone, only if there is nothing to hear.
    if (!isNarrow || !canPlay) setPane('transcript');
  };
  const newSummary = (
    <Button className="button" onPress={() => setSummarising(true)}>
      <NotebookPen aria-hidden />
      {m.newSummary}
    </Button>
  );
  const text =
    isEditable && draft !== null ? (
      <MinutesEditor
        minutes={minutes}
        draft={draft}
        onDraft={setDraft}
        onSaved={savedOf('minutes', draft.version)}
      />
    ) : (
      <>
        {isEditable && (
          <div className="text-tools">
            <Button className="button" onPress={edit}>
              <FilePenLine aria-hidden />
              {m.edit}
            </Button>
            {newSummary}
          </div>
        )}
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
      {/* Nobody decides on what they are about to change. */}
      {!isOlder && draft === null && <ApprovalBar job={job} minutes={minutes} />}
      {saved !== null && (
        <SavedNotice
          id={job.id}
          change={saved.change}
          base={saved.base}
          onClose={() => setSaved(null)}
        >
          {saved.of === 'transcript' && newSummary}
        </SavedNotice>
      )}
      {isEditable && isSummarising && (
        <Suspense fallback={null}>
          <NewSummary minutes={minutes} onClose={() => setSummarising(false)} />
        </Suspense>
      )}
      <div className="reading">
        {!isNarrow && <div className="reading-text">{whenLoaded(text)}</div>}
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
              {whenLoaded(text)}
            </TabPanel>
          )}
          <TabPanel id="transcript" className="pane pane-transcript">
            {isEditable && corrections !== null && (
              <Suspense fallback={null}>
                <TranscriptChanges
                  draft={corrections}
                  onDraft={setCorrections}
                  minutes={minutes}
                  names={names}
                  onSaved={savedOf('transcript', corrections.version)}
                />
              </Suspense>
            )}
            <TranscriptView
              transcript={transcript}
              names={names}
              cited={cited}
              editing={
                isEditable
                  ? {
                      draft: corrections ?? { version: minutes.version, segments: {} },
                      onDraft: (next) =>
                        setCorrections(Object.keys(next.segments).length === 0 ? null : next),
                    }
                  : null
              }
            />
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

const whenLoaded = (content: ReactNode) => (
  <Suspense fallback={<span className="skeleton-block" />}>{content}</Suspense>
);

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
