// The words of the guide inside the till, in the language on screen.
import type { LanguageView } from '../bindings/LanguageView';
import { help as en } from './help.en';
import { help as fr } from './help.fr';
import { typeset, whole } from './typeset';

export type HelpWords = typeof fr;
export type Topic = keyof HelpWords['topic'];

const WORDS: Record<LanguageView, HelpWords> = { fr: typeset(fr), en: whole(en) };

export function helpWords(language: LanguageView): HelpWords {
  return WORDS[language];
}
