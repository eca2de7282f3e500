import { call } from '../../bridge/bridge';
import { report } from '../../state/notices';
import { openTab } from '../../state/tabs';

export async function openVmFolder(): Promise<void> {
  try {
    const id = await call('library.open', null);
    if (id !== null) openTab(id);
  } catch (error) {
    report(error);
  }
}
