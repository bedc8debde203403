// The sharpness of a run over time, beside the edge of stability of its method.

/** The sharpness as a run whose "errors" are its values and those of the edge. */
class SharpnessCourse {
  constructor({ name, epoch, limits, sharpness, edge }) {
    this.name = name;
    this.epoch = epoch;
    this.limits = limits;
    this.errors = { sharpness: { value: unpack(sharpness) } };
    if (edge) this.errors.edge = { value: unpack(edge) };
  }

  get length() {
    return this.epoch.length;
  }

  /** The index of the last measured snapshot until this epoch. */
  rowAt(epoch) {
    return Math.max(countUpTo(this.epoch, epoch) - 1, 0);
  }

  /** What the panel is told in place of the limits and the name of errors. */
  get told() {
    return { limits: { error: this.limits }, name: "sharpness" };
  }

  /** Entries of the legend: [style, colour, words, fewer words]. */
  get entries() {
    const all = [["", "sharpness", this.name, "sharpness"]];
    if (this.errors.edge) all.push(["dash", "sharpness", "edge of stability", "edge"]);
    return all;
  }

  curves(colour) {
    return Object.keys(this.errors).map((name) => ({
      run: this,
      name,
      colour,
      dash: name === "edge" ? [5, 3] : [],
    }));
  }
}

/** The panel of a page whose run was told with its sharpness; null for others. */
function sharpnessPanelOf(page, look) {
  const [run] = page.runs;
  const isShown = page.single && run.sharpness !== null;
  $("sharpness").hidden = !isShown;
  document.body.classList.toggle("with-sharpness", isShown);
  if (!isShown) return null;
  $("sharpness").setAttribute(
    "aria-label",
    "The sharpness over time, beside the edge of stability.",
  );
  return new ErrorPanel($("sharpness"), page.time, look);
}
