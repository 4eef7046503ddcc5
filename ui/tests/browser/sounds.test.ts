// What is heard: every tone that the page starts is counted, in the built page and a real browser.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TillEvent } from '../../src/lib/bindings/TillEvent';
import { Stage } from './browser';
import { NOW_MS, one } from './scenes';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => {
  await stage.close();
});

/** Plays a scene and counts from then on. */
async function listening(scene: string, run: (page: Page) => Promise<void>): Promise<void> {
  const page = await stage.window();
  await page.addInitScript(() => {
    const tones: number[] = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (this: OscillatorNode, when?: number) {
      tones.push(this.frequency.value);
      start.call(this, when);
    };
    Object.assign(window, { tones });
  });
  expect(await stage.play(page, scene)).toEqual([]);
  await run(page);
  await page.context().close();
}

const tell = (page: Page, event: TillEvent) =>
  page.evaluate(
    (told) => (window as unknown as { tell: (event: unknown) => Promise<void> }).tell(told),
    event,
  );
const heard = (page: Page) =>
  page.evaluate(() => (window as unknown as { tones: number[] }).tones.splice(0).map(Math.round));

const PAID = [659, 784, 1047];
const NOT_COMPLETED = [330, 233];
const LATE = [988, 740, 988, 740];
const paid = one({ version: 2, state: 'paid', receipt_number: 7, resolved_at_ms: NOW_MS });
const failed = one({ version: 2, state: 'failed', resolved_at_ms: NOW_MS });
const late = one({ version: 2, state: 'paid', late: true, receipt_number: 7, resolved_at_ms: NOW_MS });

test.each<[string, TillEvent[], number[]]>([
  ['paid', [{ kind: 'payment_changed', payment: paid }], PAID],
  ['not completed', [{ kind: 'payment_changed', payment: failed }], NOT_COMPLETED],
  [
    'late',
    [
      { kind: 'payment_changed', payment: late },
      { kind: 'late_success', payment: late },
    ],
    LATE,
  ],
])('%s has its own sound, and rings once', async (_, events, tones) => {
  await listening('till-wait-0', async (page) => {
    expect(await heard(page)).toEqual([]);
    for (const event of events) await tell(page, event);
    await expect.poll(() => heard(page)).toEqual(tones);
    // The same news again, and a look at the whole: nothing new.
    const again = events.filter((event) => event.kind === 'payment_changed');
    for (const event of again) await tell(page, event);
    await tell(page, { kind: 'snapshot_stale' });
    await page.waitForTimeout(100);
    expect(await heard(page)).toEqual([]);
  });
});

test('what is paid is on screen before the loudspeaker is opened', async () => {
  await listening('till-wait-0', async (page) => {
    await page.evaluate(
      (event) => {
        const order: string[] = [];
        const Loudspeaker = window.AudioContext;
        window.AudioContext = class extends Loudspeaker {
          constructor() {
            super();
            order.push('loudspeaker');
          }
        };
        const shown = () =>
          document.querySelector('[data-testid="payment-card"][data-state="paid"]') ? 'paid' : 'waits';
        requestAnimationFrame(() => order.push(shown()));
        Object.assign(window, { order });
        // In the same turn: the frame asked for above is the one that draws it.
        void (window as unknown as { tell: (event: unknown) => Promise<void> }).tell(event);
      },
      { kind: 'payment_changed', payment: paid } as TillEvent,
    );
    const order = () => page.evaluate(() => (window as unknown as { order: string[] }).order);
    await expect.poll(order).toEqual(['paid', 'loudspeaker']);
  });
});

test('a page that begins anew over ended payments is silent', async () => {
  await listening('till-live', async (page) => {
    await page.reload();
    await page.waitForSelector('[data-testid="recent-row"]');
    expect(await heard(page)).toEqual([]);
  });
});

test('a muted till is silent, and heard again when it is no longer', async () => {
  await listening('till-wait-0', async (page) => {
    await page.click('[data-testid="mute"]');
    await tell(page, { kind: 'payment_changed', payment: paid });
    await page.waitForSelector('[data-testid="payment-card"][data-state="paid"]');
    await page.waitForTimeout(100);
    expect(await heard(page)).toEqual([]);
    await page.click('[data-testid="mute"]');
    await tell(page, { kind: 'late_success', payment: { ...late, version: 3 } });
    await expect.poll(() => heard(page)).toEqual(LATE);
  });
});

test('the three sounds are three different waves', async () => {
  await listening('till-empty', async (page) => {
    await page.click('[data-testid="nav-settings"]');
    const buttons = page.locator('[aria-labelledby="habits-title"] [role="group"] button');
    const tones: string[] = [];
    for (const index of [0, 1, 2]) {
      await buttons.nth(index).click();
      const before = tones.length;
      await expect
        .poll(async () => {
          const now = String(await heard(page));
          if (now) tones.push(now);
          return tones.length;
        })
        .toBe(before + 1);
    }
    expect(tones).toEqual([PAID, NOT_COMPLETED, LATE].map(String));
  });
});
