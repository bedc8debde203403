// Sharing: the link that holds the exercise, its config, and a picture of it.

const PICTURE_WIDTH = 1600; // pixels

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

  /** One picture of all panels, on paper of the present theme. */
  savePicture() {
    const { lab } = this;
    /** @type {any[]} */
    const all = [...document.querySelectorAll("#figure canvas")];
    const canvases = all.filter((canvas) => canvas.clientWidth > 0);
    const box = $("figure").getBoundingClientRect();
    const scale = Math.max(1, PICTURE_WIDTH / box.width);
    const picture = document.createElement("canvas");
    const first = canvases[0].getBoundingClientRect();
    const top = first.top - 30;
    picture.width = Math.round(box.width * scale);
    picture.height = Math.round((box.bottom - top) * scale);
    const context = picture.getContext("2d");
    context.scale(scale, scale);
    context.fillStyle = lab.colours.paper;
    context.fillRect(0, 0, picture.width, picture.height);
    for (const canvas of canvases) {
      const at = canvas.getBoundingClientRect();
      context.drawImage(canvas, at.left - box.left, at.top - top, at.width, at.height);
    }
    context.fillStyle = lab.colours.ink;
    setFont(context, 13, "left", "middle");
    context.fillText(lab.inWords(), 12, 14);
    picture.toBlob((blob) => saveFile(blob, "lab.png"));
  }
}

/** Let the reader save a file. */
function saveFile(blob, name) {
  const link = make("a", { download: name, href: URL.createObjectURL(blob) });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
