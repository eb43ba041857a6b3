// How well a few letters fit a name.

/** Without accents and in lower case, so that "resume" finds "Résumé". */
export const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** 0 if it does not fit; the more, the better. Both are folded. Every word typed must fit: as the beginning of the name or of a
 *  word, within one, or else as letters that follow one another from the beginning of a word ("dsc" for "Discovery"). */
export function score(query, name) {
  let sum = 1;
  for (const word of query.split(/\s+/).filter(Boolean)) {
    const found = whole(word, name) || scattered(word, name);
    if (!found) return 0;
    sum += found;
  }
  return sum - Math.min(name.length, 90) / 100;
}

const isLetter = (letter) => /[\p{L}\p{N}]/u.test(letter ?? "");

function whole(word, name) {
  let best = 0;
  for (let at = name.indexOf(word); at >= 0; at = name.indexOf(word, at + 1)) {
    best = Math.max(best, at === 0 ? 100 : isLetter(name[at - 1]) ? 50 : 80);
  }
  return best;
}

function scattered(word, name) {
  let best = 0;
  for (const { index } of name.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu)) {
    if (name[index] !== word[0]) continue;
    let at = index - 1;
    for (const letter of word) {
      at = name.indexOf(letter, at + 1);
      if (at < 0) break;
    }
    if (at >= 0) best = Math.max(best, 30 - Math.min(at - index - word.length, 25));
  }
  return best;
}
