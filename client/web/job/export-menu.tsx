import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { exportsQuery, sessionQuery } from '../api/queries.ts';
import { addressOf } from '../api/request.ts';
import { useWording } from '../shell/language.tsx';

/** The files of the minutes, and all of them in one. */
export function ExportMenu({
  id,
  version,
}: {
  readonly id: string;
  readonly version: number | undefined;
}) {
  const { m, format } = useWording();
  const client = useQueryClient();
  const { data: files = [] } = useQuery(exportsQuery(id, version));
  const zip = addressOf(`/jobs/${id}/exports`, { version, format: 'zip' });
  return (
    <MenuTrigger>
      <Button className="button">
        <Download aria-hidden />
        {m.export}
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={m.export}>
          <MenuItem
            className="menu-item"
            onAction={() => void download(client, zip, 'minutes.zip')}
            textValue={m.allFiles}
          >
            {m.allFiles}
            <span className="faint">.zip</span>
          </MenuItem>
          {files.map(({ name, bytes }) => (
            <MenuItem
              key={name}
              className="menu-item"
              onAction={() =>
                void download(client, addressOf(`/jobs/${id}/exports/${name}`, { version }), name)
              }
              textValue={name}
            >
              {name}
              <span className="faint numbers">{format.bytes(bytes)}</span>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

/** Downloads a file, unless the session has ended: then the sign-in is shown instead of a file with an error in it. */
async function download(client: QueryClient, address: string, name: string): Promise<void> {
  try {
    await client.fetchQuery({ ...sessionQuery, staleTime: 0 });
  } catch {
    // Whoever shows the session says what is wrong with it.
    return;
  }
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}
