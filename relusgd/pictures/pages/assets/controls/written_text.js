// Text that others wrote, shown as text: paragraphs, lists, headings, emphasis, code and links of a
// small part of Markdown. Everything else stands as it was written, and nothing of it can act.

const LINK = /^https?:\/\//;
const INLINE = /\*\*([^*]+)\*\*|\*([^*]+)\*|`([^`]+)`|\[([^\]]+)\]\(([^()\s]+)\)/;

/** Fill an element with a text, a paragraph after each empty line. */
function fillWithText(element, text) {
  const blocks = text.replace(/\r/g, "").split(/\n\s*\n/);
  element.replaceChildren(...blocks.filter((block) => block.trim()).map(blockOf));
}

function blockOf(block) {
  const lines = block.trim().split("\n");
  if (lines.every((row) => /^[-*] /.test(row))) {
    const list = make("ul");
    for (const row of lines) list.appendChild(make("li")).append(...inlineOf(row.slice(2)));
    return list;
  }
  const heading = /^#{1,6} (.*)$/.exec(lines[0]);
  const element = make(heading && lines.length === 1 ? "h2" : "p");
  element.append(...inlineOf(heading && lines.length === 1 ? heading[1] : lines.join(" ")));
  return element;
}

/** Show what a lecturer wrote above the picture, or nothing. */
function showIntro(text) {
  fillWithText($("intro"), text);
  $("intro").hidden = !text;
}

/** The nodes of a line. */
function inlineOf(text) {
  const nodes = [];
  let rest = text;
  for (let found = INLINE.exec(rest); found; found = INLINE.exec(rest)) {
    nodes.push(rest.slice(0, found.index), inlineNode(found));
    rest = rest.slice(found.index + found[0].length);
  }
  return [...nodes, rest];
}

function inlineNode(found) {
  const [whole, strong, emphasis, code, words, address] = found;
  if (strong) return make("strong", {}, strong);
  if (emphasis) return make("em", {}, emphasis);
  if (code) return make("code", {}, code);
  if (!LINK.test(address)) return whole;
  return make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words);
}
