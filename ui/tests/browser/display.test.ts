// The customer's screen on the screens that shops have: everything in sight at once, nothing cut off, nothing to scroll.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage, type Look } from './browser';
import { DISPLAYS } from './displays';
import { look } from './looks';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => {
  await stage.close();
});

const SIZES: [number, number][] = [
  [800, 480],
  [1024, 600],
  [1280, 800],
  [1920, 1080],
  [3840, 2160],
  [768, 1366],
];

test.each(['fr', 'en'] as const)('every state stands whole on every screen, in %s', async (language) => {
  const found: Record<string, string[]> = {};
  for (const size of SIZES) {
    const how: Look = { size, language, options: { reducedMotion: 'reduce' } };
    const page = await stage.window(how);
    for (const name of Object.keys(DISPLAYS)) {
      const problems = await stage.play(page, name, how);
      const { beside, cut } = await page.evaluate(look);
      const below = await page.evaluate(() => document.documentElement.scrollHeight - window.innerHeight);
      problems.push(...beside, ...cut);
      if (below > 1) problems.push(`${below} px below the fold`);
      if (problems.length > 0) found[`${name} ${size.join(' × ')}`] = problems;
    }
    await page.context().close();
  }
  expect(found).toEqual({});
});

test('the customer’s screen holds no word of the till beside what it shows', async () => {
  const page = await stage.window();
  for (const name of Object.keys(DISPLAYS)) {
    await stage.play(page, name);
    const words = await page.innerText('body');
    expect(words, name).not.toMatch(/Code\d|LigdiCash|90 12 \d/);
    expect(await page.locator('button, a, input').count(), name).toBe(0);
  }
  await page.context().close();
});
