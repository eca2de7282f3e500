import { useEffect, useState } from 'react';
import { errorText } from '../../../src/i18n/error-text';
import { translate } from '../../../src/i18n/translate';
import type { VmItem } from '../../../src/protocol/app';
import { type KeyboardLayoutId, keyboardLayoutIds, MAX_TYPED_LENGTH } from '../../../src/protocol/keyboard-layouts';
import { VmError } from '../../../src/base/errors';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Field } from '../../components/field';
import { Choice } from '../../components/choice';
import { closeDialog } from '../../state/dialogs';
import { report, sentence } from '../../state/notices';

const LAYOUT_KEY = 'typeText.layout';

/** The layout used last, on this computer. */
function rememberedLayout(): KeyboardLayoutId {
  const kept = localStorage.getItem(LAYOUT_KEY);
  return keyboardLayoutIds.find((id) => id === kept) ?? 'us';
}

/** Types text into the guest by keystrokes: for guests that share no clipboard. */
export function TypeDialog({ vm }: { readonly vm: VmItem }) {
  const [text, setText] = useState('');
  const [layout, setLayout] = useState(rememberedLayout);
  const [isTyping, setTyping] = useState(false);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    call('app.pasteText', null).then((clipboard) => setText((now) => (now === '' ? clipboard : now)), report);
  }, []);

  const type = (): void => {
    setProblem(undefined);
    setTyping(true);
    localStorage.setItem(LAYOUT_KEY, layout);
    call('console.typeText', { vm: vm.id, text, layout }).then(closeDialog, (error: unknown) => {
      setTyping(false);
      const trouble = VmError.from(error);
      const character = trouble.detail?.['character'];
      if (character !== undefined) {
        setProblem(translate('type.noKey', { character, layout: translate(`layout.${layout}`) }));
      } else if (trouble.code !== 'cancelled') setProblem(sentence(errorText(trouble)));
    });
  };
  const stop = (): void => void call('console.stopTyping', { vm: vm.id }).catch(report);
  return (
    <Dialog
      title={translate('type.title', { name: vm.name })}
      size="medium"
      onClose={() => {
        if (isTyping) stop();
        closeDialog();
      }}
      aside={isTyping ? <span className="working">{translate('type.typing')}</span> : null}
      buttons={
        isTyping ? (
          <Button onPress={stop}>{translate('type.stop')}</Button>
        ) : (
          <>
            <Button onPress={closeDialog}>{translate('button.cancel')}</Button>
            <Button look="primary" isDisabled={text === ''} onPress={type}>
              {translate('type.type')}
            </Button>
          </>
        )
      }
    >
      <div className="stack">
        <Field
          label={translate('type.text')}
          value={text}
          onChange={(value) => setText(value.slice(0, MAX_TYPED_LENGTH))}
          problem={problem}
          hint={translate('type.hint')}
          isDisabled={isTyping}
          isLong
          hasAutoFocus
        />
        <Choice
          label={translate('type.layout')}
          value={layout}
          isDisabled={isTyping}
          options={keyboardLayoutIds.map((id) => ({ id, text: translate(`layout.${id}`) }))}
          onChange={setLayout}
        />
      </div>
    </Dialog>
  );
}
