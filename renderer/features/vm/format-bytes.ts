const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return new Intl.NumberFormat('en', {
    style: 'unit',
    unit: UNITS[power] as string,
    maximumFractionDigits: power > 0 ? 1 : 0,
  }).format(bytes / 2 ** (10 * power));
}
