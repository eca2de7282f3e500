/** Delivery modes of APIC messages (Intel SDM volume 3, 11.5.1, 11.6.1; 82093AA 3.2.4). */
export const DELIVERY_FIXED = 0;
export const DELIVERY_LOWEST = 1;
export const DELIVERY_SMI = 2;
export const DELIVERY_NMI = 4;
export const DELIVERY_INIT = 5;
export const DELIVERY_STARTUP = 6;
export const DELIVERY_EXTINT = 7;

/** An interrupt on its way to local APICs: from an I/O APIC, another local APIC or an MSI write. */
export interface InterruptMessage {
  readonly deliveryMode: number;
  readonly vector: number;
  /** 8-bit (xAPIC) or 32-bit (x2APIC) destination; 0xff and 0xffffffff address everybody. */
  readonly destination: number;
  readonly isLogical: boolean;
  readonly isLevel: boolean;
}

export interface InterruptMessageBus {
  /** true if at least one local APIC took it. */
  send(message: InterruptMessage): boolean;
}

/** Decodes an MSI write to 0xFEExxxxx (SDM volume 3, 11.11). */
export function messageOfMsi(address: number, data: number): InterruptMessage {
  return {
    deliveryMode: (data >>> 8) & 7,
    vector: data & 0xff,
    destination: (address >>> 12) & 0xff,
    isLogical: (address & 4) !== 0,
    isLevel: (data & 0x8000) !== 0,
  };
}
