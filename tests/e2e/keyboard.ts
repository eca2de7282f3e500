import type { CDPSession, Page } from '@playwright/test';

/** Presses keys of any keyboard, by KeyboardEvent.code. */
export class Keys {
  #session: CDPSession | undefined;

  constructor(private readonly page: Page) {}

  async down(code: string): Promise<void> {
    await this.#send(code, 'rawKeyDown', () => this.page.keyboard.down(code));
  }

  async up(code: string): Promise<void> {
    await this.#send(code, 'keyUp', () => this.page.keyboard.up(code));
  }

  async press(...codes: string[]): Promise<void> {
    for (const code of codes) await this.down(code);
    for (const code of [...codes].reverse()) await this.up(code);
  }

  /** Playwright's own keyboard knows those of a US board. */
  async #send(code: string, type: 'rawKeyDown' | 'keyUp', known: () => Promise<void>): Promise<void> {
    try {
      await known();
    } catch (error) {
      if (!(error instanceof Error && error.message.includes('Unknown key'))) throw error;
      this.#session ??= await this.page.context().newCDPSession(this.page);
      await this.#session.send('Input.dispatchKeyEvent', { type, code, key: code, windowsVirtualKeyCode: 0 });
    }
  }
}
