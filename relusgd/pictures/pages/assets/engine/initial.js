// The initial network: drawn weights, then elbows that are placed. The draws and their order are
// those of Python, so a seed means the same network.

/** Initial networks where nothing is said, in the names of a config. */
const USUAL_NETWORK = {
  hidden: [40],
  init: "torch",
  hidden_scale: 1,
  output_scale: 1,
  elbows: "uniform",
  output_bias: true,
  seed: 0,
};

/** A way to draw the weights and biases of a layer: {weight(), bias()}, a number at each call. */
const INITS = {
  torch: (draw, fanIn) => {
    const limit = 1 / Math.sqrt(fanIn);
    return { weight: () => draw.uniform(limit), bias: () => draw.uniform(limit) };
  },
  he_normal: (draw, fanIn) => ({
    weight: () => Math.sqrt(2 / fanIn) * draw.normal(),
    bias: null,
  }),
  glorot_uniform: (draw, fanIn, fanOut) => {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    return { weight: () => draw.uniform(limit), bias: null };
  },
  normal: (draw, _fanIn, _fanOut, isOutput) => ({
    weight: () => draw.normal(),
    bias: isOutput ? null : () => draw.normal(),
  }),
  uniform: (draw, _fanIn, _fanOut, isOutput) => ({
    weight: () => draw.uniform(1),
    bias: isOutput ? null : () => draw.uniform(1),
  }),
};

/**
 * All parameters of the initial network in one row. recipe: as USUAL_NETWORK; range: the ends of
 * the interval of elbows, in network units.
 */
function initialParameters(recipe, range) {
  const { hidden, elbows, seed } = recipe;
  const fractions = new PhiloxFractions(seed, PURPOSES.initialNetwork);
  const normals = new PolarNormals(fractions);
  const draw = {
    uniform: (limit) => -limit + 2 * limit * fractions.next(),
    normal: () => normals.next(),
  };
  const row = new Float64Array(parameterCount(hidden));
  const { weights, biases } = partsOf(row, hidden);
  layerShapes(hidden).forEach((shape, k) =>
    drawLayer(recipe, draw, shape, k === hidden.length, weights[k], biases[k]),
  );
  if (elbows !== "keep") placeElbows(elbows, fractions, range, weights[0], biases[0]);
  if (!recipe.output_bias) biases[hidden.length].fill(0);
  return row;
}

function drawLayer(recipe, draw, shape, isOutput, weights, biases) {
  const [fanIn, fanOut] = shape;
  if (fanIn === 0) return; // a network without units is 0
  const scale = isOutput ? recipe.output_scale : recipe.hidden_scale;
  const { weight, bias } = INITS[recipe.init](draw, fanIn, fanOut, isOutput);
  for (let i = 0; i < weights.length; i++) weights[i] = scale * weight();
  if (bias) for (let i = 0; i < biases.length; i++) biases[i] = scale * bias();
}

/** Elbows drawn and sorted, or evenly spaced. */
function placeElbows(kind, fractions, range, slopes, biases) {
  const [low, high] = range;
  const count = slopes.length;
  const shares =
    kind === "uniform"
      ? Float64Array.from({ length: count }, () => fractions.next()).sort()
      : Float64Array.from({ length: count }, (_, i) => (i + 0.5) / count);
  shares.forEach((share, i) => {
    biases[i] = -(low + (high - low) * share) * slopes[i];
  });
}
