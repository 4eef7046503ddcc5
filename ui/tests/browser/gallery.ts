// Writes the page that shows every component in every state: each cut out of the built page, in both themes, as a person
// meets it. `npm run gallery`, after `npm run build`.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Stage } from './browser';

/** Component: the states it is shown in, each a scene and where in it the component stands. */
const COMPONENTS: Record<string, [scene: string, selector: string][]> = {
  'Payment card': [
    ['till-sending', '.card'],
    ['till-wait-0', '.card'],
    ['till-wait-25', '.card'],
    ['till-wait-75', '.card'],
    ['till-wait-problem', '.card'],
    ['till-wait-lost', '.card'],
    ['till-many', '.card.compact'],
    ['till-paid', '.card'],
    ['till-late', '.card'],
    ['till-failed', '.card'],
    ['till-rejected-00', '.card'],
    ['till-not-sent', '.card'],
    ['till-no-tls', '.card'],
    ['till-uncertain', '.card'],
    ['till-review-state', '.card'],
    ['till-decided', '.card'],
  ],
  'Charge panel': [
    ['till-live', '.till .panel'],
    ['till-typing', '.till .panel'],
    ['till-warns', '.till .panel'],
    ['till-amount-error', '.till .panel'],
    ['till-phone-error', '.till .panel'],
    ['till-keys-missing', '.till .panel'],
  ],
  Dialog: [
    ['till-review', '.dialog'],
    ['till-unresolved', '.dialog'],
    ['till-decision', '.dialog'],
    ['till-guide', '.dialog'],
    ['till-late-asked', '.dialog'],
    ['day-closing', '.dialog'],
    ['settings-restore', '.dialog'],
    ['keymap', '.dialog'],
  ],
  Notices: [
    ['till-late', '.notice.loud'],
    ['till-offline', '.notice.bad'],
    ['till-aside', '.notice.quiet'],
    ['till-all-notices', '[data-testid="chain-lost"]'],
  ],
  Banners: [
    ['till-empty', 'header'],
    ['till-live', 'header'],
    ['till-long-shop', 'header'],
    ['till-long-shop', '.server'],
  ],
  'Rail of screens': [
    ['till-live', 'nav'],
    ['till-offline', 'nav'],
  ],
  'Welcome of a fresh till': [
    ['welcome-language', '[data-testid="welcome"]'],
    ['welcome-shop-error', '[data-testid="welcome"]'],
    ['welcome-printer-network', '[data-testid="welcome"]'],
    ['welcome-training', '[data-testid="welcome"]'],
  ],
  'Guided sale': [
    ['coach-amount', '[data-testid="coach"]'],
    ['coach-phone', '[data-testid="coach"]'],
    ['coach-receipt', '[data-testid="coach"]'],
    ['coach-not-paid', '[data-testid="coach"]'],
  ],
  'Step to live mode': [
    ['live-guide-refused', '[data-testid="live-step"] >> nth=3'],
    ['live-guide-ready', '[data-testid="live-step"] >> nth=3'],
    ['live-guide-proved', '[data-testid="live-step"] >> nth=5'],
  ],
  'Last results': [
    ['till-empty', '.recent'],
    ['till-live', '.recent'],
  ],
  'Simulated phone': [
    ['till-empty', 'aside.phone'],
    ['till-wait-0', 'aside.phone'],
  ],
  'Receipt on screen': [['receipt', '.paper']],
  'History list': [
    ['history-empty', '.list'],
    ['history-many', '.list'],
    ['history-nothing', '.list'],
  ],
  'Bars of a day': [
    ['day-full', 'figure'],
    ['day-table', 'figure'],
  ],
  'Panels of a day': [
    ['day-full', '.column:last-child .panel >> nth=0'],
    ['day-exported', '.column:last-child .panel >> nth=1'],
    ['day-export-running', '.column:last-child .panel >> nth=1'],
    ['day-export-error', '.column:last-child .panel >> nth=1'],
  ],
  'Panels of settings': [
    ['settings-live', '.columns .panel >> nth=1'],
    ['settings-errors', '.columns .panel >> nth=1'],
    ['settings-training', '[aria-labelledby="habits-title"]'],
    ['settings-no-backup', '[aria-labelledby="backup-title"]'],
  ],
  'Customer’s screen': [
    ['display-idle', '.display'],
    ['display-idle-long', '.display'],
    ['display-waiting', '.display'],
    ['display-waiting-most', '.display'],
    ['display-paid', '.display'],
    ['display-not-completed', '.display'],
    ['display-checking', '.display'],
  ],
  'A till that does not open': [
    ['opening', '.fatal'],
    ['fatal', '.fatal'],
    ['damaged', '.screen'],
    ['damaged-no-copy', '.screen'],
  ],
};

const docs = process.argv[2] ?? '../docs';
const folder = join(docs, 'gallery');
await mkdir(folder, { recursive: true });
const stage = await Stage.open();
const page = await stage.window({ options: { reducedMotion: 'reduce' } });
const lines = [
  '# Every component in every state',
  '',
  'Cut out of the built page by `npm run gallery` in ui/, light and dark; never edited by hand.',
];
let taken = 0;
for (const [component, states] of Object.entries(COMPONENTS)) {
  lines.push('', `## ${component}`, '', '| state | light | dark |', '|---|---|---|');
  for (const [scene, selector] of states) {
    const name = `${component.toLowerCase().replace(/[^a-z]+/g, '-')}-${scene}-${selector.replace(/[^a-z]/g, '')}`;
    const cells: string[] = [];
    for (const theme of ['light', 'dark'] as const) {
      await stage.play(page, scene, { theme });
      const file = `${name}-${theme}.png`;
      await page
        .locator(selector)
        .first()
        .screenshot({ path: join(folder, file), animations: 'disabled' });
      cells.push(`![${component}: ${scene}, ${theme}](gallery/${file})`);
      taken += 1;
    }
    lines.push(`| ${scene} | ${cells.join(' | ')} |`);
  }
}
await stage.close();
await writeFile(join(docs, 'gallery.md'), `${lines.join('\n')}\n`);
console.log(
  `FIGURE gallery of components | ${Object.keys(COMPONENTS).length} components | ${taken} pictures`,
);
