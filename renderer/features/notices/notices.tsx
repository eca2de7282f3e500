import { translate } from '../../../src/i18n/translate';
import { IconButton } from '../../components/button';
import { Icon } from '../../components/icon';
import { openDialog } from '../../state/dialogs';
import { dismiss, isAboutDialog, type Notice, notices } from '../../state/notices';
import { useStore } from '../../state/store';

/** News and errors in the corner of the window. A dialog that opens lies over them. */
export function Notices() {
  const dialog = useStore(openDialog);
  const list = useStore(notices).filter((notice) => !isAboutDialog(notice, dialog));
  return (
    <section className="notices" aria-label={translate('notices.label')} aria-live="polite">
      {list.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

/** What went wrong since the dialog opened, for its inside: nothing covers its buttons, and screen readers come to it. */
export function DialogNotices() {
  const dialog = useStore(openDialog);
  const list = useStore(notices).filter((notice) => isAboutDialog(notice, dialog));
  if (list.length === 0) return null;
  return (
    <div className="dialog-notices">
      {list.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function NoticeCard({ notice: { id, kind, text, action } }: { readonly notice: Notice }) {
  return (
    <div className={`notice ${kind}`} role={kind === 'error' ? 'alert' : 'status'}>
      <Icon name={kind === 'error' ? 'warning' : 'info'} size={18} />
      <div className="notice-body">
        <p>{text}</p>
        {action === undefined ? null : (
          <button
            type="button"
            className="link"
            onClick={() => {
              dismiss(id);
              action.run();
            }}
          >
            {action.label}
          </button>
        )}
      </div>
      <IconButton icon="close" label={translate('button.dismiss')} onPress={() => dismiss(id)} />
    </div>
  );
}
