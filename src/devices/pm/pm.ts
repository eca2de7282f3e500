/**
 * Power management function of the Intel 82371AB (PIIX4, datasheet 290562-001, chapters 7 and 8): 00:01.3 with the ACPI
 * registers PM1, PM1 control and PM timer, the SMBus host (no device on it) and the APM ports 0xB2/0xB3; general-purpose
 * events where QEMU's `pc` has them (0xAFE0), not at PMBA + 0xC. SMIs come from the APM control port and from GBL_RLS; EOS does not
 * hold them back, as firmware for emulators expects. Left out: throttling; device monitors and their SMIs.
 */
import type { GuestClock, GuestTimer } from '../../machine/clock';
import type { AccessSize, Device, PortHandler } from '../../machine/device';
import { allOnes } from '../../machine/device';
import type { InterruptLine } from '../../machine/interrupt-line';
import type { BarMapper } from '../../machine/pci';
import { isPciConfigState, PciConfigSpace, type PciConfigState } from '../../machine/pci-config';
import { defineState, isRecord, isUint } from '../../machine/saved-state';
import { TickRate } from '../../machine/tick-rate';

const CONFIG_PMBA = 0x40;
const CONFIG_DEVACTB = 0x58;
const CONFIG_PMREGMISC = 0x80;
const CONFIG_SMBBA = 0x90;
const CONFIG_SMBHSTCFG = 0xd2;
const DEVACTB_APMC_EN = 1 << 25;
const PM_SIZE = 64;
const SMBUS_SIZE = 16;

const PM1_STS = 0x00;
const PM1_EN = 0x02;
const PM1_CNT = 0x04;
const PM_TMR = 0x08;
const GLB_STS = 0x18;
const GLB_EN = 0x20;
const GLB_CTL = 0x28;
const GLBSTS_BIOS = 0x0001;
const GLBSTS_APM = 0x0020;
const GLBSTS_MASK = GLBSTS_BIOS | GLBSTS_APM;
const GLBEN_BIOS = 0x0002;
const GLBEN_MASK = 0x0903;
const GLBCTL_SMI_EN = 0x0001;
const GLBCTL_BIOS_RLS = 0x0002;
const CNT_GBL_RLS = 0x0004;
const STS_TMR = 0x0001;
const STS_GBL = 0x0020;
const STS_PWRBTN = 0x0100;
const STS_SLPBTN = 0x0200;
const STS_RTC = 0x0400;
const STS_WAK = 0x8000;
const STS_MASK = STS_TMR | 0x0010 | STS_GBL | STS_PWRBTN | STS_SLPBTN | STS_RTC | STS_WAK;
const EN_MASK = STS_TMR | STS_GBL | STS_PWRBTN | STS_SLPBTN | STS_RTC;
const CNT_SCI_EN = 0x0001;
const CNT_SLP_EN = 0x2000;
const CNT_MASK = 0x1c07;
const TIMER = new TickRate(3_579_545);
const TIMER_BITS = 24;
/** TMR_STS is set when bit 23 of the timer changes. */
const HALF_PERIOD = 2 ** (TIMER_BITS - 1);

/** Values for the APM control port that the FADT names: hand the machine to ACPI, or back. */
export const ACPI_ENABLE = 0xf1;
export const ACPI_DISABLE = 0xf0;

const SMB_HST_STS = 0x00;
const SMB_HST_CNT = 0x02;
const SMB_BLOCK_DATA = 0x07;
const HST_STS_DEV_ERR = 0x04;
const HST_STS_W1C = 0x1e;
const HST_CNT_START = 0x40;

export interface PmState {
  readonly config: PciConfigState;
  readonly status: number;
  readonly enable: number;
  readonly control: number;
  /** Half periods of the PM timer whose end TMR_STS has shown. */
  readonly seenHalves: number;
  readonly gpeStatus: number;
  readonly gpeEnable: number;
  readonly apmControl: number;
  readonly apmStatus: number;
  /** GLBSTS, GLBEN and GLBCTL.SMI_EN. */
  readonly globalStatus: number;
  readonly globalEnable: number;
  readonly isSmiEnabled: boolean;
  /** Registers 0 to 7 of the SMBus host. */
  readonly smbus: readonly number[];
}

export const pmState = defineState<PmState>({
  kind: 'pm',
  version: 2,
  check: (value): value is PmState =>
    isRecord(value) &&
    isPciConfigState(value.config) &&
    isUint(value.status, 0xffff) &&
    isUint(value.enable, 0xffff) &&
    isUint(value.control, 0xffff) &&
    isUint(value.seenHalves, Number.MAX_SAFE_INTEGER) &&
    isUint(value.gpeStatus, 0xffff) &&
    isUint(value.gpeEnable, 0xffff) &&
    isUint(value.apmControl, 0xff) &&
    isUint(value.apmStatus, 0xff) &&
    isUint(value.globalStatus, GLBSTS_MASK) &&
    isUint(value.globalEnable, GLBEN_MASK) &&
    typeof value.isSmiEnabled === 'boolean' &&
    Array.isArray(value.smbus) &&
    value.smbus.length === 8 &&
    value.smbus.every((byte) => isUint(byte, 0xff)),
  upgrade: { 1: (old) => ({ ...(old as object), globalStatus: 0, globalEnable: 0, isSmiEnabled: false }) },
});

export interface PmWires {
  /** IRQ 9, level-triggered. */
  readonly sci: InterruptLine;
  /** SMI#, an edge. */
  smi(): void;
  readonly bars: BarMapper;
  /** The guest went to sleep with SLP_TYP; 0 is soft-off (\_S5 in our DSDT). */
  sleep(type: number): void;
}

export class Pm implements Device<PmState> {
  readonly config: PciConfigSpace;
  #status = 0;
  #enable = 0;
  #control = 0;
  #seenHalves = 0;
  #gpeStatus = 0;
  #gpeEnable = 0;
  #apmControl = 0;
  #apmStatus = 0;
  #globalStatus = 0;
  #globalEnable = 0;
  #isSmiEnabled = false;
  readonly #smbus = new Uint8Array(8);
  readonly #overflow: GuestTimer;

  /** ACPI registers at PMBA. */
  readonly #ports: PortHandler = {
    readPort: (offset, size) => this.#readPm(offset, size),
    writePort: (offset, size, value) => this.#writePm(offset, size, value),
  };

  readonly #smbusPorts: PortHandler = {
    readPort: (offset, size) => (size === 1 ? (this.#smbus[offset] ?? 0xff) : allOnes(size)),
    writePort: (offset, size, value) => {
      if (size === 1) this.#writeSmbus(offset, value & 0xff);
    },
  };

  /** General-purpose event block: 4 ports from 0xAFE0, two status and two enable bytes. */
  readonly gpe: PortHandler = {
    readPort: (offset, size) => {
      const block = ((this.#gpeEnable << 16) | this.#gpeStatus) >>> 0;
      return ((block >>> (8 * offset)) & allOnes(size)) >>> 0;
    },
    writePort: (offset, size, value) => {
      for (let i = 0; i < size; i++) this.#writeGpe(offset + i, (value >>> (8 * i)) & 0xff);
    },
  };

  /** APM control and status: 2 ports from 0xB2. */
  readonly apm: PortHandler = {
    readPort: (offset) => (offset === 0 ? this.#apmControl : this.#apmStatus),
    writePort: (offset, _size, value) => {
      if (offset === 0) this.#writeApmControl(value & 0xff);
      else this.#apmStatus = value & 0xff;
    },
  };

  constructor(
    readonly id: string,
    private readonly clock: GuestClock,
    private readonly wires: PmWires,
  ) {
    this.config = new PciConfigSpace(id, {
      vendor: 0x8086,
      device: 0x7113,
      revision: 3,
      classCode: 0x068000,
      subsystemVendor: 0x1af4,
      subsystem: 0x1100,
      interruptPin: 1,
      commandWritable: 0x0001,
      status: 0x0280,
    });
    // 48 CNTA, 4C CNTB, 50 GPICTL, 54 DEVRESD, 58 DEVACTB, 5C-7F DEVRESx: kept, without effect.
    this.config.preset(CONFIG_PMBA, 4, 1);
    this.config.allow(CONFIG_PMBA, 4, 0xffc0);
    for (let register = 0x44; register < 0x80; register += 4) this.config.allow(register, 4, 0xffffffff);
    this.config.allow(CONFIG_PMREGMISC, 1, 0x01);
    this.config.preset(CONFIG_SMBBA, 4, 1);
    this.config.allow(CONFIG_SMBBA, 4, 0xfff0);
    for (let register = CONFIG_SMBHSTCFG; register < CONFIG_SMBHSTCFG + 4; register++) {
      this.config.allow(register, 1, 0xff);
    }
    this.config.onWrite = (first, size) => {
      if (first + size > CONFIG_PMBA && first < CONFIG_SMBHSTCFG + 1) this.#updateMappings();
    };
    this.#overflow = clock.createTimer(`${id}/overflow`, () => this.#updateInterrupt());
  }

  /** The user's power button: a machine input. */
  pressPowerButton(): void {
    this.#status |= STS_PWRBTN;
    this.#updateInterrupt();
  }

  /** The RTC's alarm line wakes and notifies. */
  readonly rtcAlarm: InterruptLine = {
    set: (level) => {
      if (!level) return;
      this.#status |= STS_RTC;
      this.#updateInterrupt();
    },
  };

  /** A general-purpose event, 0-15. */
  raiseGpe(event: number): void {
    this.#gpeStatus |= 1 << (event & 15);
    this.#updateInterrupt();
  }

  /** Whether an ACPI system has taken over: then the power button reaches it. */
  get isAcpiOn(): boolean {
    return (this.#control & CNT_SCI_EN) !== 0;
  }

  reset(): void {
    this.config.reset();
    this.#status = 0;
    this.#enable = 0;
    this.#control = 0;
    this.#seenHalves = this.#halves();
    this.#gpeStatus = 0;
    this.#gpeEnable = 0;
    this.#apmControl = 0;
    this.#apmStatus = 0;
    this.#globalStatus = 0;
    this.#globalEnable = 0;
    this.#isSmiEnabled = false;
    this.#smbus.fill(0);
    this.#updateMappings();
    this.#updateInterrupt();
  }

  save(): PmState {
    return {
      config: this.config.save(),
      status: this.#status,
      enable: this.#enable,
      control: this.#control,
      seenHalves: this.#seenHalves,
      gpeStatus: this.#gpeStatus,
      gpeEnable: this.#gpeEnable,
      apmControl: this.#apmControl,
      apmStatus: this.#apmStatus,
      globalStatus: this.#globalStatus,
      globalEnable: this.#globalEnable,
      isSmiEnabled: this.#isSmiEnabled,
      smbus: [...this.#smbus],
    };
  }

  restore(state: PmState): void {
    this.config.restore(state.config);
    this.#status = state.status & STS_MASK;
    this.#enable = state.enable & EN_MASK;
    this.#control = state.control & CNT_MASK;
    this.#seenHalves = state.seenHalves;
    this.#gpeStatus = state.gpeStatus;
    this.#gpeEnable = state.gpeEnable;
    this.#apmControl = state.apmControl;
    this.#apmStatus = state.apmStatus;
    this.#globalStatus = state.globalStatus & GLBSTS_MASK;
    this.#globalEnable = state.globalEnable & GLBEN_MASK;
    this.#isSmiEnabled = state.isSmiEnabled;
    this.#smbus.set(state.smbus);
    this.#updateMappings();
    this.#updateInterrupt();
  }

  /** Where firmware has put the ACPI registers; undefined while they are off. */
  get portBase(): number | undefined {
    const pmBase = this.config.get(CONFIG_PMBA, 2) & 0xffc0;
    return (this.config.get(CONFIG_PMREGMISC, 1) & 1) !== 0 && pmBase !== 0 ? pmBase : undefined;
  }

  #updateMappings(): void {
    this.wires.bars.mapPorts(`${this.id}/pm`, this.portBase, PM_SIZE, this.#ports);
    const smbBase = this.config.get(CONFIG_SMBBA, 2) & 0xfff0;
    const isSmbOn = (this.config.get(CONFIG_SMBHSTCFG, 1) & 1) !== 0 && smbBase !== 0;
    this.wires.bars.mapPorts(`${this.id}/smbus`, isSmbOn ? smbBase : undefined, SMBUS_SIZE, this.#smbusPorts);
  }

  #ticks(): number {
    return TIMER.ticksAt(this.clock.nowNs());
  }

  #halves(): number {
    return Math.floor(this.#ticks() / HALF_PERIOD);
  }

  /** The 32 bits at a 4-byte boundary. */
  #word(offset: number): number {
    switch (offset) {
      case PM1_STS:
        this.#sampleTimer();
        return ((this.#enable << 16) | this.#status) >>> 0;
      case PM1_CNT:
        return this.#control;
      case PM_TMR:
        return this.#ticks() % 2 ** TIMER_BITS;
      case GLB_STS:
        return this.#globalStatus;
      case GLB_EN:
        return this.#globalEnable;
      case GLB_CTL:
        return this.#isSmiEnabled ? GLBCTL_SMI_EN : 0;
      default:
        return 0;
    }
  }

  #readPm(offset: number, size: AccessSize): number {
    let value = 0;
    for (let i = 0; i < size; i++) {
      const at = offset + i;
      value += ((this.#word(at & ~3) >>> (8 * (at & 3))) & 0xff) * 2 ** (8 * i);
    }
    return value;
  }

  #writePm(offset: number, size: AccessSize, value: number): void {
    this.#sampleTimer();
    let control: number | undefined;
    for (let i = 0; i < size; i++) {
      const byte = (value >>> (8 * i)) & 0xff;
      const at = offset + i;
      const shift = 8 * (at & 1);
      switch (at & ~1) {
        case PM1_STS:
          this.#status &= ~(byte << shift);
          break;
        case PM1_EN:
          this.#enable = ((this.#enable & ~(0xff << shift)) | (byte << shift)) & EN_MASK;
          break;
        case PM1_CNT:
          control = ((control ?? this.#control) & ~(0xff << shift)) | (byte << shift);
          break;
        case GLB_STS:
          this.#globalStatus &= ~(byte << shift);
          break;
        case GLB_EN:
          this.#globalEnable = ((this.#globalEnable & ~(0xff << shift)) | (byte << shift)) & GLBEN_MASK;
          break;
        case GLB_CTL:
          if (shift === 0) this.#writeGlobalControl(byte);
          break;
        default: // the timer is read-only; the rest is not there
          break;
      }
    }
    if (control !== undefined) this.#writeControl(control);
    this.#updateInterrupt();
  }

  #writeControl(value: number): void {
    this.#control = value & CNT_MASK & ~CNT_GBL_RLS;
    if (value & CNT_GBL_RLS) this.#systemManagement(GLBSTS_BIOS, (this.#globalEnable & GLBEN_BIOS) !== 0);
    if (value & CNT_SLP_EN) this.wires.sleep((value >> 10) & 7);
  }

  #writeGlobalControl(value: number): void {
    this.#isSmiEnabled = (value & GLBCTL_SMI_EN) !== 0;
    // the firmware answers: GBL_STS tells the system by SCI
    if (value & GLBCTL_BIOS_RLS) this.#status |= STS_GBL;
  }

  #systemManagement(cause: number, isEnabled: boolean): void {
    this.#globalStatus |= cause;
    if (isEnabled && this.#isSmiEnabled) this.wires.smi();
  }

  #writeGpe(offset: number, byte: number): void {
    const shift = 8 * (offset & 1);
    if (offset < 2) this.#gpeStatus &= ~(byte << shift);
    else if (offset < 4) this.#gpeEnable = (this.#gpeEnable & ~(0xff << shift)) | (byte << shift);
    this.#updateInterrupt();
  }

  #writeApmControl(value: number): void {
    this.#apmControl = value;
    if (value === ACPI_ENABLE) this.#control |= CNT_SCI_EN;
    else if (value === ACPI_DISABLE) this.#control &= ~CNT_SCI_EN;
    if (this.config.get(CONFIG_DEVACTB, 4) & DEVACTB_APMC_EN) this.#systemManagement(GLBSTS_APM, true);
    this.#updateInterrupt();
  }

  /** Every started transaction ends at once with a device error: no slave answers. */
  #writeSmbus(offset: number, value: number): void {
    if (offset === SMB_HST_STS) {
      this.#smbus[SMB_HST_STS]! &= ~(value & HST_STS_W1C);
    } else if (offset === SMB_HST_CNT) {
      this.#smbus[SMB_HST_CNT] = value & ~HST_CNT_START;
      if (value & HST_CNT_START) this.#smbus[SMB_HST_STS]! |= HST_STS_DEV_ERR;
    } else if (offset > SMB_HST_CNT && offset < SMB_BLOCK_DATA) {
      this.#smbus[offset] = value;
    }
  }

  /** TMR_STS is looked for when somebody looks, or at the change itself while it interrupts. */
  #sampleTimer(): void {
    const halves = this.#halves();
    if (halves > this.#seenHalves) {
      this.#seenHalves = halves;
      this.#status |= STS_TMR;
    }
  }

  #updateInterrupt(): void {
    this.#sampleTimer();
    const isFixed = (this.#status & this.#enable & EN_MASK) !== 0;
    const isGeneral = (this.#gpeStatus & this.#gpeEnable) !== 0;
    this.wires.sci.set(this.isAcpiOn && (isFixed || isGeneral));
    if (this.#enable & STS_TMR && (this.#status & STS_TMR) === 0) {
      // A restored count may lie beyond what guest time can reach: such a deadline never comes.
      this.#overflow.arm(Math.min(TIMER.nsOf((this.#seenHalves + 1) * HALF_PERIOD), Number.MAX_SAFE_INTEGER));
    } else {
      this.#overflow.disarm();
    }
  }
}
