// Takes one picture of each scene for each theme and language into a folder: `npm run pictures -- [--only PART] [--size
// 1280x800] [--themes light,dark] [--languages fr,en] [--main] FOLDER`.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stage, type Look } from './browser';
import { SCENES } from './scenes';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    size: { type: 'string', default: '1280x800' },
    scale: { type: 'string', default: '1' },
    themes: { type: 'string', default: 'light,dark' },
    languages: { type: 'string', default: 'fr,en' },
    contrast: { type: 'boolean', default: false },
    main: { type: 'boolean', default: false },
  },
});
const folder = positionals[0] ?? 'node_modules/.cache/pictures';
await mkdir(folder, { recursive: true });
const size = values.size.split('x').map(Number) as [number, number];
const names = Object.keys(SCENES).filter(
  (name) => new RegExp(values.only).test(name) && (!values.main || SCENES[name]?.main),
);
const stage = await Stage.open();
const page = await stage.window({ size, scale: Number(values.scale) });
let taken = 0;
for (const language of values.languages.split(',') as NonNullable<Look['language']>[])
  for (const theme of values.themes.split(',') as NonNullable<Look['theme']>[])
    for (const name of names) {
      const complaints = await stage.play(page, name, {
        language,
        theme,
        ...(values.contrast ? { contrast: 'more' as const } : {}),
      });
      for (const complaint of complaints) console.log(`${name}: ${complaint}`);
      await page.screenshot({
        path: join(folder, `${name}-${theme}-${language}.png`),
        animations: 'disabled',
      });
      taken += 1;
    }
await stage.close();
console.log(`FIGURE pictures of the page | ${names.length} states | ${taken} taken into ${folder}`);
