// What learned functions are compared with: layers over the panels that can be switched off.

/** The dashes of the references' lines in pixels; the linearised network has none. */
const REFERENCE_DASHES = {
  line: [9, 3, 2, 3],
  spline: [2, 2.5],
  cubic: [5, 2.5],
  linearized: [],
  kernel: [10, 3],
};

/** The references of a run: their places, and their heights at every snapshot or at all of them. */
function unpackedReferences(references) {
  return references.map((reference) => ({
    ...reference,
    x: unpack(reference.x),
    y: unpack(reference.y),
  }));
}

/** Which references are shown, with a switch for each. */
class ReferenceLayers {
  /** changed: called when one was switched. */
  constructor(runs, changed) {
    this.runs = runs;
    this.hidden = new Set();
    this.keys = [];
    const list = $("references");
    const different = new Map(
      runs.flatMap((run) => run.references.map((reference) => [reference.name, reference])),
    );
    list.hidden = !different.size;
    for (const reference of different.values())
      list.appendChild(make("li")).append(this.makeSwitch(reference, changed));
  }

  makeSwitch({ name, title, short, colour }, changed) {
    const label = make("label");
    const box = make("input", { type: "checkbox", name });
    box.checked = true;
    box.addEventListener("change", () => {
      if (box.checked) this.hidden.delete(name);
      else this.hidden.add(name);
      changed();
    });
    const style = { linearized: "", spline: "dots" }[name] ?? "dash";
    const sample = make("span", { class: `key ${style}` });
    this.keys.push([sample, colour]);
    label.append(box, sample, make("span", { class: "long" }, title));
    label.append(make("span", { class: "short" }, short));
    return label;
  }

  /** Take the colours of a theme. */
  restyle(colours) {
    for (const [sample, number] of this.keys)
      sample.style.setProperty("--key", colours.references[number]);
  }

  /** The lines over the panel of a run at a snapshot: {x, y, colour, dash}. */
  shownOn(run, row, colours) {
    return run.references
      .filter(({ name }) => !this.hidden.has(name))
      .map(({ name, x, y, moves, colour }) => ({
        x,
        y: moves ? rowOf(y, row, run.length) : y,
        colour: colours.references[colour],
        dash: REFERENCE_DASHES[name],
      }));
  }
}
