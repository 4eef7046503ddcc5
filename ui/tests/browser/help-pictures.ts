// Takes the pictures of the guide: `npm run help-pictures`, after `npm run build`; build again afterwards. With `--check` it
// only says which ones are of an older page.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pictured } from '../../src/help/pictures';
import { Stage } from './browser';
import { FOLDER, LANGUAGES, SHOTS, shown, stale, type Stamp } from './guide';

const STAMPS = join(FOLDER, 'stamps.json');
const QUALITY = 50;
/** A quarter finer than the page: sharp on a good screen, and all of them small enough for the package. */
const SCALE = 1.25;
const stage = await Stage.open();

if (process.argv.includes('--check')) {
  const old = await stale(stage, JSON.parse(await readFile(STAMPS, 'utf8')) as Record<string, Stamp>);
  for (const name of old) console.log(`${name}: the page has changed since this picture was taken`);
  process.exitCode = old.length > 0 ? 1 : 0;
} else {
  await mkdir(FOLDER, { recursive: true });
  const page = await stage.window({ options: { reducedMotion: 'reduce' } });
  const camera = await page.context().newCDPSession(page);
  const stamps: Record<string, Stamp> = {};
  let bytes = 0;
  for (const language of LANGUAGES)
    for (const topic of Object.keys(SHOTS) as Pictured[]) {
      const { found, digest } = await shown(stage, page, topic, language);
      await found.scrollIntoViewIfNeeded();
      const box = await found.boundingBox();
      if (!box) throw new Error(`${topic}: nothing to picture`);
      const clip = {
        x: Math.floor(box.x),
        y: Math.floor(box.y),
        width: Math.ceil(box.width),
        height: Math.min(Math.ceil(box.height), SHOTS[topic].down ?? Infinity),
      };
      const { data } = await camera.send('Page.captureScreenshot', {
        format: 'webp',
        quality: QUALITY,
        captureBeyondViewport: true,
        clip: { ...clip, scale: SCALE },
      });
      const file = join(FOLDER, `${topic}-${language}.webp`);
      await writeFile(file, Buffer.from(data, 'base64'));
      bytes += (await stat(file)).size;
      stamps[`${topic}-${language}`] = { width: clip.width, height: clip.height, digest };
    }
  await writeFile(STAMPS, `${JSON.stringify(stamps, null, 2)}\n`);
  console.log(
    `FIGURE pictures of the guide | ${Object.keys(stamps).length} | ${Math.round(bytes / 1024)} kB`,
  );
}
await stage.close();
