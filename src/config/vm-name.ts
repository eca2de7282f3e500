/** A VM's name is free text for people; its folder's name is derived from it. */

export const maxNameLength = 80;

export type NameTrouble = 'empty' | 'spaces' | 'long' | 'control';

/** In English, for errors; windows have it in their own language (i18n/name-text.ts). */
const TROUBLES: Readonly<Record<NameTrouble, string>> = {
  empty: 'must not be empty',
  spaces: 'must not begin or end with a space',
  long: `must have at most ${maxNameLength} characters`,
  control: 'must not contain control characters',
};

/** Why a text cannot be a VM's name; undefined when it can. */
export function nameTrouble(name: string): NameTrouble | undefined {
  if (name.trim() === '') return 'empty';
  if (name !== name.trim()) return 'spaces';
  if (name.length > maxNameLength) return 'long';
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(name)) return 'control';
  return undefined;
}

export function describeNameTrouble(trouble: NameTrouble): string {
  return TROUBLES[trouble];
}

/** A folder name that every file system takes: no separators, no reserved names, no leading dot. */
export function folderNameFor(name: string): string {
  let folder = name
    .replace(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, '_')
    .replace(/^\.+/, '_')
    .replace(/[. ]+$/, '');
  if (folder === '' || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(folder)) folder = `_${folder}`;
  return folder;
}
