/** Subzero's own icons: 20 by 20, drawn with the text's colour. */
const PATHS = {
  power: 'M10 3v7M6.1 5.6a6 6 0 1 0 7.8 0',
  play: 'M6.5 4.2v11.6a.6.6 0 0 0 .9.5l9.1-5.8a.6.6 0 0 0 0-1L7.4 3.7a.6.6 0 0 0-.9.5Z',
  pause: 'M7 4.5v11M13 4.5v11',
  suspend: 'M15.8 12.4A6.6 6.6 0 0 1 7.6 4.2a6.6 6.6 0 1 0 8.2 8.2Z',
  shutDown: 'M4 3.5h8.5v13H4zM12.5 10h5M15 7.5l2.5 2.5-2.5 2.5M9.5 10.2v.1',
  reset: 'M15.9 8.2A6.3 6.3 0 1 0 16.2 12M16.4 4.2v4.2h-4.2',
  stop: 'M5 5h10v10H5z',
  camera: 'M3 6.5h3.2L7.6 4.4h4.8l1.4 2.1H17v9H3zM10 13.6a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6Z',
  revert: 'M7.8 4.4 4.2 8l3.6 3.6M4.4 8h7a4.2 4.2 0 0 1 0 8.4H8',
  tree: 'M4.5 3v13.5M4.5 6.5h5M4.5 13.5h5M9.5 4.5h7v4h-7zM9.5 11.5h7v4h-7z',
  keyboard: 'M2.5 5.5h15v9h-15zM5.2 8.3h.1M8.4 8.3h.1M11.6 8.3h.1M14.8 8.3h.1M6.5 11.7h7',
  fullScreen: 'M3.5 7.5v-4h4M16.5 7.5v-4h-4M3.5 12.5v4h4M16.5 12.5v4h-4',
  exitFullScreen: 'M7.5 3.5v4h-4M12.5 3.5v4h4M7.5 16.5v-4h-4M12.5 16.5v-4h4',
  fit: 'M3 4.5h14v11H3zM6 7.5v5M14 7.5v5M6 10h8',
  copy: 'M7 7h9.5v9.5H7zM13 7V3.5H3.5V13H7',
  paste: 'M5 4.5h10v12.5H5zM7.8 3h4.4v3H7.8zM7.5 9.5h5M7.5 12.5h5',
  picture: 'M3 4.5h14v11H3zM3 13l4-4 3.5 3.5 2.5-2.5 4 4M13 8.2v.1',
  pin: 'M7 3.5h6l-.8 5 2.8 3H5l2.8-3zM10 11.5v5.5',
  pinned: 'M7 3.5h6l-.8 5 2.8 3H5l2.8-3zM10 11.5v5.5M3.5 17h13',
  check: 'm4 10.5 4 4L16 6',
  plus: 'M10 4v12M4 10h12',
  close: 'm5.5 5.5 9 9M14.5 5.5l-9 9',
  home: 'm3 10 7-6.5 7 6.5M5 8.5v8h10v-8M8.5 16.5V12h3v4.5',
  folder: 'M2.5 5h5l1.6 2h8.4v9h-15z',
  sidebar: 'M3 4h14v12H3zM8 4v12',
  chevronDown: 'm5.5 8 4.5 4.5L14.5 8',
  chevronRight: 'm8 5.5 4.5 4.5L8 14.5',
  chevronUp: 'm5.5 12 4.5-4.5 4.5 4.5',
  memory: 'M3 6h14v7H3zM5.5 13v2.5M8.5 13v2.5M11.5 13v2.5M14.5 13v2.5M6 8.5h1.5v2H6zM10 8.5h1.5v2H10z',
  cpu: 'M5.5 5.5h9v9h-9zM8.3 8.3h3.4v3.4H8.3zM8 5.5V3M12 5.5V3M8 17v-2.5M12 17v-2.5M5.5 8H3M5.5 12H3M17 8h-2.5M17 12h-2.5',
  disk: 'M3.5 5.8C3.5 4.5 6.4 3.5 10 3.5s6.5 1 6.5 2.3v8.4c0 1.3-2.9 2.3-6.5 2.3s-6.5-1-6.5-2.3zM3.5 5.8c0 1.3 2.9 2.3 6.5 2.3s6.5-1 6.5-2.3M3.5 10c0 1.3 2.9 2.3 6.5 2.3s6.5-1 6.5-2.3',
  cdrom: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  floppy: 'M3.5 3.5h11l2 2v11h-13zM6.5 3.5V8h6V3.5M6 16.5V11h8v5.5',
  serial: 'M3 6.5h14l-1.6 7H4.6zM6.5 9h.1M9 9h.1M11.5 9h.1M13.8 9h.1M7.8 11.3h.1M10.2 11.3h.1M12.5 11.3h.1',
  display: 'M2.5 4h15v10h-15zM7 17h6M10 14v3',
  kernel: 'M5 2.8h7l3.5 3.5v11H5zM12 2.8v3.5h3.5M7.8 10.5l1.7 1.5-1.7 1.5M11 13.5h2',
  settings: 'M3 6h6M13 6h4M3 14h3M10 14h7M11 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  trash: 'M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5',
  warning: 'M10 3 2.5 16.5h15zM10 8v4M10 14.2v.1',
  info: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 9v4.5M10 6.5v.1',
  edit: 'm4 16 .8-3.4L13.4 4a1.4 1.4 0 0 1 2 0l.6.6a1.4 1.4 0 0 1 0 2L7.4 15.2z',
  here: 'M10 17.2s5.3-4.8 5.3-8.7a5.3 5.3 0 0 0-10.6 0c0 3.9 5.3 8.7 5.3 8.7ZM10 10.4a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8Z',
  computer: 'M4 4h12v8.5H4zM2 15.5h16',
  snow: 'M10 2.5v15M3.5 6.2l13 7.6M16.5 6.2l-13 7.6M8 3.6l2 1.6 2-1.6M8 16.4l2-1.6 2 1.6M3.3 8.7l2.4-.9-.4-2.5M16.7 11.3l-2.4.9.4 2.5M16.7 8.7l-2.4-.9.4-2.5M3.3 11.3l2.4.9-.4 2.5',
  tool: 'M12.5 3.2a4 4 0 0 0-3.8 5.4L3.4 14a1.6 1.6 0 0 0 2.3 2.3l5.4-5.3a4 4 0 0 0 5.4-4.4l-2.3 2.2-2.2-.6-.6-2.2z',
  search: 'M8.8 14.3a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l4 4',
  star: 'm10 3 2.2 4.5 4.9.7-3.6 3.5.9 4.9-4.4-2.3-4.4 2.3.9-4.9-3.6-3.5 4.9-.7z',
  starFull: 'm10 3 2.2 4.5 4.9.7-3.6 3.5.9 4.9-4.4-2.3-4.4 2.3.9-4.9-3.6-3.5 4.9-.7z',
  log: 'M4.5 3h11v14h-11zM7 6.5h6M7 9.5h6M7 12.5h4',
  linux:
    'M7.2 7c0-2 1.1-3.6 2.8-3.6S12.8 5 12.8 7c0 2.4 2.4 3.9 2.4 7 0 1.6-2.2 2.6-5.2 2.6S4.8 15.6 4.8 14C4.8 10.9 7.2 9.4 7.2 7ZM8.9 6.5v.1M11.1 6.5v.1M9 8.6l1 .7 1-.7',
  windows: 'M3.5 5.2 9.2 4.4v5.1H3.5zM10.6 4.2l6-.9v6.2h-6zM3.5 10.7h5.7v5.1l-5.7-.8zM10.6 10.7h6v6.2l-6-.9z',
} as const;

export type IconName = keyof typeof PATHS;

const SOLID: ReadonlySet<IconName> = new Set(['play', 'stop', 'starFull']);

export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  const isSolid = SOLID.has(name);
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill={isSolid ? 'currentColor' : 'none'}
        stroke="currentColor"
        strokeWidth={isSolid ? 1 : 1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

/** The icon of a guest system, by its name in the configuration. */
export function systemIcon(name: string): IconName {
  if (name === 'windows') return 'windows';
  if (name === 'tool') return 'tool';
  if (['linux', 'debian', 'ubuntu'].includes(name)) return 'linux';
  return 'computer';
}
