// Which words are on screen, and how a coded error reads. Owns the choice of the catalogue.
import type { LanguageView } from '../bindings/LanguageView';
import type { UiError } from '../bindings/UiError';
import { xof } from '../format';
import { english } from './english.svelte';
import { fr, type Catalogue } from './fr';
import { setWhenRead, typeset, whole } from './typeset';

export { speak } from './english.svelte';
export type { Catalogue };

const french: Catalogue = setWhenRead(fr);

/** The words of a screen that is read later, and brings its own. */
export function wordsOf<T>(catalogues: { fr: T; en: T }): Record<LanguageView, T> {
  return { fr: typeset(catalogues.fr), en: whole(catalogues.en) };
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
