// Sharing: the link that holds the exercise, its config, and a picture of it.

const PICTURE_WIDTH = 1600; // pixels
const MARGIN = 10; // around a picture, in CSS pixels

class Sharing {
  constructor(lab) {
    this.lab = lab;
    $("share").addEventListener("click", () => this.toggle());
    $("copy-link").addEventListener("click", () => this.copyLink());
    $("copy-yaml").addEventListener("click", () => this.copyConfig());
    $("save-png").addEventListener("click", () => this.savePicture());
  }

  toggle() {
    $("sharing").hidden = !$("sharing").hidden;
    $("share").setAttribute("aria-expanded", String(!$("sharing").hidden));
    this.lab.relay();
    if (!$("sharing").hidden) $("copy-link").focus();
  }

  copyLink() {
    this.lab.writeAddress();
    const [page] = window.location.href.split("#");
    return this.copy("copy-link", page + fragmentOf(this.lab.current()));
  }

  copyConfig() {
    const { lab } = this;
    const exercise = lab.current();
    if (exercise.network.hidden[0] === 0) {
      flash($("copy-yaml"), "Place a unit first");
      return null;
    }
    return this.copy("copy-yaml", configOf(exercise, lab.points, lab.settingsShown));
  }

  async copy(id, text) {
    $("shared-text").hidden = false;
    $("shared-text").value = text;
    this.lab.relay();
    flash($(id), (await copyText(text)) ? "Copied" : "Copy it from below");
  }

  /** One picture of all panels, drawn for its size, on paper of the present theme. */
  savePicture() {
    const { lab } = this;
    const scale = Math.max(1, PICTURE_WIDTH / ($("figure").clientWidth + 2 * MARGIN));
    Sheet.wantedRatio = scale;
    lab.redraw();
    const picture = this.picture(scale);
    Sheet.wantedRatio = null;
    lab.redraw();
    picture.toBlob((blob) => saveFile(blob, "lab.png"));
  }

  picture(scale) {
    const { lab } = this;
    /** @type {any[]} */
    const all = [...document.querySelectorAll("#figure canvas")];
    const canvases = all.filter((canvas) => canvas.clientWidth > 0);
    const box = $("figure").getBoundingClientRect();
    const top = $("legend").getBoundingClientRect().top - 30;
    const picture = document.createElement("canvas");
    picture.width = Math.round((box.width + 2 * MARGIN) * scale);
    picture.height = Math.round((box.bottom - top) * scale);
    const context = picture.getContext("2d");
    context.fillStyle = lab.colours.paper;
    context.fillRect(0, 0, picture.width, picture.height);
    context.scale(scale, scale);
    context.translate(MARGIN - box.left, -top);
    for (const canvas of canvases) {
      const at = canvas.getBoundingClientRect();
      context.drawImage(canvas, at.left, at.top, at.width, at.height);
    }
    for (const item of $("figure").querySelectorAll("ul li")) drawEntry(context, item, lab.colours);
    context.fillStyle = lab.colours.ink;
    setFont(context, 13, "left", "middle");
    context.fillText(lab.inWords(), box.left, top + 14);
    return picture;
  }
}

/** An entry of a legend where it stands on the page: its sample and its words. */
function drawEntry(context, item, colours) {
  const [sample, ...words] = item.children;
  const { left, width, top, height } = sample.getBoundingClientRect();
  const { borderTopStyle, borderTopWidth } = window.getComputedStyle(sample);
  const colour = sample.style.getPropertyValue("--key");
  const middle = top + height / 2;
  const dashes = { dashed: [6, 4], dotted: [2, 3] }[borderTopStyle] || [];
  if (sample.classList.contains("dot")) {
    context.fillStyle = colour;
    dot(context, left + width / 2, middle, width / 2);
  } else {
    Object.assign(context, { strokeStyle: colour, lineWidth: parseFloat(borderTopWidth) || 2 });
    context.setLineDash(dashes);
    context.beginPath();
    line(context, left, middle, left + width, middle);
    context.stroke();
    context.setLineDash([]);
  }
  const shown = words.find((element) => element.offsetParent !== null);
  if (!shown) return;
  context.fillStyle = colours.ink;
  setFont(context, 13, "left", "middle");
  context.fillText(shown.textContent, shown.getBoundingClientRect().left, middle);
}

/** Let the reader save a file. */
function saveFile(blob, name) {
  const link = make("a", { download: name, href: URL.createObjectURL(blob) });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
