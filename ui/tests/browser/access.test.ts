// WCAG 2.2 AA and the shop's own demands, asked of every screen in every state, in the built page and a real browser.
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { AxeResults } from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Stage, type Look } from './browser';
import { look } from './looks';
import { SCENES } from './scenes';

/** All of them, or those that `SCENES` names while one is being drawn. */
const NAMES = Object.keys(SCENES).filter((name) => new RegExp(process.env['SCENES'] ?? '').test(name));
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WINDOWS = 4;
let stage: Stage;
let axe: string;
const counted = { states: new Set<string>(), asked: 0, violations: 0 };

beforeAll(async () => {
  stage = await Stage.open();
  axe = await readFile('node_modules/axe-core/axe.min.js', 'utf8');
});
afterAll(async () => {
  await stage.close();
  console.log(
    `FIGURE accessibility rules | ${counted.states.size} states, all rules in French in light and in English in dark, colours in both and in more contrast too: asked ${counted.asked} times | ${counted.violations} violations`,
  );
});

/** Plays every scene in a few windows side by side; gives what `ask` found, by scene. */
async function everywhere(
  look: Look,
  ask: (page: Page, name: string) => Promise<string[]>,
): Promise<Record<string, string[]>> {
  const left = [...NAMES];
  const found: Record<string, string[]> = {};
  const worker = async () => {
    const page = await stage.window(look);
    for (let name = left.shift(); name; name = left.shift()) {
      const complaints = await stage.play(page, name, look);
      const all = [...complaints, ...(await ask(page, name))];
      if (all.length > 0) found[name] = all;
    }
    await page.context().close();
  };
  await Promise.all(Array.from({ length: WINDOWS }, worker));
  return found;
}

/** The rules, or those of `only` alone. */
async function rules(page: Page, only: string[] | null): Promise<string[]> {
  const result = await page.evaluate(
    async ([names, tags]) => {
      const asked = names
        ? { type: 'rule' as const, values: names }
        : { type: 'tag' as const, values: tags as string[] };
      const run = (window as unknown as { axe: { run: (on: Document, how: unknown) => Promise<AxeResults> } })
        .axe;
      return (await run.run(document, { runOnly: asked, resultTypes: ['violations'] })).violations.map(
        (violation) =>
          `${violation.id}: ${violation.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`,
      );
    },
    [only, RULES] as const,
  );
  counted.asked += 1;
  counted.violations += result.length;
  return result;
}

const dress = (page: Page, theme: string, contrast: string) =>
  page.evaluate(
    ([theme, contrast]) => {
      Object.assign(document.documentElement.dataset, { theme, contrast });
    },
    [theme, contrast] as const,
  );

const THEMES = ['light', 'dark'] as const;
/** What a theme can break: it changes colours and nothing else. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** The rules, or those of `only` alone, in a theme. */
async function inTheme(page: Page, theme: string, only: string[] | null = null): Promise<string[]> {
  await dress(page, theme, 'as-drawn');
  return (await rules(page, only)).map((one) => `${theme}: ${one}`);
}

const said = (found: ReturnType<typeof look>) => [
  ...found.beside.map((one) => `beside the window: ${one}`),
  ...found.cut.map((one) => `cut off: ${one}`),
  ...found.small.map((one) => `too small to hit: ${one}`),
];

describe('every screen in every state', () => {
  test('keeps the rules in light, its colours in dark too, and loses nothing at 100 % and at 200 %', async () => {
    const found = await everywhere({ options: { reducedMotion: 'reduce' } }, async (page, name) => {
      counted.states.add(name);
      await page.evaluate(axe);
      const problems = [...(await inTheme(page, 'light')), ...(await inTheme(page, 'dark', COLOURS))];
      // More contrast changes colours alone, and is asked about on the main states.
      for (const theme of SCENES[name]?.main ? THEMES : []) {
        await dress(page, theme, 'more');
        const colours = await rules(page, COLOURS);
        problems.push(...colours.map((one) => `${theme}, more contrast: ${one}`));
      }
      problems.push(...said(await page.evaluate(look)));
      await page.setViewportSize({ width: 512, height: 350 });
      problems.push(...said(await page.evaluate(look)).map((one) => `at 200 %: ${one}`));
      await page.setViewportSize({ width: 1024, height: 700 });
      return problems;
    });
    expect(found).toEqual({});
  });

  test('keeps the rules in dark, and has its room, in English', async () => {
    const found = await everywhere({ language: 'en', options: { reducedMotion: 'reduce' } }, async (page) => {
      await page.evaluate(axe);
      return [...(await inTheme(page, 'dark')), ...said(await page.evaluate(look))];
    });
    expect(found).toEqual({});
  });
});
