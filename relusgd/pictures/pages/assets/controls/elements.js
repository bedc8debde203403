// Elements of the page: found, made, filled, copied from.

/** An element of the page by its id; which kind it is, the markup says.
 * @type {(id: string) => any} */
const $ = (id) => document.getElementById(id);

const USUAL_TOP = 46; // pixels above the picture without any text

/** Texts above the picture make it lower, so that everything stays in sight. */
function leaveRoomAbove() {
  const above = document.querySelector("main").offsetTop - USUAL_TOP;
  document.body.style.setProperty("--above", `${Math.max(above, 0)}px`);
}

/** Set a text only where it is another one, so that it is not announced again. */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A number as a reader types it: 0.005. */
const plainNumber = (value) => String(Number(value.toPrecision(6)));

/** Set an input's number unless the reader is typing in it. */
function setInput(input, value) {
  if (document.activeElement !== input || input.valueAsNumber !== value) {
    if (document.activeElement !== input)
      input.value = Number.isFinite(value) ? String(Number(value.toPrecision(6))) : "";
  }
}

/** Put a text into the clipboard; whether that was possible. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // files and frames without that right may still copy what is selected
    const area = document.body.appendChild(make("textarea", { class: "unseen" }));
    area.value = text;
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    return copied;
  }
}

/** Say something on a button for a moment. */
function flash(button, words) {
  const usual = button.dataset.usual || button.textContent;
  button.dataset.usual = usual;
  button.textContent = words;
  clearTimeout(button.flashing);
  button.flashing = setTimeout(() => {
    button.textContent = usual;
  }, 1600);
}

/** An element with attributes and a text. */
function make(tag, attributes = {}, text = "") {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}

/** A number in a few digits to read, and with all of them for a program. */
function setNumber(element, value, text = numberText(value, 4)) {
  if (element.textContent !== text) element.textContent = text;
  if (element.tagName === "DATA") element.value = String(value);
}

/** What an error says to the reader.
 * @type {(error: any) => string} */
const messageOf = (error) => error.message;
