import { type ReactNode, type UIEvent, useEffect, useRef, useState } from 'react';
import { VmError } from '../../../src/base/errors';
import { cpuModels, maxCpus } from '../../../src/config/cpu';
import { displayScales } from '../../../src/config/display';
import { nameTrouble } from '../../../src/config/vm-name';
import { errorText } from '../../../src/i18n/error-text';
import { nameText } from '../../../src/i18n/name-text';
import { translate } from '../../../src/i18n/translate';
import type { VmDetails, VmItem } from '../../../src/protocol/app';
import { call } from '../../bridge/bridge';
import { Button, IconButton } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Field } from '../../components/field';
import { Icon, type IconName } from '../../components/icon';
import { Select } from '../../components/select';
import { closeDialog } from '../../state/dialogs';
import { notify, report, sentence } from '../../state/notices';
import { useDetails } from '../vm/use-details';
import { DriveSections } from './drive-sections';
import { OptionsSection } from './options-section';
import { ParallelSection } from './parallel-section';
import { SerialSection } from './serial-section';
import { changesOf, draftOf, MAX_MEMORY_MIB, movedUp, problemsOf, type SettingsDraft } from './settings-state';

interface SettingsProps {
  readonly vm: VmItem;
  /** The device whose settings are shown first, or 'boot'. */
  readonly device: string | undefined;
}

export function SettingsDialog({ vm, device }: SettingsProps) {
  const details = useDetails(vm);
  return details === undefined ? null : <Settings vm={vm} details={details} device={device} />;
}

/** What a part of the editor works on. */
export interface SettingsPart {
  readonly vm: VmItem;
  readonly details: VmDetails;
  readonly draft: SettingsDraft;
  readonly change: (changes: Partial<SettingsDraft>) => void;
}

const SECTIONS = ['general', 'memory', 'cpu', 'drives', 'serial', 'parallel', 'display', 'boot', 'options'] as const;
type SectionId = (typeof SECTIONS)[number];

/** Scrolling that a click on a section makes does not mark another one. */
const FOLLOW_AFTER_MS = 300;

const SECTION_ICONS: Readonly<Record<SectionId, IconName>> = {
  general: 'info',
  memory: 'memory',
  cpu: 'cpu',
  drives: 'disk',
  serial: 'serial',
  parallel: 'printer',
  display: 'display',
  boot: 'power',
  options: 'settings',
};

/** Where a device of the summary's list has its settings. */
function sectionOf(device: string | undefined): SectionId {
  if (device === undefined) return 'general';
  if (device === 'kernel' || device === 'boot') return 'boot';
  if (device === 'memory' || device === 'cpu' || device === 'display') return device;
  if (device.startsWith('lpt')) return 'parallel';
  return device.startsWith('com') ? 'serial' : 'drives';
}

function Settings({ vm, details, device }: SettingsProps & { readonly details: VmDetails }) {
  const isRunning = !['stopped', 'crashed'].includes(vm.status.kind);
  const [draft, setDraft] = useState(() => draftOf(vm.name, details));
  const [nameRefused, setNameRefused] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [section, setSection] = useState<SectionId>(sectionOf(device));
  const page = useRef<HTMLDivElement>(null);
  const change = (changes: Partial<SettingsDraft>): void => setDraft((now) => ({ ...now, ...changes }));
  const part: SettingsPart = { vm, details, draft, change };
  const problems = problemsOf(draft, details);
  const trouble = nameTrouble(draft.name);

  /** The one that was asked for stays marked, even where there is not enough below it to bring it to the top. */
  const askedAt = useRef(0);
  const show = (id: SectionId): void => {
    askedAt.current = performance.now();
    setSection(id);
    page.current?.querySelector(`#settings-${id}`)?.scrollIntoView({ block: 'start' });
  };
  const follow = ({ currentTarget }: UIEvent<HTMLDivElement>): void => {
    if (performance.now() - askedAt.current < FOLLOW_AFTER_MS) return;
    const { scrollTop, clientHeight, scrollHeight } = currentTarget;
    const top = currentTarget.getBoundingClientRect().top + clientHeight / 3;
    const isAbove = (id: SectionId): boolean =>
      (currentTarget.querySelector(`#settings-${id}`)?.getBoundingClientRect().top ?? Number.POSITIVE_INFINITY) <= top;
    const isAtEnd = scrollTop + clientHeight >= scrollHeight - 2;
    const seen = isAtEnd ? SECTIONS.at(-1) : SECTIONS.filter(isAbove).at(-1);
    if (seen !== undefined) setSection(seen);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it opens
  useEffect(() => {
    if (device !== undefined) show(sectionOf(device));
  }, []);

  const save = async (): Promise<void> => {
    if (problems.size > 0) return;
    const changes = changesOf(draft, vm.name, details);
    setBusy(true);
    try {
      if (Object.keys(changes).length > 0) {
        const { isQueued } = await call('vm.change', { vm: vm.id, changes });
        if (isQueued) notify('info', translate('settings.queuedNow', { name: draft.name }));
      }
      closeDialog();
    } catch (error) {
      setBusy(false);
      const trouble = VmError.from(error);
      const { code } = trouble;
      if (code === 'vm-exists' || code === 'name-invalid') {
        setNameRefused(sentence(errorText(trouble)));
        show('general');
      } else report(error);
    }
  };

  return (
    <Dialog
      title={translate('settings.title', { name: vm.name })}
      size="large"
      {...(isBusy ? {} : { onClose: closeDialog })}
      buttons={
        <>
          <Button isDisabled={isBusy} onPress={closeDialog}>
            {translate('button.cancel')}
          </Button>
          <Button look="primary" isDisabled={isBusy || problems.size > 0} onPress={() => void save()}>
            {translate('button.save')}
          </Button>
        </>
      }
    >
      <Banner part={part} isRunning={isRunning} />
      <div className="settings">
        <nav className="settings-nav" aria-label={translate('settings.sections')}>
          {SECTIONS.map((id) => (
            <button key={id} type="button" aria-current={id === section} onClick={() => show(id)}>
              <Icon name={SECTION_ICONS[id]} size={18} />
              {translate(`settings.section.${id}`)}
            </button>
          ))}
        </nav>
        <div className="settings-page" ref={page} onScroll={follow}>
          <Section id="general">
            <Field
              label={translate('settings.name')}
              value={draft.name}
              onChange={(name) => {
                change({ name });
                setNameRefused(undefined);
              }}
              problem={trouble === undefined ? nameRefused : nameText(trouble)}
            />
            <Field
              label={translate('settings.description')}
              value={draft.description}
              onChange={(description) => change({ description })}
              isLong
            />
          </Section>
          <Section id="memory">
            <Field
              label={translate('settings.memory')}
              value={draft.memory}
              onChange={(memory) => change({ memory })}
              problem={
                problems.has('memory')
                  ? translate('wizard.summary.memoryRange', { min: 1, max: MAX_MEMORY_MIB })
                  : undefined
              }
              isNumber
            />
          </Section>
          <Section id="cpu">
            <Select
              label={translate('settings.cpus')}
              value={String(draft.cpus)}
              options={Array.from({ length: maxCpus }, (_, index) => ({
                id: String(index + 1),
                text: String(index + 1),
              }))}
              onChange={(cpus) => change({ cpus: Number(cpus) })}
            />
            <Select
              label={translate('settings.model')}
              value={draft.model}
              options={cpuModels.map((id) => ({ id, text: translate(`settings.model.${id}`) }))}
              onChange={(model) => change({ model })}
            />
            <Select
              label={translate('settings.vendor')}
              value={draft.vendor}
              options={(['GenuineIntel', 'AuthenticAMD'] as const).map((id) => ({
                id,
                text: translate(`settings.vendor.${id}`),
              }))}
              onChange={(vendor) => change({ vendor })}
            />
          </Section>
          <Section id="drives">
            <DriveSections {...part} isRunning={isRunning} />
          </Section>
          <Section id="serial">
            <SerialSection {...part} problems={problems} />
          </Section>
          <Section id="parallel">
            <ParallelSection {...part} />
          </Section>
          <Section id="display">
            <Select
              label={translate('settings.scale')}
              value={draft.scale}
              options={displayScales.map((id) => ({ id, text: translate(`scale.${id}`) }))}
              onChange={(scale) => change({ scale })}
            />
            <Select
              label={translate('settings.vram')}
              value={String(draft.vramMiB)}
              options={['4', '8', '16', '32', '64'].map((mib) => ({
                id: mib,
                text: translate('device.memoryValue', { mib }),
              }))}
              onChange={(mib) => change({ vramMiB: Number(mib) })}
            />
          </Section>
          <Section id="boot">
            <BootOrder {...part} />
          </Section>
          <Section id="options">
            <OptionsSection {...part} />
          </Section>
        </div>
      </div>
    </Dialog>
  );
}

function Section({ id, children }: { readonly id: SectionId; readonly children: ReactNode }) {
  return (
    <section className="settings-section" id={`settings-${id}`} aria-labelledby={`settings-${id}-title`}>
      <h3 id={`settings-${id}-title`}>{translate(`settings.section.${id}`)}</h3>
      {children}
    </section>
  );
}

/** What waits already, and that a running VM's hardware has to wait. */
function Banner({ part: { vm, details }, isRunning }: { readonly part: SettingsPart; readonly isRunning: boolean }) {
  if (!isRunning && !details.settings.isQueued) return null;
  const discard = (): void => {
    call('vm.discardQueued', { vm: vm.id }).then(closeDialog, report);
  };
  return (
    <p className="note">
      <Icon name="info" size={18} />
      <span>{translate(details.settings.isQueued ? 'settings.queued' : 'settings.running')}</span>
      {details.settings.isQueued ? (
        <button type="button" className="link" onClick={discard}>
          {translate('settings.discardQueued')}
        </button>
      ) : null}
    </p>
  );
}

function BootOrder({ details, draft, change }: SettingsPart) {
  if (details.bootsKernel) return <p className="hint">{translate('settings.bootsKernel')}</p>;
  return (
    <div className="field">
      <span className="label" id="boot-order-label">
        {translate('settings.bootOrder')}
      </span>
      <ol className="boot-order" aria-labelledby="boot-order-label">
        {draft.bootOrder.map((device, index) => (
          <li key={device}>
            <Icon name={device} size={18} />
            {translate(`device.${device}`)}
            <IconButton
              icon="chevronUp"
              label={translate('settings.moveUp', { device: translate(`device.${device}`) })}
              isDisabled={index === 0}
              onPress={() => change({ bootOrder: movedUp(draft.bootOrder, index) })}
            />
          </li>
        ))}
      </ol>
    </div>
  );
}
