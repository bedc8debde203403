// What the page says: facts of a moment, the legend, and the same in a sentence.

/**
 * What stands above the picture, as {words, text, large, changed}: of an experiment or not.
 * @returns {any[]}
 */
function factsOf({ runs, clock, single, experiment }) {
  const [run] = runs;
  const row = run.rowAt(clock.epoch);
  const facts = [{ words: "epoch", text: wholeText(Math.floor(clock.epoch)), large: true }];
  const perEpoch = told.steps_per_epoch;
  const steps = single ? run.step[row] : perEpoch && Math.round(perEpoch * clock.epoch);
  if (steps !== null) facts.push({ words: "step", text: wholeText(steps), large: true });
  if (!single) return facts;
  const isChanged = experiment.run === run;
  if (isChanged) {
    const { start, steps: taken, epoch } = experiment;
    const isOn = taken > 0;
    facts[0] = { ...facts[0], text: wholeText(Math.floor(epoch)), changed: isOn };
    facts[1] = { ...facts[1], text: wholeText(start.step + taken), changed: isOn };
  }
  return [...facts, ...numbersOf(run, row, isChanged ? experiment : null)];
}

/**
 * {words, text, title, changed} of a run at a snapshot, or of an experiment with it.
 * @returns {any[]}
 */
function numbersOf(run, row, experiment) {
  const counts = experiment ? experiment.counts() : null;
  const errors = experiment ? experiment.errors() : null;
  const recorded = (name) => run.metrics[name][row];
  const count = (name) => wholeText(counts ? counts[name] : recorded(name));
  const error = (name) => (errors ? errors[name] : run.errors[name].value[row]);
  const inside = counts ? counts.inside : run.elbowsInside(row);
  /** @type {any[]} */
  const numbers = Object.keys(run.errors).map((name) => ({
    words: `${name} MSE`,
    text: numberText(error(name)),
  }));
  numbers.push({
    words: "elbows inside",
    text: `${wholeText(inside)}/${wholeText(run.width)}`,
    title: run.deep ? "of the first layer" : "",
  });
  if (run.deep) numbers.push({ words: "breakpoints", text: count("breakpoints") });
  numbers.push({ words: "dead", text: count("dead_units"), title: "units that are never active" });
  return numbers.map((number) => ({ ...number, changed: Boolean(experiment) }));
}

/** What stands over a panel among several. */
function captionOf(run, { clock, experiment }) {
  const isChanged = experiment.run === run;
  const shown = numbersOf(run, run.rowAt(clock.epoch), isChanged ? experiment : null).filter(
    ({ words }) => words === `${told.error} MSE` || words === "dead",
  );
  const text = shown.map(({ words, text: number }) => `${words} ${number}`).join(" · ");
  return isChanged ? `${text} ${CHANGED}` : text;
}

/** The mark of numbers that are those of an experiment. */
const CHANGED = "*";

/** The moment in a sentence. */
function inWords(page) {
  const facts = factsOf(page);
  const pair = ({ words, text }) => `${words} ${text}`;
  const clock = facts
    .filter(({ large }) => large)
    .map(pair)
    .join(", ");
  const numbers = page.single
    ? facts.filter(({ large }) => !large).map(pair)
    : page.runs.map((run) => `${run.name}, ${captionOf(run, page)}`);
  const isChanged = page.single && page.experiment.on;
  return [clock, (isChanged ? "changed network: " : "") + numbers.join(", ")];
}

/** The legend of the errors of one run; of several, each panel's head has the colour of its run. */
function errorLegendOf({ runs, single }) {
  if (!single) return [];
  const [run] = runs;
  const errors = Object.keys(run.errors).map((name) => ["", name, errorName(name), name]);
  return run.sharpness ? [...errors, ...run.sharpness.entries] : errors;
}
