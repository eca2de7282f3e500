import { useEffect, useState } from 'react';
import type { VmItem } from '../../src/protocol/app';
import { call } from '../bridge/bridge';

const INTERVAL_MS = 2000;

/**
 * The screen of a running or suspended VM in small, as an address for an image; undefined while there is none. It is asked for while
 * it is shown and the window is seen; a screen that stands still costs no picture, and that of a suspended VM is asked for once.
 */
export function useThumbnail(vm: VmItem): string | undefined {
  const [url, setUrl] = useState<string>();
  const { id, status } = vm;
  const isSaved = status.kind === 'suspended';
  const isOn = isSaved || status.kind === 'running' || status.kind === 'paused';
  useEffect(() => {
    if (!isOn) {
      setUrl(undefined);
      return undefined;
    }
    let isCurrent = true;
    let known = 0;
    let made: string | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (): Promise<void> => {
      if (!document.hidden) {
        // Between two states nobody answers: the next look does.
        const seen = await call('vm.thumbnail', { vm: id, known }).catch(() => null);
        if (!isCurrent) return;
        if (seen !== null) {
          known = seen.stamp;
          const next = URL.createObjectURL(new Blob([seen.png as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
          setUrl(next);
          if (made !== undefined) URL.revokeObjectURL(made);
          made = next;
        }
      }
      if (!isSaved) timer = setTimeout(() => void look(), INTERVAL_MS);
    };
    void look();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [id, isOn, isSaved]);
  return url;
}
