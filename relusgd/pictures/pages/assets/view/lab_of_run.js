// The way from a run into the lab: the network that is shown, on the run's points, with the run's
// training. The lab is part of the page; an address that holds an exercise opens it.

/** Whether an address asks for the lab. */
const asksForLab = (fragment) => fragment.startsWith("#lab=");

/** Why the lab cannot take a run, or nothing. */
function noLabFor({ hidden, points }) {
  const widest = Math.max(...hidden);
  const most = Math.max(points.train.x.length, points.test.x.length);
  const isLarge = widest > MOST_UNITS || hidden.length > MOST_LAYERS;
  if (isLarge)
    return `the lab takes up to ${MOST_LAYERS} layers of ${wholeText(MOST_UNITS)} units each`;
  if (most > MOST_SAMPLES || !points.areAll)
    return `the lab takes up to ${wholeText(MOST_SAMPLES)} points`;
  return "";
}

/** The exercise that begins with a network of a run, after so many steps. */
function exerciseOfRun(run, network, steps, training) {
  return {
    ...FIRST_EXERCISE,
    data: { ...USUAL_DATA, ...(run.start.data || pointsInOriginalUnits(run)) },
    network: {
      ...USUAL_NETWORK,
      hidden: run.hidden,
      output_bias: run.start.output_bias,
      start: rowOfParameters(network),
    },
    training: { ...USUAL_TRAINING, ...training },
    origin: steps,
  };
}

/** Points that no target can be sampled from, to the digits that a page has of them. */
function pointsInOriginalUnits({ points, start }) {
  const { train, test, toX, toY, domain, names } = points;
  const column = (values, toUnits) =>
    Array.from(values, (value) => Number(toUnits(value).toPrecision(8)));
  return {
    kind: "points",
    x: column(train.x, toX),
    y: column(train.y, toY),
    test_x: column(test.x, toX),
    test_y: column(test.y, toY),
    domain,
    names,
    standardize: start.standardize,
  };
}

/** Put the lab in the place of the run's page. */
function buildLab() {
  for (const element of [...document.body.children])
    if (!element.matches("script, template")) element.remove();
  document.body.prepend($("lab").content.cloneNode(true));
  document.body.className = "lab";
  const { title, colours } = told;
  const built = new Lab({ title, colours, exercise: null, intro: "", challenges: "" });
  $("to-run").hidden = false;
  $("to-run").addEventListener("click", () => {
    window.location.hash = `#step=${built.exercise.origin}`;
  });
  return built;
}
