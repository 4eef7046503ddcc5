// The English catalogue, read when somebody speaks it: the till starts in the language of its shop, and no other is waited for.
import type { LanguageView } from '../bindings/LanguageView';
import type { Catalogue } from './fr';
import { whole } from './typeset';

let read = $state.raw<Catalogue | null>(null);

/** The words, once `speak` has brought them. */
export const english = () => read;

/** Makes a language ready. French always is. */
export async function speak(language: LanguageView): Promise<void> {
  if (language === 'en') read ??= whole((await import('./en')).en);
}
