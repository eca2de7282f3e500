/** A VM's name is free text for people; its folder's name is derived from it. */

export const maxNameLength = 80;

/** Why a text cannot be a VM's name; undefined when it can. */
export function nameTrouble(name: string): string | undefined {
  if (name.trim() === '') return 'must not be empty';
  if (name !== name.trim()) return 'must not begin or end with a space';
  if (name.length > maxNameLength) return `must have at most ${maxNameLength} characters`;
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(name)) {
    return 'must not contain control characters';
  }
  return undefined;
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
