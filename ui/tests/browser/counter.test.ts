// The counter as hands and ears meet it: keyboard, touch, focus, and what is said aloud.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from './browser';
import { one } from './scenes';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => {
  await stage.close();
});

async function at(scene: string, run: (page: Page) => Promise<void>, options = {}): Promise<void> {
  const page = await stage.window({ options });
  expect(await stage.play(page, scene)).toEqual([]);
  await run(page);
  await page.context().close();
}
const cards = (page: Page) => page.locator('[data-testid="payment-card"]').count();
const focused = (page: Page) =>
  page.evaluate(() => {
    const on = document.activeElement;
    return on?.getAttribute('data-testid') ?? on?.getAttribute('aria-label') ?? on?.textContent?.trim() ?? '';
  });

test('two sales by digits and Enter alone', async () => {
  await at('till-selling', async (page) => {
    for (let sold = 1; sold <= 2; sold += 1) {
      for (const key of '5000\n90123456\n') await page.keyboard.press(key === '\n' ? 'Enter' : key);
      await expect.poll(() => cards(page)).toBe(sold);
      await expect.poll(() => focused(page)).toBe('amount-input');
      expect(await page.inputValue('#amount')).toBe('');
    }
  });
});

test('a whole sale on the keypad alone, without a keyboard', async () => {
  await at('till-selling', async (page) => {
    const press = (key: string) => page.click(`.keypad button:text-is("${key}")`);
    await press('5');
    await press('000');
    expect(await page.inputValue('#amount')).toBe('5\u00a0000');
    await page.click('#phone');
    for (const digit of '90123456') await press(digit);
    expect(await page.inputValue('#phone')).toBe('90 12 34 56');
    await page.click('[data-testid="charge-button"]');
    await expect.poll(() => cards(page)).toBe(1);
  });
});

test('the focus goes as the eye goes, and is seen at every stop', async () => {
  await at('till-wait-75', async (page) => {
    const stops: string[] = [];
    for (let stop = 0; stop < 28; stop += 1) {
      stops.push(await focused(page));
      const ring = await page.evaluate(() => {
        const on = document.activeElement as HTMLElement;
        const drawn = [on, on.parentElement].map((element) => element && getComputedStyle(element));
        return drawn.some((style) => style?.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2);
      });
      expect(ring, `no ring at ${stops.at(-1)}`).toBe(true);
      await page.keyboard.press('Tab');
    }
    const order = [
      'amount-input',
      'phone-input',
      '500',
      '1',
      '000',
      'charge-button',
      'check-now',
      'set-aside',
    ];
    const places = order.map((name) => stops.indexOf(name));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });
});

test('changes of state are said aloud, seconds are not', async () => {
  await at('till-wait-0', async (page) => {
    const spoken = page.locator('[data-testid="announced"]');
    expect(await spoken.getAttribute('role')).toBe('status');
    expect(await spoken.textContent()).toContain('En attente du client');
    const timer = page.locator('[data-testid="elapsed"]');
    expect(await timer.getAttribute('aria-live')).toBe('off');
    const before = await spoken.textContent();
    const later = async (ms: number) => {
      const now = await page.evaluate(() => Date.now());
      await page.clock.setFixedTime(now + ms);
    };
    await later(5000);
    await expect.poll(() => timer.textContent()).toBe('0:08');
    expect(await spoken.textContent()).toBe(before);
    await later(20_000);
    await expect.poll(() => spoken.textContent()).toContain('Toujours en attente');
    await page.evaluate(
      (payment) =>
        (window as unknown as { tell: (event: unknown) => Promise<void> }).tell({
          kind: 'payment_changed',
          payment,
        }),
      one({ state: 'failed', version: 2, resolved_at_ms: 1 }),
    );
    await expect.poll(() => spoken.textContent()).toContain('Non abouti');
  });
});

test('a dialog holds the focus, Esc keeps what was typed, and the focus goes back', async () => {
  await at('till-review', async (page) => {
    expect(await focused(page)).toBe('Oui, demander');
    for (let stop = 0; stop < 5; stop += 1) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null)).toBe(
        true,
      );
    }
    await page.keyboard.press('Escape');
    expect(await page.inputValue('#amount')).toBe('250\u00a0000');
    expect(await focused(page)).toBe('phone-input');
  });
});

test('nothing moves for whoever asked for less motion', async () => {
  const moving = (page: Page) =>
    page.evaluate(
      () =>
        [...document.querySelectorAll('*')].filter((element) => {
          const style = getComputedStyle(element);
          return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0;
        }).length,
    );
  await at('till-wait-0', async (page) => expect(await moving(page)).toBeGreaterThan(0));
  await at('till-wait-0', async (page) => expect(await moving(page)).toBe(0), { reducedMotion: 'reduce' });
});

test.each<[string, [number, number]]>([
  ['till-empty', [760, 600]],
  ['till-wait-75', [760, 600]],
  ['till-amount-signs', [760, 600]],
  ['coach-amount', [760, 600]],
  ['till-server-and-chain', [1024, 700]],
])('the button that charges is in sight without scrolling: %s at %s', async (scene, size) => {
  const page = await stage.window({ size });
  expect(await stage.play(page, scene)).toEqual([]);
  const isSeen = await page.evaluate(() => {
    const box = document.querySelector('[data-testid="charge-button"]')?.getBoundingClientRect();
    const edges = box ? [box.top + 2, box.bottom - 2] : [-1];
    return edges.map(
      (y) =>
        document.elementFromPoint(box ? box.left + box.width / 2 : 0, y)?.closest('button')?.dataset[
          'testid'
        ],
    );
  });
  expect(isSeen).toEqual(['charge-button', 'charge-button']);
  await page.context().close();
});

test.each(['receipt', 'till-guide'])('the answers of a long question stay in sight: %s', async (scene) => {
  const page = await stage.window({ size: [1024, 700] });
  expect(await stage.play(page, scene)).toEqual([]);
  const safe = await page.locator('[role="dialog"] [data-safe]').boundingBox();
  expect((safe?.y ?? 999) + (safe?.height ?? 0)).toBeLessThan(700);
  await page.context().close();
});
