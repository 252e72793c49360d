import { Pencil } from 'lucide-react';
import { Button } from 'react-aria-components';
import type { Minutes } from '../../../workflows/contracts/minutes.ts';
import type { Job } from '../api/answers.ts';
import { useWording } from '../shell/language.tsx';
import { Meter } from '../shell/meter.tsx';
import { ProblemNotice } from '../shell/notice.tsx';
import { useMay } from '../shell/session.ts';
import { CitationChip } from './citation.tsx';
import { SpeakerDialog } from './speaker-dialog.tsx';
import { speakerName } from './speaker-names.ts';
import { useChange } from './use-change.ts';

/** Who spoke, for how long; whoever may can name them, and join one voice that was taken for two. */
export function SpeakersView({
  job,
  minutes,
  isOlder,
}: {
  readonly job: Job;
  readonly minutes: Minutes;
  readonly isOlder: boolean;
}) {
  const { m, format } = useWording();
  const may = useMay();
  const change = useChange(job.id);
  const { speakers } = minutes;
  if (speakers.length === 0) return <p className="faint pane-words">{m.noSpeakers}</p>;
  const all = speakers.reduce((sum, { seconds }) => sum + seconds, 0);
  const isEditable = may('jobs:correct') && !isOlder;
  return (
    <>
      <ul className="speakers">
        {speakers.map((speaker) => (
          <li key={speaker.id} className="speaker">
            <div className="speaker-line">
              <span className="speaker-name">{speakerName(speaker, m)}</span>
              <span className="faint numbers">{format.length(speaker.seconds)}</span>
              {isEditable && (
                <SpeakerDialog
                  speaker={speaker}
                  others={speakers.filter(({ id }) => id !== speaker.id)}
                  onChange={change.mutate}
                >
                  <Button
                    className="quiet icon-only"
                    isDisabled={change.isPending}
                    aria-label={m.nameSpeaker(speakerName(speaker, m))}
                  >
                    <Pencil aria-hidden />
                  </Button>
                </SpeakerDialog>
              )}
            </div>
            <Meter percent={all === 0 ? 0 : (speaker.seconds / all) * 100} />
            {speaker.heard !== undefined && (
              <p className="faint speaker-heard">
                {m.heardName(speaker.heard.name)} <CitationChip citation={speaker.heard.citation} />
              </p>
            )}
          </li>
        ))}
      </ul>
      <p role="status" className="faint pane-words">
        {change.isPending
          ? m.saving
          : change.data !== undefined
            ? m.outcomes[change.data.outcome](change.data.version ?? 0)
            : ''}
      </p>
      {change.isError && <ProblemNotice error={change.error} />}
    </>
  );
}
