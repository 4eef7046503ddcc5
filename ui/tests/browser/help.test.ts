// The guide inside the till shows the page as it is: no picture is of an older one, none is missing, all of them are small.
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Stage } from './browser';
import { FOLDER, LANGUAGES, SHOTS, stale, type Stamp } from './guide';

/** What the package can spare. */
const MOST_BYTES = 250_000;
let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(async () => {
  await stage.close();
});

test('every picture of the guide is of the present page: else `npm run help-pictures`, and build', async () => {
  const stamps = JSON.parse(await readFile(join(FOLDER, 'stamps.json'), 'utf8')) as Record<string, Stamp>;
  expect(await stale(stage, stamps)).toEqual([]);
  expect(Object.keys(stamps)).toHaveLength(Object.keys(SHOTS).length * LANGUAGES.length);
});

test('the pictures of the guide leave the package small', async () => {
  const files = (await readdir(FOLDER)).filter((name) => name.endsWith('.webp'));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(FOLDER, name))).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`FIGURE pictures of the guide | ${files.length} | ${Math.round(bytes / 1024)} kB`);
  expect(files).toHaveLength(Object.keys(SHOTS).length * LANGUAGES.length);
  expect(bytes).toBeLessThan(MOST_BYTES);
});

test('every picture is drawn under the window’s own policy, in the language of the reader', async () => {
  for (const language of LANGUAGES) {
    const page = await stage.window({});
    for (const topic of Object.keys(SHOTS)) {
      expect(await stage.play(page, `help-${topic}`, { language })).toEqual([]);
      const image = page.locator('[data-testid="help"] img');
      expect(await image.evaluate((drawn: HTMLImageElement) => drawn.naturalWidth)).toBeGreaterThan(100);
      expect(await image.getAttribute('src')).toContain(`/${topic}-${language}-`);
    }
    await page.context().close();
  }
});
