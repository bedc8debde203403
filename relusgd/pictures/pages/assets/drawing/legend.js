// Legends: what the lines and dots of the panels are.

/** Fill a legend; gives [sample, its colour] of every entry. */
function buildLegend(id, entries) {
  $(id).replaceChildren();
  return entries.map(([key, colour, words, fewer]) => {
    const sample = make("span", { class: `key ${key}` });
    const item = $(id).appendChild(make("li"));
    item.append(sample, make("span", { class: "long" }, words));
    item.append(make("span", { class: "short" }, fewer));
    return [sample, colour];
  });
}

/** Give the samples of a legend the colours of a theme. */
function colourLegend(keys, colours) {
  for (const [sample, colour] of keys)
    sample.style.setProperty(
      "--key",
      typeof colour === "number" ? colours.layers[colour] : colours[colour],
    );
}

/**
 * What stands in the panels of functions: [look, colour or number of a layer, words, fewer words].
 * runs: whose panels they are; mostUnits: of wider layers the units are not drawn one by one.
 */
function legendOf(runs, mostUnits) {
  const any = (test) => runs.some(test);
  const single = runs.length === 1;
  const wide = (run) => run.width > mostUnits;
  /** @type {any[][]} */
  const entries = [["dot", "data", "training data", "data"]];
  if (any((run) => run.points.testShown)) entries.push(["ring", "data", "test data", "test"]);
  if (any((run) => run.points.truth)) entries.push(["dash", "truth", "true function", "truth"]);
  if (single) entries.push(["strong", "learned", "learned function", "learned"]);
  if (any((run) => !run.deep && !wide(run)))
    entries.push(
      ["", "positive", "unit, v·relu(wx + b), v > 0", "unit +"],
      ["", "negative", "v < 0", "−"],
      ["dots", "ink", "output bias", "bias"],
    );
  if (any((run) => !run.deep && wide(run)))
    entries.push(
      ["patch", "positive", "bends at elbows, output weight v > 0", "bends +"],
      ["patch", "negative", "< 0", "−"],
    );
  if (any((run) => run.deep))
    entries.push([
      any((run) => run.deep && wide(run)) ? "patch" : "",
      "neutral",
      "units of layer 1",
      "units",
    ]);
  entries.push(...layerEntries(Math.max(...runs.map((run) => run.hidden.length))));
  return entries;
}

function layerEntries(deepest) {
  const most = told.colours.light.layers.length;
  const entries = [];
  for (let layer = 1; deepest > 1 && layer <= Math.min(most, deepest); layer++) {
    const name = layer === 1 ? "bend by layer" : "layer";
    const more = layer === most && deepest > most ? " …" : "";
    entries.push(["dot", layer - 1, `${name} ${layer}${more}`, `layer ${layer}`]);
  }
  return entries;
}
