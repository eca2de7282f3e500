import { expect, type Page } from '@playwright/test';

/** What a user would see as broken: text that is cut off, that lies off the window, or under something else. */
export async function expectNothingBroken(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => {
    const problems: string[] = [];
    const dialogs = [...document.querySelectorAll('[role="dialog"], [role="alertdialog"], [role="menu"]')];
    const root = dialogs.at(-1) ?? document.body;
    const textOf = (element: Element): string =>
      [...element.childNodes]
        .filter((node) => node.nodeType === Node.TEXT_NODE)
        .map((node) => node.textContent?.trim() ?? '')
        .join('');
    for (const element of root.querySelectorAll<HTMLElement>('*')) {
      const text = textOf(element);
      if (text === '' || element.closest('.visually-hidden, .xterm, [hidden], option') !== null) continue;
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const isShort = style.textOverflow === 'ellipsis' && element.scrollWidth > element.clientWidth;
      if (isShort && element.clientWidth < 48) {
        problems.push(`no room: “${text.slice(0, 60)}” (${element.tagName.toLowerCase()}.${element.className})`);
        continue;
      }
      if (style.visibility === 'hidden' || box.width <= 1 || box.height <= 1) continue;
      const label = `“${text.slice(0, 60)}” (${element.tagName.toLowerCase()}.${element.className})`;
      const isCut = element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0;
      const mayBeCut = style.textOverflow === 'ellipsis' || style.overflowX === 'auto' || style.display === 'inline';
      if (isCut && style.overflowX !== 'visible' && !mayBeCut) problems.push(`cut off: ${label}`);
      // What is scrolled out of its box is no fault.
      const range = document.createRange();
      range.selectNodeContents(element);
      const line = [...range.getClientRects()].find(({ width, height }) => width > 1 && height > 1);
      if (line === undefined) continue;
      let isScrolledOut = false;
      for (let box_ = element.parentElement; box_ !== null; box_ = box_.parentElement) {
        const scroll = getComputedStyle(box_);
        if (scroll.overflowX === 'visible' && scroll.overflowY === 'visible') continue;
        const frame = box_.getBoundingClientRect();
        const x = line.left + line.width / 2;
        const y = line.top + line.height / 2;
        if (x < frame.left || x > frame.right || y < frame.top || y > frame.bottom) isScrolledOut = true;
      }
      if (isScrolledOut) continue;
      const right = style.textOverflow === 'ellipsis' ? Math.min(line.right, box.right) : line.right;
      if (right > innerWidth + 1 || line.left < -1) problems.push(`off the window: ${label}`);
      let framed: Element | null = element;
      while (framed !== null && Number.parseFloat(getComputedStyle(framed).borderRightWidth) === 0)
        framed = framed.parentElement;
      const card = framed?.getBoundingClientRect();
      if (card !== undefined && (right > card.right + 1 || line.left < card.left - 1))
        problems.push(`sticks out of ${framed?.tagName.toLowerCase()}.${framed?.className}: ${label}`);
      const top = document.elementFromPoint(line.left + line.width / 2, line.top + line.height / 2);
      if (top === null || top.contains(element) || element.contains(top)) continue;
      if (style.pointerEvents === 'none' || top.closest('label') === element.closest('label')) continue;
      problems.push(`under ${top.tagName.toLowerCase()}.${top.className}: ${label}`);
    }
    // A picture is whole in its box, unless that scrolls.
    for (const icon of root.querySelectorAll('svg')) {
      const box = icon.getBoundingClientRect();
      let frameOf: Element | null = icon.parentElement;
      while (frameOf !== null && getComputedStyle(frameOf).overflowX === 'visible') frameOf = frameOf.parentElement;
      if (box.height <= 1 || frameOf === null || getComputedStyle(frameOf).overflowX !== 'hidden') continue;
      const frame = frameOf.getBoundingClientRect();
      const isWhole = box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1 && box.right <= frame.right + 1;
      if (!isWhole) problems.push(`cut off: a picture in ${frameOf.tagName.toLowerCase()}.${frameOf.className}`);
    }
    // Only what is meant to be wide, as a log, scrolls sideways.
    for (const element of root.querySelectorAll<HTMLElement>('*')) {
      if (element.scrollWidth <= element.clientWidth + 1 || element.closest('.xterm, pre, textarea') !== null) continue;
      if (!['auto', 'scroll'].includes(getComputedStyle(element).overflowX)) continue;
      const right = element.getBoundingClientRect().left + element.clientWidth;
      const wide = [...element.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > right + 1);
      const names = wide.slice(0, 3).map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
      problems.push(`scrolls sideways: ${element.tagName.toLowerCase()}.${element.className} for ${names.join(', ')}`);
    }
    return problems;
  });
  expect(found, where).toEqual([]);
}
