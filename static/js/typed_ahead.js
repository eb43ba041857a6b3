// Who types faster than the line is quick loses nothing: while a field is being saved it keeps the keys, to be typed where one goes on.

/** Keep the keys typed into `input` from now on, after those of `first`. Returns a function that ends it and returns them. */
export function keepKeys(input, first = []) {
  const kept = [...first];
  const keep = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key.length > 1 && event.key !== "Enter" && event.key !== "Backspace") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    kept.push(event.key);
  };
  input.addEventListener("keydown", keep, true);
  return () => {
    input.removeEventListener("keydown", keep, true);
    return kept;
  };
}

/** [text, rest]: what the keys up to Enter write, and those after it; `rest` is null if there was no Enter. */
export function readKeys(keys) {
  const end = keys.indexOf("Enter");
  let text = "";
  for (const key of end < 0 ? keys : keys.slice(0, end)) text = key === "Backspace" ? text.slice(0, -1) : text + key;
  return [text, end < 0 ? null : keys.slice(end + 1)];
}
