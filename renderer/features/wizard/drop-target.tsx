import { useEffect, useState } from 'react';
import { translate } from '../../../src/i18n/translate';
import { onEvent } from '../../bridge/bridge';
import { Icon } from '../../components/icon';
import { openDialog, showDialog } from '../../state/dialogs';

// As soon as the page is there: the app may have been started with a file.
onEvent('dropped', (file) => {
  // Another dialog has the word until it is closed.
  const open = openDialog.get()?.kind;
  if (open === undefined || open === 'newVm') showDialog({ kind: 'newVm', file });
});

/**
 * An image dropped anywhere on the window starts the wizard. The preload script and main take the file; the page only
 * shows that it may be let go.
 */
export function DropTarget() {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const over = (event: DragEvent): void => setOver(event.dataTransfer?.types.includes('Files') === true);
    const left = (event: DragEvent): void => {
      if (event.relatedTarget === null) setOver(false);
    };
    const dropped = (): void => setOver(false);
    window.addEventListener('dragenter', over);
    window.addEventListener('dragleave', left);
    window.addEventListener('drop', dropped);
    return () => {
      window.removeEventListener('dragenter', over);
      window.removeEventListener('dragleave', left);
      window.removeEventListener('drop', dropped);
    };
  }, []);
  if (!isOver) return null;
  return (
    <div className="drop-target" role="status">
      <Icon name="plus" size={40} />
      {translate('drop.here')}
    </div>
  );
}
