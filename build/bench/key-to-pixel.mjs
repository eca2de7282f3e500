// From a key's event in a window to another pixel on its canvas, as the window's own page sees it.
const LIMIT_MS = 20_000;
const BETWEEN_KEYS_MS = 1000;

/** Presses the key so often; the times in ms. */
export async function keysToPixels(page, screen, keys) {
  await screen.focus();
  const times = [];
  for (let key = 0; key < keys; key++) {
    // Watching begins before the key is pressed, however busy the page is.
    await page.evaluate(watch, LIMIT_MS);
    await page.keyboard.down('a');
    times.push(await page.evaluate(() => window.benchAnswer));
    // The release inverts the screen again.
    await page.keyboard.up('a');
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_KEYS_MS));
  }
  return times;
}

/** Runs in the page. */
function watch(limitMs) {
  window.benchAnswer = new Promise((resolve, reject) => {
    const canvas = document.querySelector('canvas');
    const probe = document.createElement('canvas');
    probe.width = 1;
    probe.height = 1;
    const context = probe.getContext('2d', { willReadFrequently: true });
    const pixel = () => {
      context.drawImage(canvas, 300, 300, 1, 1, 0, 0, 1, 1);
      return context.getImageData(0, 0, 1, 1).data.join();
    };
    const before = pixel();
    const limit = setTimeout(() => reject(new Error('the screen did not change')), limitMs);
    let pressed;
    addEventListener('keydown', ({ timeStamp }) => (pressed = timeStamp), { once: true, capture: true });
    const look = () => {
      // Before the key is down it is still the answer to the release before.
      if (pressed === undefined || pixel() === before) return requestAnimationFrame(look);
      clearTimeout(limit);
      resolve(performance.now() - pressed);
    };
    look();
  });
}
