/**
 * Where the keyboard goes when a console or terminal gives it back: the bar over a full screen, else the tab of the view, from where
 * Tab leads on. Not a button with a tool tip, which would come up over the window each time.
 */
export function leaveConsole(): void {
  const control =
    document.querySelector<HTMLElement>('.full-screen-bar button:not([disabled])') ??
    document.querySelector<HTMLElement>('.view-tab[aria-selected="true"]');
  control?.focus();
}
