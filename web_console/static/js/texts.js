// The words of the page in its language; see web_console/texts.

const words = globalThis.loketTexts; // by a script of every page, which comes first

export const language = document.documentElement.lang;

/** Give the text of `key` with `{name}`s filled in; an unknown key stands for itself. */
export function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Give the text of `prefix.word`, or the word itself when a newer gateway says an unknown one. */
export function word(prefix, name) {
  return words[`${prefix}.${name}`] ?? name;
}
