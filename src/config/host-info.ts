/** What checks need to know about the computer that runs the VM. */
export interface HostInfo {
  readonly memoryMiB: number;
  readonly cpus: number;
}
