/** What SPECIFY, CONFIGURE, LOCK and PERPENDICULAR set. */
export interface Settings {
  stepRate: number;
  /** Head load time; bit 0 is ND. */
  headLoad: number;
  lastSector: number;
  /** EIS, EFIFO, POLL, FIFOTHR. */
  configuration: number;
  precompensation: number;
  perpendicular: number;
  isLocked: boolean;
}

export const CONFIGURE_EIS = 0x40;
/** 1 disables polling. */
export const CONFIGURE_POLL = 0x10;
const CONFIGURE_EFIFO = 0x20;
const LOCK = 0x80;

export function powerOnSettings(): Settings {
  return {
    stepRate: 0,
    headLoad: 0,
    lastSector: 0,
    configuration: CONFIGURE_EFIFO,
    precompensation: 0,
    perpendicular: 0,
    isLocked: false,
  };
}

/** A software reset keeps D0-D3 of PERPENDICULAR, and under LOCK the FIFO settings (5.2.13, 5.2.16). */
export function softReset(settings: Settings): void {
  settings.perpendicular &= 0x3c;
  if (settings.isLocked) return;
  settings.configuration = CONFIGURE_EFIFO;
  settings.precompensation = 0;
}

/** OW lets D0-D3 change; without it only GAP and WGATE do (5.2.13). */
export function setPerpendicular(settings: Settings, value: number): void {
  settings.perpendicular = value & 0x80 ? value & 0x3f : (settings.perpendicular & 0x3c) | (value & 3);
}

/** DUMPREG's result after the four track numbers, and SAVE's likewise. */
export function settingsBytes(settings: Settings): number[] {
  const { stepRate, headLoad, lastSector, configuration, precompensation, perpendicular, isLocked } = settings;
  return [stepRate, headLoad, lastSector, (isLocked ? LOCK : 0) | perpendicular, configuration, precompensation];
}

/** The same bytes back, by RESTORE. */
export function restoreSettings(settings: Settings, bytes: readonly number[]): void {
  const [stepRate = 0, headLoad = 0, lastSector = 0, lock = 0, configuration = 0, precompensation = 0] = bytes;
  Object.assign(settings, { stepRate, headLoad, lastSector, precompensation });
  settings.isLocked = (lock & LOCK) !== 0;
  settings.perpendicular = lock & 0x3f;
  settings.configuration = configuration & 0x7f;
}
