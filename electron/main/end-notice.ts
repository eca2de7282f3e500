import { Notification } from 'electron';

/** On the desktop, where it has a place for such; a click leads to the VM. */
export function showEndNotice(name: string, body: string, onClick: () => void): void {
  if (!Notification.isSupported()) return;
  const notice = new Notification({ title: name, body });
  notice.on('click', onClick);
  notice.show();
}
