import { useEffect, useState } from 'react';
import type { RecentFile } from '../../src/protocol/app';
import { call } from '../bridge/bridge';
import { report } from './notices';

/** The images that the user chose last and that can be used so; read anew when `stamp` changes. */
export function useRecent(use: RecentFile['uses'][number], stamp: string): readonly RecentFile[] {
  const [recent, setRecent] = useState<readonly RecentFile[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was chosen meanwhile is in the list then
  useEffect(() => {
    let isCurrent = true;
    call('recent.list', null).then((list) => {
      if (isCurrent) setRecent(list.filter(({ uses }) => uses.includes(use)));
    }, report);
    return () => {
      isCurrent = false;
    };
  }, [use, stamp]);
  return recent;
}
