/** The wires between local APICs and I/O APICs: who a message is for, and who of several takes it. */
import { DELIVERY_LOWEST, type InterruptMessage, type InterruptMessageBus } from '../../machine/interrupt-message';

export type IpiShorthand = 'none' | 'self' | 'all' | 'others';

export interface ApicBusMember {
  matches(destination: number, isLogical: boolean): boolean;
  /** Processor priority, for lowest-priority delivery; lower is likelier. */
  readonly priority: number;
  /** false while only NMI, INIT and start-up get through. */
  readonly isAccepting: boolean;
  deliver(message: InterruptMessage): void;
}

export class ApicBus implements InterruptMessageBus {
  readonly #members: ApicBusMember[] = [];

  /** @param onEoi a level-triggered vector was ended: the I/O APICs listen */
  constructor(private readonly onEoi: (vector: number) => void) {}

  add(member: ApicBusMember): void {
    if (!this.#members.includes(member)) this.#members.push(member);
  }

  send(message: InterruptMessage): boolean {
    return this.#deliver(
      this.#members.filter((member) => member.matches(message.destination, message.isLogical)),
      message,
    );
  }

  sendFrom(from: ApicBusMember, message: InterruptMessage, shorthand: IpiShorthand): void {
    if (shorthand === 'none') this.send(message);
    else if (shorthand === 'self') this.#deliver([from], message);
    else this.#deliver(shorthand === 'all' ? this.#members : this.#members.filter((m) => m !== from), message);
  }

  broadcastEoi(vector: number): void {
    this.onEoi(vector);
  }

  #deliver(targets: readonly ApicBusMember[], message: InterruptMessage): boolean {
    if (message.deliveryMode !== DELIVERY_LOWEST) {
      // A copy: delivering may change who matches.
      for (const target of [...targets]) target.deliver(message);
      return targets.length > 0;
    }
    let best: ApicBusMember | undefined;
    // Of equal ones the vector decides, so that vectors spread without hidden state.
    for (let i = 0; i < targets.length; i++) {
      const target = targets[(i + message.vector) % targets.length]!;
      if (target.isAccepting && (best === undefined || target.priority < best.priority)) best = target;
    }
    best?.deliver(message);
    return best !== undefined;
  }
}
