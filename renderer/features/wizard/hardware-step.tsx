import { maxCpus } from '../../../src/config/cpu';
import { translate } from '../../../src/i18n/translate';
import { Field } from '../../components/field';
import { Select } from '../../components/select';
import type { StepProps } from './wizard';

const VRAM_MIB = [1, 2, 4, 8, 16, 32, 64];
const SERIAL_PORTS = [0, 1, 2, 3, 4];

/** The custom path's machine. */
export function HardwareStep({ state, send, problem }: StepProps) {
  const { hardware } = state;
  return (
    <>
      <h3>{translate('wizard.hardware.title')}</h3>
      <div className="hardware-grid">
        <Field
          label={translate('wizard.summary.memory')}
          value={state.memoryMiB}
          onChange={(text) => send({ t: 'memoryMiB', text })}
          problem={problem('memoryMiB')}
          isNumber
          hasAutoFocus
        />
        <Select
          label={translate('settings.cpus')}
          value={String(hardware.cpus)}
          options={Array.from({ length: maxCpus }, (_, index) => ({ id: String(index + 1), text: String(index + 1) }))}
          onChange={(cpus) => send({ t: 'hardware', change: { cpus: Number(cpus) } })}
        />
        <Select
          label={translate('wizard.hardware.vendor')}
          value={hardware.vendor}
          options={(['GenuineIntel', 'AuthenticAMD'] as const).map((id) => ({
            id,
            text: translate(`wizard.hardware.vendor.${id}`),
          }))}
          onChange={(vendor) => send({ t: 'hardware', change: { vendor } })}
        />
        <Select
          label={translate('wizard.hardware.clock')}
          value={hardware.rtc}
          options={(['utc', 'local'] as const).map((id) => ({ id, text: translate(`wizard.hardware.clock.${id}`) }))}
          onChange={(rtc) => send({ t: 'hardware', change: { rtc } })}
        />
        <Select
          label={translate('wizard.hardware.firstBoot')}
          value={hardware.firstBoot}
          options={(['disk', 'cdrom', 'floppy'] as const).map((id) => ({ id, text: translate(`device.${id}`) }))}
          onChange={(firstBoot) => send({ t: 'hardware', change: { firstBoot } })}
        />
        <Select
          label={translate('wizard.hardware.vram')}
          value={String(hardware.vramMiB)}
          options={VRAM_MIB.map((mib) => ({ id: String(mib), text: translate('device.memoryValue', { mib }) }))}
          onChange={(mib) => send({ t: 'hardware', change: { vramMiB: Number(mib) } })}
        />
        <Select
          label={translate('wizard.hardware.serialPorts')}
          value={String(hardware.serialPorts)}
          options={SERIAL_PORTS.map((count) => ({ id: String(count), text: String(count) }))}
          onChange={(count) => send({ t: 'hardware', change: { serialPorts: Number(count) } })}
        />
      </div>
    </>
  );
}
