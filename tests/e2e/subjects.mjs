/**
 * What the window promises, and the tests that show it: `npm run test:e2e -- --list` prints the table. Beside them,
 * `npm run bench -- --ui` shows how it feels and `npm run test:package` that packages work. A test is named by
 * its file and, where a file has several subjects, by a part of its title.
 */
export const subjects = [
  { name: 'Console', tests: ['console.spec.ts', 'scancodes.spec.ts', 'sound.spec.ts'] },
  { name: 'VMs that outlive the window', tests: ['closing.spec.ts', 'elsewhere.spec.ts', 'VM process that is killed'] },
  { name: 'Library', tests: ['library-organised.spec.ts', 'library.spec.ts'] },
  { name: 'Settings editor', tests: ['settings.spec.ts', 'settings are changed and kept'] },
  {
    name: 'Snapshot Manager',
    tests: [
      'snapshots of a VM that is off',
      'a snapshot is taken',
      'restoring the snapshot',
      'deletes a snapshot',
      'long-work.spec.ts',
    ],
  },
  { name: 'Wizard', tests: ['wizard.spec.ts', 'the wizard '] },
  { name: 'Gallery', tests: ['gallery.spec.ts', 'try-subzero.spec.ts'] },
  { name: 'Status bar', tests: ['the status bar says', 'media are ejected and inserted', 'the screen is filmed'] },
  { name: 'Preferences', tests: ['preferences apply at once'] },
  { name: 'Keyboard and screen reader', tests: ['walked with the keyboard', 'losses of the focus', 'looks.spec.ts'] },
  { name: '200 % zoom', tests: ['at 200 %'] },
  { name: 'Forced colors', tests: ['forced colors'] },
  { name: 'Tray', tests: ['the tray '] },
  { name: 'Menus, recent files, recording', tests: ['File menu', 'native menu', 'the screen is filmed'] },
  {
    name: 'Safety',
    tests: [
      'no Node',
      'wrong shape',
      'a VM from elsewhere',
      'another place than before',
      'no code but its own',
      'page of its window only',
    ],
  },
  { name: 'Looks', tests: ['looks.spec.ts'] },
  { name: 'Power and state', tests: ['wizard-to-restore.spec.ts'] },
  { name: 'Roles and names', tests: ['names.spec.ts'] },
  {
    name: 'Start, remembered layout',
    tests: ['a window opens with an empty library', 'at the next start as they were'],
  },
];
