import { expect, type Locator, type Page } from '@playwright/test';
import { answerFileDialogs, type RunningApp } from './launch';

/** Guests are slow on a busy machine. */
export const GUEST_MS = 180_000;

/** Makes a VM from an image through the wizard and starts it, as a user does. Returns its name. */
export async function createFromImage(
  { app, page }: RunningApp,
  file: string,
  options: { source?: string; name?: string; powersOn?: boolean } = {},
): Promise<string> {
  await answerFileDialogs(app, file);
  await page.getByRole('tab', { name: 'Home' }).click();
  await page.getByRole('button', { name: 'New Virtual Machine' }).click();
  const wizard = page.getByRole('dialog', { name: 'New Virtual Machine' });
  if (options.source !== undefined) await wizard.getByText(options.source).click();
  await wizard.getByRole('button', { name: 'Browse…' }).click();
  await expect(wizard.getByText('Detected:')).toBeVisible();
  await wizard.getByRole('button', { name: 'Next' }).click();
  const nameField = wizard.getByRole('textbox', { name: 'Name' });
  if (options.name !== undefined) await nameField.fill(options.name);
  const name = await nameField.inputValue();
  await wizard.getByRole('button', { name: 'Next' }).click();
  const finish = wizard.getByRole('button', { name: 'Finish' });
  if (!(await finish.isVisible())) await wizard.getByRole('button', { name: 'Next' }).click();
  if (options.powersOn === false) await wizard.getByText('Power on after creating').click();
  await finish.click();
  await expect(wizard).toBeHidden();
  await expect(page.getByRole('tab', { name })).toHaveAttribute('aria-selected', 'true');
  return name;
}

const KEYS_AHEAD = 6;

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The console of the VM whose tab is shown. */
export class GuestConsole {
  readonly screen: Locator;
  readonly #text: Locator;

  constructor(
    private readonly page: Page,
    name: string,
  ) {
    this.screen = page.getByRole('img', { name: `Guest screen of ${name}` });
    this.#text = page.getByRole('region', { name: `Text on the screen of ${name}` });
  }

  async sees(pattern: RegExp): Promise<void> {
    await expect(this.#text).toContainText(pattern, { timeout: GUEST_MS });
  }

  text(): Promise<string> {
    return this.#text.innerText();
  }

  /**
   * Click, type at a prompt that echoes, and let go, as a user does: a PC takes 15 keys ahead, so what was typed is looked
   * for before more follows.
   */
  async type(text: string): Promise<void> {
    await this.screen.click();
    for (const [at, line] of text.split('\n').entries()) {
      if (at > 0) await this.page.keyboard.press('Enter');
      for (let start = 0; start < line.length; start += KEYS_AHEAD) {
        await this.page.keyboard.type(line.slice(start, start + KEYS_AHEAD), { delay: 20 });
        await this.sees(new RegExp(escaped(line.slice(0, start + KEYS_AHEAD).trimEnd())));
      }
    }
    await this.release();
  }

  async press(key: string): Promise<void> {
    await this.screen.click();
    await this.page.keyboard.press(key);
    await this.release();
  }

  /** Ctrl+Alt gives keyboard and mouse back. */
  async release(): Promise<void> {
    await this.page.keyboard.down('Control');
    await this.page.keyboard.down('Alt');
    await this.page.keyboard.up('Alt');
    await this.page.keyboard.up('Control');
    await expect(this.screen).not.toBeFocused();
  }
}

/** The VM's state as the status bar says it. */
export async function expectState(page: Page, text: string | RegExp): Promise<void> {
  await expect(page.getByRole('contentinfo')).toContainText(text, { timeout: GUEST_MS });
}
