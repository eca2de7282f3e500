export function invertingGuest(): Buffer;
export function scrollingGuest(): Buffer;
export function fillingGuest(memoryMiB: number): Buffer;
export function idleGuest(): Buffer;
