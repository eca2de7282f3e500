import { createContext, type ReactNode, useContext } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

interface DialogProps {
  readonly title: string;
  readonly size?: 'small' | 'medium' | 'large';
  readonly isAlert?: boolean;
  /** Escape and the background; without it the dialog stays until a button ends it. */
  readonly onClose?: () => void;
  readonly children: ReactNode;
  readonly buttons: ReactNode;
  /** Beside the buttons, at the left. */
  readonly aside?: ReactNode;
}

/** What each dialog shows over its buttons: the trouble there was since it opened. */
export const DialogErrors = createContext<ReactNode>(null);

export function Dialog({ title, size = 'small', isAlert, onClose, children, buttons, aside }: DialogProps) {
  return (
    <ModalOverlay
      className="overlay"
      isOpen
      isDismissable={false}
      isKeyboardDismissDisabled={onClose === undefined}
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose?.();
      }}
    >
      <Modal className={`modal ${size}`}>
        <AriaDialog className="dialog" role={isAlert ? 'alertdialog' : 'dialog'}>
          <Heading slot="title" className="dialog-title">
            {title}
          </Heading>
          <div className="dialog-body">{children}</div>
          {useContext(DialogErrors)}
          <div className="dialog-buttons">
            <div className="dialog-aside">{aside}</div>
            {buttons}
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
