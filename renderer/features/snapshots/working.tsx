import type { VmItem } from '../../../src/protocol/app';

/** From 0 to 1 while a VM's state is saved or loaded. */
export function progressOf({ status }: VmItem): number | undefined {
  return status.kind === 'saving' || status.kind === 'starting' ? status.done : undefined;
}

/** What goes on with a VM, and how far it is. */
export function Working({ vm, label }: { readonly vm: VmItem; readonly label: string }) {
  const done = progressOf(vm);
  return (
    <span className="working">
      {label}
      {done === undefined ? null : <progress value={done} aria-label={label} />}
    </span>
  );
}
