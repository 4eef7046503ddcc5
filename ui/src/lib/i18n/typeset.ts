// How words are set: what belongs together is never parted by the end of a line.

/** An amount is one word, and its unit with it: `2 000 000 F`. */
const amounts = (text: string) =>
  text.replace(/(\d) (?=\d{3}(?!\d))/g, '$1\u00a0').replace(/(\d) (?=F\b)/g, '$1\u00a0');

/** French signs stand apart from their word, and never alone on a line. */
const apart = (text: string) =>
  amounts(text)
    .replace(/ (?=[?!:;»])/g, '\u00a0')
    .replace(/« /g, '«\u00a0');

function each<T>(words: T, set: (text: string) => string): T {
  if (typeof words === 'string') return set(words) as T;
  if (Array.isArray(words)) return words.map((word: unknown) => each(word, set)) as T;
  if (typeof words === 'function')
    return ((...given: unknown[]) =>
      each((words as unknown as (...given: unknown[]) => unknown)(...given), set)) as T;
  if (typeof words !== 'object' || words === null) return words;
  return Object.fromEntries(Object.entries(words).map(([name, word]) => [name, each(word, set)])) as T;
}

/** The same words, set as French is set. */
export const typeset = <T>(words: T): T => each(words, apart);

/** The same words, their amounts whole. */
export const whole = <T>(words: T): T => each(words, amounts);

/** The same, each part when it is first read: a start reads few. */
export function setWhenRead<T extends object>(words: T): T {
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
