// Which part of which scene illustrates each subject of the guide, and how a picture's page is told from a later one: by
// what stands in it, word for word and box for box, without the names that a build or a neighbour gives.
import { createHash } from 'node:crypto';
import type { Page } from 'playwright-core';
import type { Pictured } from '../../src/help/pictures';
import type { Stage } from './browser';

export interface Shot {
  scene: string;
  part: string;
  /** The window, and with it the part. */
  size: [number, number];
  /** As far down as it is shown. */
  down?: number;
}

export const SHOTS: Record<Pictured, Shot> = {
  sale: { scene: 'till-typing', part: '.till > .panel', size: [1024, 700] },
  wait: { scene: 'till-wait-75', part: '.card', size: [900, 1400] },
  uncertain: { scene: 'till-uncertain', part: '.card', size: [900, 1400] },
  late: { scene: 'till-late', part: '.card', size: [900, 1400] },
  day: { scene: 'day-full', part: '.column:last-child .panel >> nth=0', size: [1024, 1400], down: 470 },
  offline: { scene: 'till-offline', part: '.notice.bad', size: [640, 1400] },
  training: { scene: 'till-wait-0', part: 'aside.phone', size: [1280, 900], down: 346 },
  backups: { scene: 'settings-training', part: '[aria-labelledby="backup-title"]', size: [1024, 2600] },
};
export const LANGUAGES = ['fr', 'en'] as const;
export const FOLDER = 'src/help/pictures';

export interface Stamp {
  width: number;
  height: number;
  digest: string;
}

/** What a person would see in it, as text. Runs in the page. */
function seen(root: Element): string {
  const lines: string[] = [];
  const walk = (element: Element) => {
    const names = [...element.classList].filter((name) => !name.startsWith('svelte-')).sort();
    const state = ['data-state', 'aria-pressed', 'placeholder', 'd'].map((name) =>
      element.getAttribute(name),
    );
    const own = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent);
    const value = element instanceof HTMLInputElement ? element.value : '';
    lines.push([element.tagName, ...names, ...state, ...own, value].filter(Boolean).join('|'));
    for (const child of element.children) walk(child);
  };
  walk(root);
  return lines.join('\n').replace(/\s+/g, ' ');
}

/** Plays the scene; gives the part to picture and the digest of what is in it. */
export async function shown(stage: Stage, page: Page, topic: Pictured, language: 'fr' | 'en') {
  const { scene, part, size } = SHOTS[topic];
  await page.setViewportSize({ width: size[0], height: size[1] });
  const complaints = await stage.play(page, scene, { language });
  if (complaints.length > 0) throw new Error(`${scene}: ${complaints.join(', ')}`);
  const found = page.locator(part).first();
  const digest = createHash('sha256')
    .update(await found.evaluate(seen))
    .digest('hex');
  return { found, digest };
}

/** Names of the pictures that are not of the present page. */
export async function stale(stage: Stage, stamps: Record<string, Stamp>): Promise<string[]> {
  const page = await stage.window({ options: { reducedMotion: 'reduce' } });
  const old: string[] = [];
  for (const language of LANGUAGES)
    for (const topic of Object.keys(SHOTS) as Pictured[]) {
      const { digest } = await shown(stage, page, topic, language);
      if (stamps[`${topic}-${language}`]?.digest !== digest) old.push(`${topic}-${language}`);
    }
  await page.context().close();
  return old;
}
