// How the page last looked and spoke: for what is drawn before the till has answered, or when it never does. Only a guess;
// the till's settings are the truth.
import type { LanguageView } from './bindings/LanguageView';
import type { ThemeView } from './bindings/ThemeView';

const KEY = 'encaisse.last';

export interface Last {
  language: LanguageView;
  theme: ThemeView;
  contrast: 'system' | 'more';
}

export function last(): Last {
  let kept: Partial<Last> = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Last>;
  } catch {
    // As on the first day.
  }
  const spoken = navigator.language.toLowerCase().startsWith('en') ? 'en' : 'fr';
  return {
    language: kept.language === 'fr' || kept.language === 'en' ? kept.language : spoken,
    theme: kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : 'system',
    contrast: kept.contrast === 'more' ? 'more' : 'system',
  };
}

export function remember(now: Last): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(now));
  } catch {
    // A page that may keep nothing asks the system again.
  }
}
