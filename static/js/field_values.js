// What a field says, and what it said when this page read it: its default, which a form keeps beside what is typed into it.

const all = (radio) => [...radio.form.elements].filter((one) => one.name === radio.name);

/** As a page sends it. */
export function valueOf(field) {
  if (field.type === "checkbox") return String(field.checked);
  return field.type === "radio" ? (all(field).find((one) => one.checked)?.value ?? "") : field.value;
}

export function originOf(field) {
  if (field.type === "checkbox") return String(field.defaultChecked);
  if (field.type === "radio") return all(field).find((one) => one.defaultChecked)?.value ?? "";
  if (!field.matches("select")) return field.defaultValue;
  return ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value ?? "";
}

export function setValue(field, value) {
  if (field.type === "checkbox") field.checked = value === "true";
  else if (field.type === "radio") for (const one of all(field)) one.checked = one.value === value;
  else field.value = value;
}

export function setOrigin(field, value) {
  const kept = valueOf(field); // a field that nobody has typed into follows its default
  if (field.type === "checkbox") field.defaultChecked = value === "true";
  else if (field.type === "radio") for (const one of all(field)) one.defaultChecked = one.value === value;
  else if (field.matches("select")) for (const one of field.options) one.defaultSelected = one.value === value;
  else field.defaultValue = value;
  setValue(field, kept);
}

const plain = (text) => text.replaceAll("\r\n", "\n").trim();

/** Whether two values are the same to the map: blanks around a text are not kept. */
export const isSame = (one, other) => plain(one) === plain(other);

/** Whether somebody has typed or chosen something that is not saved. */
export const isDirty = (field) => !isSame(valueOf(field), originOf(field));
