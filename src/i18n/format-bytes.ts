const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** '4.8 MiB', as sizes are asked for and stored. */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const number = new Intl.NumberFormat('en', { maximumFractionDigits: power > 0 ? 1 : 0 }).format(
    bytes / 2 ** (10 * power),
  );
  return `${number}\u00a0${UNITS[power]}`;
}
