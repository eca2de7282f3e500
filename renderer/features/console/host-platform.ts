import type { HostPlatform } from './keyboard';

export const hostPlatform: HostPlatform = /Mac/.test(navigator.platform)
  ? 'mac'
  : /Win/.test(navigator.platform)
    ? 'windows'
    : 'linux';
