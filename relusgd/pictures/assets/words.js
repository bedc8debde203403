// What the page says: facts of a moment, the legend, and the same in a sentence.

/** An error as legends and axes name it. */
const errorName = (name) => (name === "train" ? "training error" : "test error");

/** [words, text, whether it is large] of what stands above the picture. */
function factsOf({ runs, clock, single }) {
  const [run] = runs;
  const row = run.rowAt(clock.epoch);
  const facts = [["epoch", wholeText(Math.floor(clock.epoch)), true]];
  const perEpoch = told.steps_per_epoch;
  const steps = single ? run.step[row] : perEpoch && Math.round(perEpoch * clock.epoch);
  if (steps !== null) facts.push(["step", wholeText(steps), true]);
  return single ? [...facts, ...numbersOf(run, row)] : facts;
}

/** [words, text] of a run at a snapshot. */
function numbersOf(run, row) {
  const count = (name) => wholeText(run.metrics[name][row]);
  return [
    ...Object.keys(run.errors).map((name) => [
      `${name} MSE`,
      numberText(run.errors[name].value[row]),
    ]),
    [
      run.deep ? "first-layer elbows inside" : "elbows inside",
      `${wholeText(run.elbowsInside(row))}/${wholeText(run.width)}`,
    ],
    ...(run.deep ? [["breakpoints", count("breakpoints")]] : []),
    ["dead", count("dead_units")],
  ];
}

/** What stands over a panel among several. */
function captionOf(run, epoch) {
  const shown = numbersOf(run, run.rowAt(epoch)).filter(
    ([words]) => words === `${told.error} MSE` || words === "dead",
  );
  return shown.map((pair) => pair.join(" ")).join(" · ");
}

/** The moment in a sentence. */
function inWords(page) {
  const facts = factsOf(page);
  /** @type {(fact: any[]) => string} */
  const pair = ([words, text]) => `${words} ${text}`;
  const clock = facts
    .filter(([, , large]) => large)
    .map(pair)
    .join(", ");
  const numbers = page.single
    ? facts.filter(([, , large]) => !large).map(pair)
    : page.runs.map((run) => `${run.name}, ${captionOf(run, page.clock.epoch)}`);
  return [clock, numbers.join(", ")];
}

/** [look, colour (or number of a layer), words, fewer words]. */
function legendOf({ runs, single }) {
  const any = (test) => runs.some(test);
  const wide = (run) => run.width > told.sizes.units;
  /** @type {any[][]} */
  const entries = [["dot", "data", "training data", "data"]];
  if (any((run) => run.points.testShown)) entries.push(["ring", "data", "test data", "test"]);
  if (any((run) => run.points.truth)) entries.push(["dash", "truth", "true function", "truth"]);
  if (single) entries.push(["strong", "learned", "learned function", "learned"]);
  if (any((run) => !run.deep && !wide(run)))
    entries.push(
      ["", "positive", "unit, v·relu(wx + b), v > 0", "unit +"],
      ["", "negative", "v < 0", "−"],
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
  if (!single) return entries;
  return [
    ...entries,
    ...Object.keys(runs[0].errors).map((name) => [
      "",
      name === "train" ? "data" : "test",
      errorName(name),
      name,
    ]),
  ];
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
