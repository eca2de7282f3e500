import { useEffect, useState } from 'react';
import { formatDate, translate } from '../../../src/i18n/translate';
import type { SnapshotSizes, VmItem } from '../../../src/protocol/app';
import type { SnapshotInfo, SnapshotTree } from '../../../src/protocol/guest';
import { call } from '../../bridge/bridge';
import { Button } from '../../components/button';
import { Check } from '../../components/check';
import { Dialog } from '../../components/dialog';
import { Field } from '../../components/field';
import { Icon } from '../../components/icon';
import { Tree } from '../../components/tree';
import { closeDialog } from '../../state/dialogs';
import { report } from '../../state/notices';
import { canTakeSnapshot } from '../../state/power';
import { formatBytes } from '../../../src/i18n/format-bytes';
import { useSnapshots } from '../vm/summary';
import { RestoreDialog } from './restore-dialog';
import { countBelow, HERE_ID, rowsOf } from './snapshot-tree';
import { TakeDialog } from './take-dialog';

type Inner = { readonly kind: 'take' } | { readonly kind: 'restore' | 'delete'; readonly snapshot: SnapshotInfo };

/** All snapshots of a VM as a tree, with where it is now. */
export function SnapshotManager({ vm }: { readonly vm: VmItem }) {
  const tree = useSnapshots(vm) ?? { snapshots: [], current: null };
  const [selected, setSelected] = useState<string>();
  const [inner, setInner] = useState<Inner>();
  const rows = rowsOf(tree);
  const sizes = useSizes(vm, tree);
  const snapshot = tree.snapshots.find(({ id }) => id === selected);
  const isFree = canTakeSnapshot(vm) || vm.status.kind === 'crashed';
  return (
    <>
      <Dialog
        title={translate('snapshot.managerTitle', { name: vm.name })}
        size="large"
        onClose={closeDialog}
        aside={
          <Button icon="camera" isDisabled={!canTakeSnapshot(vm)} onPress={() => setInner({ kind: 'take' })}>
            {translate('snapshot.take')}
          </Button>
        }
        buttons={<Button onPress={closeDialog}>{translate('button.close')}</Button>}
      >
        <div className="snapshots">
          <div className="snapshot-map">
            <Tree
              label={translate('snapshot.tree')}
              rows={rows.map((row) =>
                row.kind === 'here'
                  ? { id: HERE_ID, level: row.level, label: translate('snapshot.here'), content: <HereRow /> }
                  : {
                      id: row.snapshot.id,
                      level: row.level,
                      label: row.snapshot.name,
                      content: <SnapshotLine vm={vm} snapshot={row.snapshot} />,
                    },
              )}
              selected={selected ?? HERE_ID}
              onSelect={setSelected}
              onOpen={(id) => {
                const opened = tree.snapshots.find((one) => one.id === id);
                if (opened !== undefined && isFree) setInner({ kind: 'restore', snapshot: opened });
              }}
            />
            {tree.snapshots.length === 0 ? <p className="snapshot-none">{translate('snapshot.none')}</p> : null}
          </div>
          {snapshot === undefined ? (
            <div className="snapshot-details none" />
          ) : (
            <Details
              key={snapshot.id}
              vm={vm}
              snapshot={snapshot}
              size={sizes?.[snapshot.id]}
              isFree={isFree}
              onRestore={() => setInner({ kind: 'restore', snapshot })}
              onDelete={() => setInner({ kind: 'delete', snapshot })}
            />
          )}
        </div>
      </Dialog>
      {inner?.kind === 'take' ? <TakeDialog vm={vm} onDone={() => setInner(undefined)} /> : null}
      {inner?.kind === 'restore' ? (
        <RestoreDialog
          vm={vm}
          snapshot={inner.snapshot}
          onDone={(hasRestored) => (hasRestored ? closeDialog() : setInner(undefined))}
        />
      ) : null}
      {inner?.kind === 'delete' ? (
        <DeleteDialog
          vm={vm}
          snapshot={inner.snapshot}
          size={sizes?.[inner.snapshot.id]}
          laterCount={countBelow(tree, inner.snapshot.id)}
          onDone={() => setInner(undefined)}
        />
      ) : null}
    </>
  );
}

function HereRow() {
  return (
    <span className="here">
      <Icon name="here" size={20} />
      {translate('snapshot.here')}
    </span>
  );
}

function SnapshotLine({ vm, snapshot }: { readonly vm: VmItem; readonly snapshot: SnapshotInfo }) {
  return (
    <>
      <Thumbnail vm={vm} snapshot={snapshot} />
      <span className="snapshot-name">
        <span className="row-name">{snapshot.name}</span>
        <span className="snapshot-time">{formatDate(snapshot.createdMs)}</span>
      </span>
    </>
  );
}

interface DetailsProps {
  readonly vm: VmItem;
  readonly snapshot: SnapshotInfo;
  readonly size: SnapshotSizes | undefined;
  readonly isFree: boolean;
  readonly onRestore: () => void;
  readonly onDelete: () => void;
}

function Details({ vm, snapshot, size, isFree, onRestore, onDelete }: DetailsProps) {
  const [name, setName] = useState(snapshot.name);
  const [description, setDescription] = useState(snapshot.description);
  const isChanged = name !== snapshot.name || description !== snapshot.description;
  const save = (): void => {
    call('snapshot.rename', { vm: vm.id, id: snapshot.id, name: name.trim(), description }).catch(report);
  };
  return (
    <section className="snapshot-details" aria-label={snapshot.name}>
      <div className="snapshot-facts">
        <Thumbnail vm={vm} snapshot={snapshot} isLarge />
        <Field
          label={translate('snapshot.name')}
          value={name}
          onChange={setName}
          problem={name.trim() === '' ? translate('snapshot.needsName') : undefined}
        />
        <Field label={translate('snapshot.description')} value={description} onChange={setDescription} isLong />
        <dl className="facts">
          <dt>{translate('snapshot.taken')}</dt>
          <dd>{formatDate(snapshot.createdMs)}</dd>
          <dt>{translate('snapshot.kind')}</dt>
          <dd>{translate(snapshot.hasMemory ? 'snapshot.withMemory' : 'snapshot.withoutMemory')}</dd>
          {size === undefined ? null : (
            <>
              <dt>{translate('snapshot.size')}</dt>
              <dd>{formatBytes(size.sizeBytes)}</dd>
            </>
          )}
        </dl>
      </div>
      <div className="snapshot-buttons">
        <Button look="primary" icon="revert" isDisabled={!isFree} onPress={onRestore}>
          {translate('snapshot.goTo')}
        </Button>
        <Button icon="edit" isDisabled={!isChanged || name.trim() === ''} onPress={save}>
          {translate('snapshot.rename')}
        </Button>
        <Button icon="trash" isDisabled={!isFree} onPress={onDelete}>
          {translate('snapshot.delete')}
        </Button>
      </div>
    </section>
  );
}

function DeleteDialog({
  vm,
  snapshot,
  size,
  laterCount,
  onDone,
}: {
  readonly vm: VmItem;
  readonly snapshot: SnapshotInfo;
  readonly size: SnapshotSizes | undefined;
  /** How many were taken after it. */
  readonly laterCount: number;
  readonly onDone: () => void;
}) {
  const [isBusy, setBusy] = useState(false);
  const [withChildren, setWithChildren] = useState(false);
  const remove = (): void => {
    setBusy(true);
    call('snapshot.delete', { vm: vm.id, id: snapshot.id, withChildren }).catch(report).finally(onDone);
  };
  return (
    <Dialog
      title={translate('snapshot.deleteTitle', { name: snapshot.name })}
      isAlert
      onClose={onDone}
      aside={isBusy ? <span className="working">{translate('snapshot.deleting')}</span> : null}
      buttons={
        <>
          <Button isDisabled={isBusy} onPress={onDone}>
            {translate('button.cancel')}
          </Button>
          <Button look="danger" isDisabled={isBusy} onPress={remove}>
            {translate('button.delete')}
          </Button>
        </>
      }
    >
      <p>{translate(withChildren ? 'snapshot.deleteBranchText' : 'snapshot.deleteText')}</p>
      {laterCount === 0 ? null : (
        <Check isOn={withChildren} onChange={setWithChildren}>
          {translate('snapshot.withChildren', { count: laterCount })}
        </Check>
      )}
      {size === undefined ? null : (
        <p>
          {translate('snapshot.freed', { size: formatBytes(withChildren ? size.branchFreedBytes : size.freedBytes) })}
        </p>
      )}
    </Dialog>
  );
}

/** What the snapshots take, read again when the tree changes. */
function useSizes(vm: VmItem, tree: SnapshotTree): Readonly<Record<string, SnapshotSizes>> | undefined {
  const [sizes, setSizes] = useState<Readonly<Record<string, SnapshotSizes>>>();
  const ids = tree.snapshots.map(({ id }) => id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: other snapshots have other sizes
  useEffect(() => {
    let isCurrent = true;
    call('snapshot.sizes', { vm: vm.id }).then((read) => {
      if (isCurrent) setSizes(read);
    }, report);
    return () => {
      isCurrent = false;
    };
  }, [vm.id, ids]);
  return sizes;
}

interface ThumbnailProps {
  readonly vm: VmItem;
  readonly snapshot: SnapshotInfo;
  readonly isLarge?: boolean;
}

/** The picture is fetched once; it never changes. */
function Thumbnail({ vm, snapshot, isLarge }: ThumbnailProps) {
  const [url, setUrl] = useState<string>();
  const { id, hasThumbnail } = snapshot;
  useEffect(() => {
    if (!hasThumbnail) return undefined;
    let made: string | undefined;
    let isCurrent = true;
    call('snapshot.thumbnail', { vm: vm.id, id }).then(
      (png) => {
        if (png === null || !isCurrent) return;
        made = URL.createObjectURL(new Blob([png as Uint8Array<ArrayBuffer>], { type: 'image/png' }));
        setUrl(made);
      },
      // The snapshot or its owner went: the placeholder stays.
      () => undefined,
    );
    return () => {
      isCurrent = false;
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [vm.id, id, hasThumbnail]);
  return (
    <span className={`thumbnail ${isLarge ? 'large' : ''}`}>
      {url === undefined ? <Icon name="camera" size={isLarge ? 30 : 18} /> : <img src={url} alt="" />}
    </span>
  );
}
