import { Check, ChevronDown } from 'lucide-react';
import {
  Button,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select,
  SelectValue,
} from 'react-aria-components';

/** One of several, by id. */
export function Choice({
  label,
  options,
  value,
  onChange,
  isLabelHidden = false,
}: {
  readonly label: string;
  readonly options: readonly (readonly [id: string, text: string])[];
  readonly value: string;
  readonly onChange: (id: string) => void;
  /** Said, and not shown. */
  readonly isLabelHidden?: boolean;
}) {
  return (
    <Select
      className="field"
      {...(isLabelHidden && { 'aria-label': label })}
      value={value}
      onChange={(id) => onChange(String(id))}
    >
      {!isLabelHidden && <Label>{label}</Label>}
      <Button className="input choice">
        <SelectValue />
        <ChevronDown aria-hidden />
      </Button>
      <Popover className="popover choice-list">
        <ListBox className="menu">
          {options.map(([id, text]) => (
            <ListBoxItem key={id} id={id} textValue={text} className="menu-item">
              {({ isSelected }) => (
                <>
                  {text}
                  {isSelected && <Check aria-hidden className="menu-check" />}
                </>
              )}
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}
