import { useEffect, useState } from 'react';
import { isVmError } from '../../../src/base/errors';
import type { VmDetails, VmItem } from '../../../src/protocol/app';
import { call, onEvent } from '../../bridge/bridge';
import { report } from '../../state/notices';

/** A VM that went or broke meanwhile: the list says so. */
function tell(error: unknown): void {
  if (!isVmError(error, 'vm-not-found') && !isVmError(error, 'vm-broken')) report(error);
}

/** A VM's details, read again when the VM changes. */
export function useDetails(vm: VmItem | undefined): VmDetails | undefined {
  const [details, setDetails] = useState<VmDetails>();
  const { id, name, status, kind } = vm ?? {};
  // A change of configuration comes with a new list; states are what changes between.
  // biome-ignore lint/correctness/useExhaustiveDependencies: name and state are what asks for reading again
  useEffect(() => {
    if (kind !== 'ok' || id === undefined) return undefined;
    let isCurrent = true;
    const read = (): void => {
      call('vm.details', { vm: id }).then((read) => {
        if (isCurrent) setDetails(read);
      }, tell);
    };
    read();
    const end = onEvent('details', (changed) => {
      if (changed.vm === id) read();
    });
    return () => {
      isCurrent = false;
      end();
    };
  }, [id, name, kind, status?.kind]);
  return id !== undefined && details?.id === id ? details : undefined;
}
