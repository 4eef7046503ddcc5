// Which words are on screen, and how a coded error reads. Owns the choice of the catalogue.
import type { LanguageView } from '../bindings/LanguageView';
import type { UiError } from '../bindings/UiError';
import { xof } from '../format';
import { english } from './english.svelte';
import { fr, type Catalogue } from './fr';

export { speak } from './english.svelte';
export type { Catalogue };

/** French signs stand apart from their word, and never alone on a line. */
const apart = (text: string) => text.replace(/ (?=[?!:;»])/g, '\u00a0').replace(/« /g, '«\u00a0');

/** The same words, set as French is set. */
export function typeset<T>(words: T): T {
  if (typeof words === 'string') return apart(words) as T;
  if (Array.isArray(words)) return words.map(typeset) as T;
  if (typeof words === 'function')
    return ((...given: unknown[]) =>
      typeset((words as unknown as (...given: unknown[]) => unknown)(...given))) as T;
  if (typeof words !== 'object' || words === null) return words;
  return Object.fromEntries(Object.entries(words).map(([name, word]) => [name, typeset(word)])) as T;
}

/** Each part is set when it is first read: a start reads few. */
function setWhenRead<T extends object>(words: T): T {
  const parts = {} as T;
  for (const part of Object.keys(words) as (keyof T)[]) {
    const get = () => {
      const value = typeset(words[part]);
      Object.defineProperty(parts, part, { value, enumerable: true });
      return value;
    };
    Object.defineProperty(parts, part, { get, enumerable: true, configurable: true });
  }
  return parts;
}

const french: Catalogue = setWhenRead(fr);

/** The words of a screen that is read later, and brings its own. */
export function wordsOf<T>(catalogues: { fr: T; en: T }): Record<LanguageView, T> {
  return { fr: typeset(catalogues.fr), en: catalogues.en };
}

/** French until `speak` has brought the English ones: never an empty screen. */
export function words(language: LanguageView): Catalogue {
  return (language === 'en' && english()) || french;
}

export function errorText(t: Catalogue, error: UiError): string {
  const sentence = t.error[error.code];
  return typeof sentence === 'string' ? sentence : sentence(xof(error.limit_xof ?? 0));
}

/** The sentence for one field, when the error is that field's. */
export function errorAt(t: Catalogue, error: UiError | null, field: string): string | null {
  return error?.field === field ? errorText(t, error) : null;
}

/** The sentence for a refusal code; what is not listed has one too. */
export function refusalText(t: Catalogue, code: string): string {
  return code in t.refusal ? t.refusal[code as keyof Catalogue['refusal']] : t.refusal.other;
}
