import { Input, Label, Switch, Text, TextField } from 'react-aria-components';
import { Choice } from '../shell/choice.tsx';
import { useWording } from '../shell/language.tsx';
import type { MinutesOptions } from './minutes-options.ts';
import { SPOKEN } from './spoken-languages.ts';

const TEMPLATES = ['standard', 'board', 'stand-up', 'sales-call', 'interview', 'lecture'] as const;

/** What kind of minutes a recording becomes. */
export function OptionsFields({
  options,
  onChange,
}: {
  readonly options: MinutesOptions;
  readonly onChange: (options: MinutesOptions) => void;
}) {
  const { m, format } = useWording();
  const set = (changed: Partial<MinutesOptions>): void => onChange({ ...options, ...changed });
  const languages = SPOKEN.map((code) => [code, format.languageName(code)] as const).toSorted(
    ([, one], [, other]) => one.localeCompare(other),
  );
  return (
    <>
      <div className="form-row">
        <Choice
          label={m.template}
          options={TEMPLATES.map((id) => [id, m.templates[id]])}
          value={options.template}
          onChange={(template) => set({ template })}
        />
        <Choice
          label={m.spokenLanguage}
          options={[['', m.detected], ...languages]}
          value={options.language ?? ''}
          onChange={(language) => set({ language: language || null })}
        />
      </div>
      <TextField
        className="field"
        value={options.attendees}
        onChange={(attendees) => set({ attendees })}
      >
        <Label>{m.attendees}</Label>
        <Input className="input" maxLength={30_000} />
        <Text slot="description" className="field-help">
          {m.attendeesHelp}
        </Text>
      </TextField>
      <Switch
        className="switch"
        isSelected={options.approve}
        onChange={(approve) => set({ approve })}
      >
        <span className="switch-track" />
        {m.askForApproval}
      </Switch>
      <Switch className="switch" isSelected={options.image} onChange={(image) => set({ image })}>
        <span className="switch-track" />
        {m.withPicture}
      </Switch>
    </>
  );
}
