/** Where the keyboard goes when a console or terminal gives it back: the first control that can be used. */
export function leaveToToolbar(): void {
  const controls = document.querySelectorAll<HTMLElement>(
    '.full-screen-bar button:not([disabled]), .toolbar button:not([disabled])',
  );
  controls[0]?.focus();
}
