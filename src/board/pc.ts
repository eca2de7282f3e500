import type { GuestBus, Vcpu } from '../cpu/backend';
import {
  createEmulatedPartition,
  type EmulatedPartition,
  type EmulatedPartitionParts,
} from '../cpu/emulated/emulated-partition';
import { uuidBytes } from '../config/identity';
import type { VmConfig } from '../config/vm-config';
import { DebugExit, debugExitState } from '../devices/debug-exit/debug-exit';
import { DebugPort, debugPortState } from '../devices/debug-port/debug-port';
import { Dma, dmaState } from '../devices/dma/dma';
import { Floppy } from '../devices/floppy/floppy';
import { driveTypeFor } from '../devices/floppy/formats';
import { floppyState } from '../devices/floppy/state';
import { FwCfg, fwCfgState } from '../devices/fw-cfg/fw-cfg';
import { HPET_BASE, HPET_SIZE, Hpet, hpetState } from '../devices/hpet/hpet';
import { I440fx, i440fxState } from '../devices/i440fx/i440fx';
import { I8042, i8042State } from '../devices/i8042/i8042';
import { Ahci, ahciState } from '../devices/ide/ahci';
import { Piix3Ide, piix3IdeState } from '../devices/ide/piix3-ide';
import { ioApicState } from '../devices/ioapic/ioapic';
import { lapicState } from '../devices/lapic/lapic';
import { Parallel, parallelState } from '../devices/parallel/parallel';
import { PciBus, PciConfigPorts, pciConfigPortsState } from '../devices/pci/config-ports';
import { picState } from '../devices/pic/pic';
import { Piix3, piix3State } from '../devices/piix3/piix3';
import { Pit, pitState } from '../devices/pit/pit';
import { Pm, pmState } from '../devices/pm/pm';
import { Port92, port92State } from '../devices/port92/port92';
import { Rtc, rtcState } from '../devices/rtc/rtc';
import { Uart16550, uart16550State } from '../devices/uart16550/uart16550';
import {
  DISPI_FIRST_PORT,
  DISPI_PORT_COUNT,
  Vga,
  VGA_FIRST_PORT,
  VGA_PORT_COUNT,
  VGA_WINDOW,
  VGA_WINDOW_SIZE,
} from '../devices/vga/vga';
import { vgaState } from '../devices/vga/state';
import { BACKDOOR_PORT, VmPort, vmPortState } from '../devices/vmport/vmport';
import { type BiosKeyBuffer, biosKeyBuffer } from '../firmware/bios-keyboard';
import { TABLES as ACPI_TABLES } from '../firmware/acpi';
import {
  acpiTables,
  buildFirmware,
  cmosChecksum,
  type FirmwareInput,
  type FloppyDriveType,
  PM_BASE,
} from '../firmware/firmware';
import type { KernelBoot } from '../firmware/boot-rom';
import type { BlockPort } from '../machine/block-port';
import { allOnes, type Device, type DeviceId } from '../machine/device';
import { InputGate, type MachineInput } from '../machine/inputs';
import { InstructionClock } from '../machine/instruction-clock';
import { A20Latch, type ByteSink, SwitchedLine } from '../machine/interrupt-line';
import { MachineMemory } from '../machine/machine-memory';
import { guestMemoryBytes, memoryMapOf } from '../machine/memory-map';
import { MmioBus } from '../machine/mmio-bus';
import { PAGE_RAM, PAGE_ROM } from '../machine/page-flags';
import type { BarMapper } from '../machine/pci';
import { PortBus } from '../machine/port-bus';
import {
  isRecord,
  type Plain,
  SnapshotError,
  type StateDefinition,
  unwrapState,
  wrapState,
} from '../machine/saved-state';
import type { ScreenSource } from '../machine/screen';
import { PcBus } from './pc-bus';
import { buildDrives } from './drives';
import { InterruptControllers } from './interrupts';
import { MemoryPlan } from './memory-plan';
import { VcpuTurns } from './vcpu-turns';

export const TSC_HZ = 1e9;
const SCI_IRQ = 9;
const COPROCESSOR_IRQ = 13;
const COM_PORTS: readonly (readonly [port: number, irq: number])[] = [
  [0x3f8, 4],
  [0x2f8, 3],
  [0x3e8, 4],
  [0x2e8, 3],
];
const VERSION = '0.1.0';
const SECTOR_CHUNK = 1 << 20;

export interface PcParts {
  readonly config: VmConfig;
  readonly memory: WebAssembly.Memory;
  readonly core: WebAssembly.Module;
  readonly jit?: EmulatedPartitionParts['jit'];
  readonly firmware: { readonly bios: Uint8Array; readonly vgaBios: Uint8Array };
  /** A direct kernel boot, prepared by the caller (firmware/). */
  readonly kernel: KernelBoot | undefined;
  /** Before the guest reads what firmware and kernel are started with. */
  readonly beforeFirmwareReads?: () => void;
  /** A page that is flagged as not loaded is about to be used; it must be plain when this returns. */
  readonly loadPage?: (offset: number) => void;
  readonly nvram: Uint8Array | undefined;
  blockPort(id: string): BlockPort & {
    complete(input: Extract<MachineInput, { kind: 'disk' }>): void;
    changeMedium(medium: { sizeBytes: number; isReadOnly: boolean } | undefined): void;
  };
  serialOut(port: number): ByteSink;
  readonly parallelOut: ByteSink;
  tap(port: number, byte: number): void;
  hostRandom(): number;
}

/** What ends or resets the machine, set by wires during an instruction and taken by the loop after it. */
export type PcRequest =
  | 'reset'
  | { readonly kind: 'powerOff'; readonly by: 'guest' }
  | { readonly kind: 'debugExit'; readonly status: number };

interface Attached {
  readonly device: Device<unknown>;
  readonly state: StateDefinition<unknown>;
}

/** QEMU's `pc` machine as SeaBIOS knows it: i440FX, PIIX3, PIIX4 power management, standard VGA, ISA devices. */
export class PcMachine {
  readonly clock: InstructionClock;
  readonly inputs: InputGate;
  readonly bus: GuestBus;
  readonly vcpus: readonly Vcpu[];
  readonly turns: VcpuTurns;
  readonly screen: ScreenSource;
  readonly #partition: EmulatedPartition;
  readonly #memory: MachineMemory;
  readonly #ports = new PortBus();
  readonly #mmio = new MmioBus();
  readonly #devices = new Map<DeviceId, Attached>();
  readonly #blockPorts = new Map<string, ReturnType<PcParts['blockPort']>>();
  readonly #uarts: Uart16550[] = [];
  readonly #interrupts: InterruptControllers;
  readonly #keyboard: I8042;
  readonly #backdoor: VmPort;
  readonly #pit: Pit;
  readonly #pm: Pm;
  readonly #rtc: Rtc;
  #request: PcRequest | undefined;
  readonly #a20 = new A20Latch({ set: (level) => this.#memory.setA20(level) });

  /** What the compiler of hot code did; undefined where there is none. */
  get jitStatistics(): EmulatedPartition['jitStatistics'] {
    return this.#partition.jitStatistics;
  }

  constructor(private readonly parts: PcParts) {
    const { config } = parts;
    const map = memoryMapOf(config);
    this.#memory = new MachineMemory(parts.memory);
    this.#partition = createEmulatedPartition({
      core: parts.core,
      ...(parts.jit === undefined ? {} : { jit: parts.jit }),
      memory: this.#memory,
      config: { vcpuCount: config.cpu.cpus, vendor: config.cpu.vendor, model: config.cpu.model, tscHz: TSC_HZ },
    });
    this.vcpus = this.#partition.vcpus;
    const turns = new VcpuTurns(this.vcpus);
    this.turns = turns;
    this.clock = new InstructionClock(
      () => turns.count,
      () => turns.breakSoon(),
    );
    this.inputs = new InputGate(
      () => turns.count,
      (input) => this.#apply(input),
      parts.hostRandom,
    );
    this.#interrupts = new InterruptControllers(turns, this.clock, this.#mmio, (_vcpu, tsc) => Number(tsc));
    this.#attach(this.#interrupts.pic, picState);
    this.#attach(this.#interrupts.ioApic, ioApicState);
    for (const lapic of this.#interrupts.lapics) this.#attach(lapic, lapicState);

    // memory
    const rom = this.#memory.block(map.rom.offset, map.rom.size, PAGE_ROM);
    const vram = this.#memory.block(map.vram.offset, map.vram.size, PAGE_RAM);
    this.#memory.block(map.ram.offset, map.ram.size, PAGE_RAM);
    const bios = wholePages(parts.firmware.bios);
    rom.bytes.set(bios, map.rom.size - bios.length);
    const plan = new MemoryPlan(this.#memory, map, bios.length);
    const ferr = this.#interrupts.isa(COPROCESSOR_IRQ);
    this.bus = new PcBus(this.#ports, this.#mmio, this.#interrupts, this.inputs, ferr, plan.smiact);
    const bars: BarMapper = {
      mapPorts: (name, at, size, handler) => this.#ports.mapNamed(name, at, size, handler),
      mapMmio: (name, at, size, handler) => this.#mmio.map(name, at, size, handler),
      mapMemory: (name, at, size, offset) =>
        this.#memory.map(name, at === undefined ? undefined : { gpa: at, size, read: offset, write: offset }),
    };

    // chipset
    const reset = { pulse: () => this.#ask('reset') };
    const pci = new PciBus();
    const host = this.#attach(new I440fx('pci/00:00.0', plan), i440fxState);
    pci.attach({ device: 0, function: 0 }, host.config);
    const isaBridge = this.#attach(
      new Piix3('pci/00:01.0', { irq: (irq) => this.#interrupts.isa(irq), reset }),
      piix3State,
    );
    pci.attach({ device: 1, function: 0 }, isaBridge.config);
    this.#ports.map(
      0xcf8,
      8,
      this.#attach(new PciConfigPorts('pci-config', pci, isaBridge.resetControl), pciConfigPortsState),
      4,
    );
    const pm = new Pm('pci/00:01.3', this.clock, {
      sci: this.#interrupts.isa(SCI_IRQ),
      // the SMI# of a board with one socket: the firmware sets up the bootstrap processor alone
      smi: () => this.vcpus[0]?.smi(),
      bars,
      sleep: (type) => {
        if (type === 0) this.#ask({ kind: 'powerOff', by: 'guest' });
      },
    });
    this.#pm = this.#attach(pm, pmState);
    pci.attach({ device: 1, function: 3 }, pm.config);
    this.#ports.map(0xb2, 2, pm.apm);

    // ISA
    const { pic } = this.#interrupts;
    this.#ports.map(0x20, 2, pic.master);
    this.#ports.map(0xa0, 2, pic.slave);
    this.#ports.map(0x4d0, 2, pic.elcr);
    const pitLine = new SwitchedLine(this.#interrupts.isa(0));
    const rtcLine = new SwitchedLine(this.#interrupts.isa(8));
    // Before the two that it replaces: a restore must have cut their wires before they drive them.
    const hpet = this.#attach(
      new Hpet('hpet', this.clock, {
        pin: (input) => this.#interrupts.pin(input),
        legacy: [this.#interrupts.isa(0), this.#interrupts.isa(8)],
        legacyChanged: (isOn) => {
          pitLine.switch(!isOn);
          rtcLine.switch(!isOn);
        },
      }),
      hpetState,
    );
    this.#mmio.map('hpet', HPET_BASE, HPET_SIZE, hpet);
    this.#pit = this.#attach(new Pit('pit', this.clock, { irq: pitLine }), pitState);
    this.#ports.map(0x40, 4, this.#pit.counters);
    this.#ports.map(0x61, 1, this.#pit.portB);
    this.#rtc = this.#attach(new Rtc('rtc', this.clock, { irq: rtcLine }), rtcState);
    this.#ports.map(0x70, 4, this.#rtc.ports);
    const dma = this.#attach(new Dma('dma', this.#memory), dmaState);
    this.#ports.map(0x00, 16, dma.first);
    this.#ports.map(0xc0, 32, dma.second);
    this.#ports.map(0x80, 16, dma.pages);
    const a20 = this.#a20;
    this.#keyboard = this.#attach(
      new I8042('i8042', this.clock, {
        irq1: this.#interrupts.isa(1),
        irq12: this.#interrupts.isa(12),
        a20,
        reset,
      }),
      i8042State,
    );
    this.#ports.map(0x60, 1, this.#keyboard.data);
    this.#ports.map(0x64, 1, this.#keyboard.control);
    const port92 = new Port92('port92', { a20, reset });
    this.#ports.map(0x92, 1, this.#attach(port92, port92State));
    this.#backdoor = this.#attach(
      new VmPort(
        'vmport',
        { notify: () => this.#keyboard.mouse.ping(), modeChanged: () => undefined },
        config.memory.memoryMiB,
      ),
      vmPortState,
    );
    this.#ports.map(BACKDOOR_PORT, 4, this.#backdoorPort(), 4);
    config.serial.forEach((_serial, index) => this.#addSerial(index));
    if (config.parallel.length > 0) {
      const wires = { irq: this.#interrupts.isa(7), out: parts.parallelOut };
      this.#ports.map(0x378, 3, this.#attach(new Parallel('lpt1', this.clock, wires), parallelState));
    }
    this.#addDebugPorts(config);

    // drives
    const drives = buildDrives(config, (id) => this.#blockPort(id));
    const ideIrqs = [this.#interrupts.isa(14), this.#interrupts.isa(15)] as const;
    const ideWires = { pci: { intx: isaBridge.intx(1, 1), bars }, memory: this.#memory, irqs: ideIrqs };
    const ideFunction = this.#attach(new Piix3Ide('pci/00:01.1', drives.ide, ideWires), piix3IdeState);
    pci.attach({ device: 1, function: 1 }, ideFunction.config);
    this.#ports.map(0x1f0, 8, ideFunction.commandPorts(0), 4);
    this.#ports.map(0x3f6, 1, ideFunction.controlPorts(0));
    this.#ports.map(0x170, 8, ideFunction.commandPorts(1), 4);
    this.#ports.map(0x376, 1, ideFunction.controlPorts(1));
    if (drives.sata !== undefined) {
      const ahci = new Ahci('pci/00:03.0', drives.sata, {
        pci: { intx: isaBridge.intx(3, 1), bars },
        messages: this.#interrupts.messages,
        memory: this.#memory,
      });
      pci.attach({ device: 3, function: 0 }, this.#attach(ahci, ahciState).config);
    }
    const floppyPorts = config.floppies.map(({ id }) => this.#blockPort(id));
    const floppyTypes = [0, 1].map((index) => this.#floppyType(floppyPorts[index], config.floppies.length > index));
    const floppy = this.#attach(
      new Floppy('floppy', [floppyPorts[0], floppyPorts[1]], {
        irq: this.#interrupts.isa(6),
        dma: dma.channel(2),
        clock: this.clock,
      }),
      floppyState,
    );
    this.#ports.map(0x3f0, 6, floppy);
    this.#ports.map(0x3f7, 1, floppy.digitalInput);

    // display
    const vga = this.#attach(
      new Vga('pci/00:02.0', {
        vram,
        clock: this.clock,
        pci: { intx: isaBridge.intx(2, 1), bars },
        rom: parts.firmware.vgaBios,
      }),
      vgaState,
    );
    pci.attach({ device: 2, function: 0 }, vga.config);
    this.#ports.map(VGA_FIRST_PORT, VGA_PORT_COUNT, vga.ports, 2);
    this.#ports.map(DISPI_FIRST_PORT, DISPI_PORT_COUNT, vga.dispiPorts, 2);
    this.#mmio.map('vga-window', VGA_WINDOW, VGA_WINDOW_SIZE, vga.window);
    this.screen = vga.screen;

    // firmware
    const fwCfg = this.#attach(new FwCfg('fw-cfg', this.#memory, parts.beforeFirmwareReads), fwCfgState);
    this.#ports.map(0x510, 12, fwCfg, 4);
    const firmwareInput: FirmwareInput = {
      lowMemoryBytes: map.ram.size,
      highMemoryBytes: 0,
      vcpuCount: this.vcpus.length,
      uuid: uuidBytes(config.identity),
      version: VERSION,
      bootOrder: config.boot.order,
      bootMenu: config.boot.menu,
      drives: drives.forFirmware,
      floppies: floppyTypes as [FloppyDriveType, FloppyDriveType],
      serialPorts: config.serial.length,
      hasParallel: config.parallel.length > 0,
      ...(parts.kernel === undefined ? {} : { kernel: parts.kernel }),
    };
    const firmware = buildFirmware(firmwareInput);
    for (const { name, bytes } of firmware.files) {
      const refresh = (): Uint8Array => acpiTables(firmwareInput, pm.portBase ?? PM_BASE);
      fwCfg.addFile(name, bytes, name === ACPI_TABLES ? { refresh } : {});
    }
    for (const { selector, bytes } of firmware.items) fwCfg.addItem(selector, bytes);
    if (parts.nvram !== undefined) this.#rtc.loadNvram(parts.nvram);
    for (const [index, value] of firmware.cmos) this.#rtc.poke(index, value);
    for (const [index, value] of cmosChecksum((at) => this.#rtc.peek(at))) this.#rtc.poke(index, value);

    this.#memory.listener = {
      memoryChanged: () => this.#partition.memoryChanged(),
      writesForbidden: (first, end) => this.#partition.writesForbidden(first, end),
      codeWritten: (offset, size) => this.#partition.codeWritten(offset, size),
      pageSlow: (offset) => this.parts.loadPage?.(offset),
    };
    for (const { device } of this.#devices.values()) device.reset();
    for (const vcpu of this.vcpus) vcpu.setClock(this.clock.step);
    this.#partition.memoryChanged();
  }

  /** Power-on values everywhere; RAM keeps its contents, as on hardware. */
  reset(): void {
    this.#request = undefined;
    for (const { device } of this.#devices.values()) device.reset();
    this.turns.reset();
  }

  takeRequest(): PcRequest | undefined {
    const request = this.#request;
    this.#request = undefined;
    return request;
  }

  /** The speaker gives a sound: `takeSound` should be asked often. */
  get isSounding(): boolean {
    return this.#pit.isSounding;
  }

  /** What the speaker played since it was last asked: signed 16-bit samples at SAMPLE_HZ; empty in silence. */
  takeSound(): Int16Array {
    return this.#pit.takeSound();
  }

  /** Scroll, Num, Caps Lock in bits 0 to 2. */
  get leds(): number {
    return this.#keyboard.keyboard.leds;
  }

  /** Whether the keyboard would pass a stroke on whole; more than that it would drop. */
  canTakeKey(down: boolean): boolean {
    return this.#keyboard.keyboard.canTake(down);
  }

  get pressedKeys(): readonly number[] {
    return this.#keyboard.keyboard.pressed;
  }

  biosKeyBuffer(): BiosKeyBuffer | undefined {
    const word = new Uint8Array(2);
    return biosKeyBuffer((gpa) => {
      this.#memory.read(gpa, word);
      return (word[0] as number) | ((word[1] as number) << 8);
    });
  }

  get isPointerAbsolute(): boolean {
    return this.#backdoor.isAbsolute;
  }

  /** The CMOS memory that the battery keeps. */
  nvram(): Uint8Array {
    return this.#rtc.saveNvram();
  }

  // saved state

  save(): Map<string, Plain> {
    const entries = new Map<string, Plain>();
    entries.set('clock', this.clock.save());
    entries.set('a20', { keyboard: this.#a20.level, port92: this.#a20.level });
    if (this.vcpus.length > 1) entries.set('turns', { ...this.turns.save() });
    this.vcpus.forEach((vcpu, index) => {
      entries.set(`vcpu${index}`, vcpu.save() as unknown as Plain);
    });
    for (const [id, { device, state }] of this.#devices)
      entries.set(id, wrapState(state, device.save()) as unknown as Plain);
    return entries;
  }

  /** Into a machine built from the same configuration. Throws SnapshotError naming the part; the machine is then unusable. */
  restore(entries: ReadonlyMap<string, unknown>): void {
    const known = new Set([
      'clock',
      'a20',
      ...(this.vcpus.length > 1 ? ['turns'] : []),
      ...this.vcpus.map((_vcpu, index) => `vcpu${index}`),
      ...this.#devices.keys(),
    ]);
    for (const id of entries.keys()) if (!known.has(id)) throw new SnapshotError(id, 'is not a part of this machine');
    for (const id of known) if (!entries.has(id)) throw new SnapshotError(id, 'is missing');
    // The count comes first: every timer is a function of it.
    this.vcpus.forEach((vcpu, index) => vcpu.restore(entries.get(`vcpu${index}`) as Parameters<Vcpu['restore']>[0]));
    if (this.vcpus.length > 1) this.turns.restore(entries.get('turns'));
    this.clock.restore(entries.get('clock'));
    for (const vcpu of this.vcpus) vcpu.setClock(this.clock.step);
    const a20 = entries.get('a20');
    if (!isRecord(a20) || typeof a20.keyboard !== 'boolean' || typeof a20.port92 !== 'boolean')
      throw new SnapshotError('a20', 'is not a gate');
    for (const [id, { device, state }] of this.#devices) device.restore(unwrapState(state, id, entries.get(id)));
    // Two latches in older snapshots, either of which let the line through.
    this.#a20.set(a20.keyboard || a20.port92);
    this.#request = undefined;
    this.#partition.invalidateAll();
  }

  /** Everything that a snapshot keeps of memory, in chunks for hashing. */
  *memoryChunks(): Generator<Uint8Array> {
    const bytes = guestMemoryBytes(this.parts.memory, this.parts.config);
    for (let at = 0; at < bytes.length; at += SECTOR_CHUNK) yield bytes.slice(at, at + SECTOR_CHUNK);
  }

  // inputs

  #apply(input: MachineInput): void {
    switch (input.kind) {
      case 'clock': {
        const step = { count: this.turns.count, ns: input.ns, nsPerInstruction: input.nsPerInstruction };
        this.clock.applyStep(step);
        for (const vcpu of this.vcpus) vcpu.setClock(this.clock.step);
        return;
      }
      case 'key':
        return this.#keyboard.pressKey(input.usage, input.down);
      case 'keyHeld':
        return this.#keyboard.holdKey(input.usage, input.heldMs);
      case 'pointer':
        if (this.isPointerAbsolute && input.x !== undefined && input.y !== undefined) {
          return this.#backdoor.point(input.x, input.y, input.wheel, input.buttons);
        }
        return this.#keyboard.moveMouse(input.dx, input.dy, input.wheel, input.buttons);
      case 'serial':
        this.#uarts[input.port]?.receive(input.bytes);
        return;
      case 'disk':
        return this.#blockPorts.get(input.port)?.complete(input);
      case 'medium': {
        const { sizeBytes, isReadOnly } = input;
        return this.#blockPorts
          .get(input.port)
          ?.changeMedium(sizeBytes === undefined ? undefined : { sizeBytes, isReadOnly: isReadOnly ?? true });
      }
      case 'startTime':
        return this.#rtc.setTime(input.unixMs + input.zoneMinutes * 60_000);
      case 'powerButton':
        return this.#pm.pressPowerButton();
      case 'reset':
        return this.#ask('reset');
      case 'random':
        return;
    }
  }

  // wires

  #ask(request: PcRequest): void {
    this.#request ??= request;
    this.turns.breakSoon();
  }

  #attach<D extends Device<S>, S>(device: D, state: StateDefinition<S>): D {
    this.#devices.set(device.id, {
      device: device as unknown as Device<unknown>,
      state: state as StateDefinition<unknown>,
    });
    return device;
  }

  #blockPort(id: string): BlockPort {
    const port = this.parts.blockPort(id);
    this.#blockPorts.set(id, port);
    return port;
  }

  #floppyType(port: BlockPort | undefined, isThere: boolean): FloppyDriveType {
    return isThere ? driveTypeFor(port?.medium?.sizeBytes) : 0;
  }

  #addSerial(index: number): void {
    const [port, irq] = COM_PORTS[index] as readonly [number, number];
    const uart = this.#attach(
      new Uart16550(`com${index + 1}`, this.clock, {
        irq: this.#interrupts.isa(irq),
        out: this.parts.serialOut(index),
      }),
      uart16550State,
    );
    this.#ports.map(port, 8, uart);
    this.#uarts.push(uart);
  }

  /** SeaBIOS writes its messages only where a debug port answers. */
  #addDebugPorts(config: VmConfig): void {
    for (const { port } of config.debug.tapPorts) {
      if (port === 0x402 || port === 0xe9) {
        const device = new DebugPort(`debug-${port.toString(16)}`, {
          out: { write: (byte) => this.parts.tap(port, byte) },
        });
        this.#ports.map(port, 1, this.#attach(device, debugPortState));
      } else {
        this.#ports.tap(port, (value, size) => {
          for (let i = 0; i < size; i++) this.parts.tap(port, (value >>> (8 * i)) & 0xff);
        });
      }
    }
    if (config.debug.debugExit) {
      const exit = new DebugExit('debug-exit', { exit: (status) => this.#ask({ kind: 'debugExit', status }) });
      this.#ports.map(0xf4, 4, this.#attach(exit, debugExitState), 4);
    }
  }

  /** The backdoor passes values in registers: the port's handler reads and writes those of the vCPU that executes the IN. */
  #backdoorPort() {
    const GPRS = ['eax', 'ecx', 'edx', 'ebx', undefined, undefined, 'esi', 'edi'] as const;
    return {
      readPort: (_offset: number, size: 1 | 2 | 4): number => {
        const vcpu = this.turns.current;
        const registers = { eax: 0, ebx: 0, ecx: 0, edx: 0, esi: 0, edi: 0 };
        GPRS.forEach((name, index) => {
          if (name !== undefined) registers[name] = vcpu.readGpr(index);
        });
        if (size !== 4 || !this.#backdoor.access(registers)) return allOnes(size);
        GPRS.forEach((name, index) => {
          if (name !== undefined && name !== 'eax') vcpu.writeGpr(index, registers[name]);
        });
        return registers.eax >>> 0;
      },
      writePort: (): void => undefined,
    };
  }
}

export function buildPc(parts: PcParts): PcMachine {
  return new PcMachine(parts);
}

/** A ROM image padded in front to whole pages: its end is at the reset vector's end. */
function wholePages(bytes: Uint8Array): Uint8Array {
  const size = Math.max(128 << 10, Math.ceil(bytes.length / 4096) * 4096);
  if (size === bytes.length) return bytes;
  const padded = new Uint8Array(size).fill(0xff);
  padded.set(bytes, size - bytes.length);
  return padded;
}
