import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useWording } from './language.tsx';
import { Notice } from './notice.tsx';

/** Shows a secret that cannot be shown again. */
export function SecretNotice({
  title,
  help,
  secret,
  onClose,
}: {
  readonly title: string;
  readonly help: string;
  readonly secret: string;
  readonly onClose: () => void;
}) {
  const { m } = useWording();
  const [isCopied, setCopied] = useState(false);
  return (
    <Notice
      tone="info"
      title={title}
      actions={
        <>
          <Button
            className="button"
            onPress={() =>
              void navigator.clipboard.writeText(secret).then(
                () => setCopied(true),
                () => setCopied(false),
              )
            }
          >
            {isCopied ? m.copied : m.copy}
          </Button>
          <Button className="button" onPress={onClose}>
            {m.done}
          </Button>
        </>
      }
    >
      <p>{help}</p>
      <code className="secret">{secret}</code>
    </Notice>
  );
}
