import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ListedVersion } from '../api/answers.ts';
import { versionsQuery } from '../api/queries.ts';
import type { Messages } from '../messages/en.ts';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';

/** Shows another version of the minutes; nothing where there is one only. */
export function VersionChoice({
  id,
  version,
}: {
  readonly id: string;
  readonly version: number | undefined;
}) {
  const { m } = useWording();
  const navigate = useNavigate();
  const { data: versions = [] } = useQuery(versionsQuery(id));
  if (versions.length < 2) return null;
  const shown = versions.find(({ isShown }) => isShown)?.version;
  return (
    <Choice
      label={m.versions}
      isLabelHidden
      options={versions.map((one) => [String(one.version), versionInWords(one, m)])}
      value={String(version ?? shown ?? '')}
      onChange={(chosen) =>
        void navigate({
          to: '/jobs/$id',
          params: { id },
          search: Number(chosen) === shown ? {} : { version: Number(chosen) },
        })
      }
    />
  );
}

export const versionInWords = ({ version, kind, isShown }: ListedVersion, m: Messages): string =>
  m.versionLine(version, kind === null ? m.kinds.run : m.kinds[kind], isShown);
