// The config that trains on from a changed network: that of the run, with the network's numbers in
// it. Every key stands in a line of its own, so lines are replaced one by one.

/**
 * The YAML of a config whose initial network is this one. run: whose network it was; training: keys
 * of that section with other values.
 */
function copiedConfig(run, network, training) {
  const isSent = run.points.areAll;
  const values = {
    network: networkValues(run, network),
    training: Object.fromEntries(
      Object.entries(training).map(([key, value]) => [key, yamlValue(value)]),
    ),
  };
  const lines = run.start.config.trimEnd().split("\n");
  const kind = valueOfKey(lines, "data", "kind");
  const isMeasured = kind === "csv";
  const section = isMeasured && isSent ? measuredPoints(run, lines) : null;
  const comments = [];
  if (section) comments.push(`# The points are those of ${valueOfKey(lines, "data", "path")}.`);
  else if (isMeasured) comments.push("# Keep this file where the path below leads to the data.");
  return [...comments, ...replaced(lines, values, section), ""].join("\n");
}

/** The lines with other values of some keys, and with another section of data if one is given. */
function replaced(lines, values, data) {
  let section = "";
  return lines.flatMap((text) => {
    const { indent, key, value } = partsOfLine(text);
    if (indent === "") section = key;
    if (data && section === "data") return indent === "" ? ["data:", ...data] : [];
    const isNew = indent !== "" && values[section] && values[section][key] !== undefined;
    return value !== undefined && isNew ? [`${indent}${key}: ${values[section][key]}`] : [text];
  });
}

/** A line as {indent, key, value}; value is undefined where a section begins. */
function partsOfLine(text) {
  const [, indent, key, value] = /^( *)([^:]*):(?: (.*))?$/.exec(text);
  return { indent, key, value };
}

function valueOfKey(lines, section, wanted) {
  let inside = false;
  for (const text of lines) {
    const { indent, key, value } = partsOfLine(text);
    if (indent === "") inside = key === section;
    else if (inside && key === wanted) return value;
  }
  return undefined;
}

/**
 * The keys of the network: elbows in original units, all else in those of the network. A unit of
 * slope 0, which has no elbow, adds a constant: it goes to the output's offset. A deep network is
 * written by all its parameters.
 */
function networkValues(run, network) {
  if (run.deep) return { start: startValue(network) };
  const { points } = run;
  const units = Array.from({ length: network.width }, (_, unit) => unit);
  const isFlat = (unit) => network.slope[unit] === 0;
  const middle = (points.domain[0] + points.domain[1]) / 2;
  const weights = units.map((j) => (isFlat(j) ? 0 : network.outputWeight[j]));
  const constant = units
    .filter(isFlat)
    .reduce((sum, j) => sum + network.outputWeight[j] * Math.max(network.bias[j], 0), 0);
  const offset = network.outputBias + constant;
  return {
    hidden: yamlValue(run.hidden),
    antisymmetric: "false",
    balanced: "false",
    elbows: yamlValue(units.map((j) => (isFlat(j) ? middle : points.toX(network.elbow(j))))),
    slopes: yamlValue(units.map((j) => (isFlat(j) ? 1 : network.slope[j]))),
    output_weights: yamlValue(weights),
    output_offset: run.start.output_bias ? yamlValue(offset) : "null",
    start: "null",
  };
}

/** All parameters of a deep network, in the names and shapes of a run folder. */
function startValue(network) {
  const parts = network.weights.flatMap((W, k) => {
    const n = network.biases[k].length;
    const rows = Array.from({ length: W.length / n }, (_, i) =>
      Array.from(W.subarray(i * n, (i + 1) * n)),
    );
    const bias = Array.from(network.biases[k]);
    return [`weight_${k + 1}: ${yamlValue(rows)}`, `bias_${k + 1}: ${yamlValue(bias)}`];
  });
  return `{${parts.join(", ")}}`;
}

/** The lines of a section of data that holds the points of the page, in original units. */
function measuredPoints(run, lines) {
  const { train, test, toX, toY } = run.points;
  const column = (values, toUnits) =>
    yamlValue(Array.from(values, (value) => Number(toUnits(value).toPrecision(8))));
  const section = [
    "  kind: points",
    `  x: ${column(train.x, toX)}`,
    `  y: ${column(train.y, toY)}`,
    `  standardize: ${valueOfKey(lines, "data", "standardize")}`,
  ];
  if (test.x.length)
    section.push(`  test_x: ${column(test.x, toX)}`, `  test_y: ${column(test.y, toY)}`);
  return section;
}

/** A number, a word or a list of numbers as YAML; 1.0e-7, which YAML wants for 1e-7. */
function yamlValue(value) {
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(", ")}]`;
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}
