// What is looked at in a page beside axe's rules: nothing cut off, nothing beside the window, nothing too small to hit.
// Runs in the page.

export interface Found {
  beside: string[];
  cut: string[];
  small: string[];
}

export function look(): Found {
  /** Smallest side of what a finger must hit, in CSS pixels at a root size of 16. */
  const TARGET = 48;
  const found: Found = { beside: [], cut: [], small: [] };
  const name = (element: Element) =>
    `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} « ${(element.textContent ?? '').trim().slice(0, 50)} »`;
  const hidden = (element: Element) => element.closest('.visually-hidden, [hidden], option') !== null;

  const page = document.scrollingElement;
  if (page && page.scrollWidth > window.innerWidth + 1)
    found.beside.push(`page ${page.scrollWidth} wide in ${window.innerWidth}`);

  for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
    if (hidden(element) || element.getClientRects().length === 0) continue;
    const style = getComputedStyle(element);
    const clips = style.overflowX !== 'visible';
    // A box that scrolls sideways loses what is beside it, and one that clips loses it for good.
    if (
      clips &&
      element.scrollWidth > element.clientWidth + 1 &&
      !['INPUT', 'SELECT'].includes(element.tagName)
    ) {
      if (element.getAttribute('title') !== element.textContent) found.cut.push(name(element));
    }
    if (style.overflowY === 'hidden' && element.scrollHeight > element.clientHeight + 1)
      found.cut.push(name(element));

    const words = [...element.childNodes].filter(
      (node) => node.nodeType === 3 && (node.textContent ?? '').trim(),
    );
    const box = element.closest('button, .panel, .card, .dialog, header, nav, li');
    if (words.length > 0 && box && element.closest('svg') === null) {
      const range = document.createRange();
      const around = box.getBoundingClientRect();
      for (const node of words) {
        range.selectNodeContents(node);
        for (const line of range.getClientRects())
          if (line.width > 1 && (line.right > around.right + 1 || line.left < around.left - 1) && !clips)
            found.cut.push(`${name(element)} leaves ${box.tagName.toLowerCase()}`);
      }
    }

    if (element.matches('button, select, summary, input, a[href]')) {
      const hit = element.matches('[type="checkbox"], [type="radio"]') ? element.closest('label') : element;
      const side = hit?.getBoundingClientRect();
      const inside = element.id === 'amount' ? element.parentElement?.getBoundingClientRect() : side;
      if (!inside || inside.height < TARGET - 0.5 || inside.width < TARGET - 0.5)
        found.small.push(
          `${name(element)} ${Math.round(inside?.width ?? 0)} × ${Math.round(inside?.height ?? 0)}`,
        );
    }
  }
  return found;
}
