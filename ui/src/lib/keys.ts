// Every key that does something beside typing and Tab, in one table: what handles a key and what lists it both read it
// here. Owns what counts as that key, and where a question mark is text.

export type Place = 'anywhere' | 'sale' | 'dialog';
export type KeyName =
  'keymap' | 'help' | 'till' | 'history' | 'day' | 'settings' | 'number' | 'charge' | 'safe';

export interface Key {
  place: Place;
  /** What is engraved on the keys to press together; a word for those whose name follows the language. */
  caps: string[];
  is: (event: KeyboardEvent) => boolean;
}

const plain = (event: KeyboardEvent) => !event.ctrlKey && !event.metaKey && !event.altKey;
const named = (key: string) => (event: KeyboardEvent) => event.key === key && plain(event);
/** By place on the keyboard: on a French one, the upper row gives digits only with Shift. */
const altDigit = (digit: number) => (event: KeyboardEvent) =>
  event.altKey && !event.ctrlKey && !event.metaKey && event.code === `Digit${digit}`;

export const KEY_TABLE: Record<KeyName, Key> = {
  keymap: { place: 'anywhere', caps: ['?'], is: named('?') },
  help: { place: 'anywhere', caps: ['F1'], is: named('F1') },
  till: { place: 'anywhere', caps: ['Alt', '1'], is: altDigit(1) },
  history: { place: 'anywhere', caps: ['Alt', '2'], is: altDigit(2) },
  day: { place: 'anywhere', caps: ['Alt', '3'], is: altDigit(3) },
  settings: { place: 'anywhere', caps: ['Alt', '4'], is: altDigit(4) },
  number: { place: 'sale', caps: ['enter'], is: named('Enter') },
  charge: { place: 'sale', caps: ['enter'], is: named('Enter') },
  safe: { place: 'dialog', caps: ['escape'], is: named('Escape') },
};

/** Where a question mark belongs to what is being written. The fields of digits have a keypad of their own. */
function isText(at: EventTarget | null): boolean {
  if (!(at instanceof HTMLElement)) return false;
  if (at.matches('input')) return at.getAttribute('inputmode') !== 'none';
  return at.matches('textarea') || at.isContentEditable;
}

/** A question is open, and every key is its. */
const isAsked = () => document.querySelector('[aria-modal="true"]') !== null;

/** A digit that no field takes: on the till's screen it is the amount's, wherever a press of the mouse left the focus. */
export function isLooseDigit(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-9]$/.test(event.key)) return false;
  return !isAsked() && !document.activeElement?.matches('input, select, textarea');
}

/** Which key of the whole window this is; none while a question is open, except to read what the keys are. */
export function globalKey(event: KeyboardEvent): KeyName | null {
  if (event.defaultPrevented || event.repeat) return null;
  const found = (Object.keys(KEY_TABLE) as KeyName[]).find(
    (name) => KEY_TABLE[name].place === 'anywhere' && KEY_TABLE[name].is(event),
  );
  if (!found) return null;
  if (found === 'keymap') return isText(event.target) ? null : found;
  return isAsked() ? null : found;
}
