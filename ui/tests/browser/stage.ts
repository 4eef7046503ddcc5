// Runs in the page before the till's own script: the commands the page asks for are answered by the scene's till. What
// is tried in the browser is therefore the built page, byte for byte, and not a copy of it.
import { emit } from '@tauri-apps/api/event';
import { mockIPC, mockWindows } from '@tauri-apps/api/mocks';
import type { LanguageView } from '../../src/lib/bindings/LanguageView';
import type { ThemeView } from '../../src/lib/bindings/ThemeView';
import type { TillEvent } from '../../src/lib/bindings/TillEvent';
import { SCENES } from './scenes';

const asked = new URLSearchParams(location.search);
const scene = SCENES[asked.get('scene') ?? ''];
if (scene) {
  const till = scene.till();
  till.now.settings.language = (asked.get('language') ?? 'fr') as LanguageView;
  till.now.settings.theme = (asked.get('theme') ?? 'light') as ThemeView;
  // As this till last spoke and looked: for what is drawn before it answers, or when it never does.
  const { language, theme } = till.now.settings;
  localStorage.setItem('encaisse.last', JSON.stringify({ language, theme, contrast: 'system' }));

  mockWindows(scene.page ? 'display' : 'main');
  mockIPC(
    (command, payload) => {
      // Every command is a method of the same name, and its arguments come in the order of that method's.
      const name = command.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const method = (till as unknown as Record<string, (...given: unknown[]) => unknown>)[name];
      if (!method) throw new Error(`no such command: ${command}`);
      return method(...Object.values(payload ?? {}));
    },
    { shouldMockEvents: true },
  );
  Object.assign(window, { tell: (event: TillEvent) => emit('till-event', event) });
}
