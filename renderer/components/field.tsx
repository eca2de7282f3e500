import type { ReactNode } from 'react';
import { FieldError, Input, Label, Text, TextArea, TextField } from 'react-aria-components';
import { Icon } from './icon';

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is wrong with the value. */
  readonly problem?: string | undefined;
  readonly hint?: string;
  readonly isReadOnly?: boolean;
  readonly isDisabled?: boolean;
  readonly isNumber?: boolean;
  readonly isLong?: boolean;
  readonly hasAutoFocus?: boolean;
  readonly beside?: ReactNode;
}

/** A labelled text field; what is wrong stands under it. */
export function Field(props: FieldProps) {
  const { label, value, onChange, problem, hint, isReadOnly, isDisabled, isNumber, isLong, hasAutoFocus, beside } =
    props;
  return (
    <TextField
      className="field"
      value={value}
      onChange={onChange}
      isInvalid={problem !== undefined}
      isReadOnly={isReadOnly ?? false}
      isDisabled={isDisabled ?? false}
      autoFocus={hasAutoFocus ?? false}
      validationBehavior="aria"
    >
      <Label>{label}</Label>
      <div className="field-row">
        {isLong ? (
          <TextArea rows={3} />
        ) : (
          <Input className={isNumber ? 'number' : ''} inputMode={isNumber ? 'numeric' : 'text'} />
        )}
        {beside}
      </div>
      {hint === undefined ? null : (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <FieldError className="field-error">
        <Icon name="warning" size={16} />
        {problem}
      </FieldError>
    </TextField>
  );
}
