import { currentLanguage, formatNumber } from './translate';

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'];

/** '4.8 MiB', as sizes are asked for and stored: in binary units, the number as the language writes it. */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10));
  if (power === 0) {
    return new Intl.NumberFormat(currentLanguage(), { style: 'unit', unit: 'byte', unitDisplay: 'long' }).format(bytes);
  }
  return `${formatNumber(bytes / 2 ** (10 * power), 1)}\u00a0${UNITS[power - 1]}`;
}
