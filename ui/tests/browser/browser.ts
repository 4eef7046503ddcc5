// Debian's Chromium over the built page, served on loopback under the very policy that the window gives it.
import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { NOW_MS, SCENES } from './scenes';

/** npm runs its scripts here. */
const UI = process.cwd();
export const DIST = join(UI, 'dist');
const STAGE = join(UI, 'node_modules/.cache/stage.js');
const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const KINDS: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
};

async function policy(): Promise<string> {
  const conf = JSON.parse(await readFile(join(UI, '../tauri.conf.json'), 'utf8')) as {
    app: { security: { csp: Record<string, string> } };
  };
  return Object.entries(conf.app.security.csp)
    .map(([directive, value]) => `${directive} ${value}`)
    .join('; ');
}

async function serve(folder: string): Promise<{ server: Server; address: string }> {
  const csp = await policy();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname;
    const file = join(folder, normalize(path === '/' ? '/index.html' : path));
    readFile(file).then(
      (bytes) =>
        response
          .writeHead(200, {
            'content-type': KINDS[extname(file)] ?? 'application/octet-stream',
            'content-security-policy': csp,
            // What carries its hash in its name is compiled once for all scenes.
            'cache-control': path.startsWith('/assets/') ? 'max-age=3600, immutable' : 'no-store',
          })
          .end(bytes),
      // A browser asks for an icon of its own accord; the window does not.
      () => response.writeHead(path === '/favicon.ico' ? 204 : 404).end(),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

export interface Look {
  language?: 'fr' | 'en';
  theme?: 'light' | 'dark';
  contrast?: 'more';
  size?: [number, number];
  scale?: number;
  options?: BrowserContextOptions;
}

export class Stage {
  private constructor(
    private readonly browser: Browser,
    private readonly server: Server,
    readonly address: string,
    private readonly script: string,
  ) {}

  static async open(folder = DIST): Promise<Stage> {
    const { server, address } = await serve(folder);
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--hide-scrollbars',
      ],
    });
    return new Stage(browser, server, address, await readFile(STAGE, 'utf8'));
  }

  async close(): Promise<void> {
    await this.browser.close();
    this.server.close();
  }

  async window({ size = [1024, 700], scale = 1, options = {} }: Look = {}): Promise<Page> {
    const context = await this.browser.newContext({
      viewport: { width: size[0], height: size[1] },
      deviceScaleFactor: scale,
      locale: 'fr-FR',
      timezoneId: 'Africa/Lome',
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await page.clock.setFixedTime(NOW_MS);
    await page.addInitScript({ content: this.script });
    return page;
  }

  /** Plays a scene in this window; gives what the page complained about meanwhile. */
  async play(page: Page, name: string, look: Look = {}): Promise<string[]> {
    const scene = SCENES[name];
    if (!scene) throw new Error(`no scene ${name}`);
    const complaints: string[] = [];
    const heard = (message: { type: () => string; text: () => string }) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    };
    const threw = (error: Error) => complaints.push(String(error));
    page.on('console', heard);
    page.on('pageerror', threw);
    try {
      const { language = 'fr', theme = 'light' } = look;
      await page.emulateMedia({ colorScheme: theme });
      await page.goto(
        `${this.address}/${scene.page ?? ''}?scene=${name}&language=${language}&theme=${theme}`,
      );
      await page.waitForSelector('main');
      await scene.act?.(page).catch((failed: unknown) => complaints.push(String(failed)));
      if (look.contrast) await page.evaluate(() => (document.documentElement.dataset['contrast'] = 'more'));
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
    } finally {
      page.off('console', heard);
      page.off('pageerror', threw);
    }
    return complaints;
  }
}
