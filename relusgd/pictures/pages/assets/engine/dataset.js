// The points of a training: sampled from a target as Python samples them, or given.

/** Data where nothing is said, in the names of a config. */
const USUAL_DATA = {
  kind: "target",
  target: "piecewise_linear",
  domain: [0, 1],
  samples: 200,
  positions: "random",
  noise: 0.1,
  test_samples: 1000,
  standardize: false,
  seed: 1,
};

const TRUTH_PLACES = 1001;

/**
 * The dataset of data as in a config: {train, test} with {x, y} in original units, sorted; domain;
 * truth: the target at even places of the domain, or null. Throws an Error for the reader.
 */
function datasetOf(data) {
  return data.kind === "points" ? givenDataset(data) : sampledDataset(data);
}

/** `count` numbers from low to high, both ends among them. */
function evenlySpaced(low, high, count) {
  const step = (high - low) / Math.max(count - 1, 1);
  const values = Float64Array.from({ length: count }, (_, i) => i * step + low);
  if (count > 1) values[count - 1] = high;
  return values;
}

function sampledDataset(data) {
  const { domain, samples, noise, test_samples: testSamples } = data;
  const [low, high] = data.train_domain || domain;
  const target = targetFunction(data.target);
  const fractions = new MersenneTwister(data.seed);
  let x = evenlySpaced(low, high, samples);
  if (data.positions !== "even") {
    const places = Float64Array.from({ length: samples }, () => fractions.next()).sort();
    x = places.map((place) => low + (high - low) * place);
  }
  const normals = new PolarNormals(fractions);
  const y = x.map((value) => target(value) + noise * normals.next());
  const testX = Float64Array.of(...evenlySpaced(...domain, testSamples), ...x).sort();
  const testY = testX.map(target);
  const truth = evenlySpaced(...domain, TRUTH_PLACES).map(target);
  const wrong = testX.find((_, i) => !Number.isFinite(testY[i]));
  if (wrong !== undefined) throw new Error(`the target is not finite at x = ${numberText(wrong)}`);
  return { train: { x, y }, test: { x: testX, y: testY }, domain, truth };
}

function givenDataset(data) {
  const train = sortedPoints(data.x, data.y);
  const test = sortedPoints(data.test_x || [], data.test_y || []);
  return { train, test, domain: domainOf(data, [...train.x, ...test.x]), truth: null };
}

/** The range of all x, and of a domain that the points came from; never a point alone. */
function domainOf({ domain = null }, x) {
  const all = domain ? [...x, ...domain] : x;
  if (!all.length) return [0, 1];
  const low = Math.min(...all);
  const high = Math.max(...all);
  if (low < high) return [low, high];
  const margin = Math.max(0.5, 1e-6 * Math.abs(low));
  return [low - margin, high + margin];
}

function sortedPoints(x, y) {
  const order = Array.from(x, (_, i) => i).sort((i, j) => x[i] - x[j] || i - j);
  return {
    x: Float64Array.from(order, (i) => x[i]),
    y: Float64Array.from(order, (i) => y[i]),
  };
}

/** original = mean + deviation · network, for x and y: 0 and 1 without standardisation. */
function scalingOf({ train }, standardize) {
  const isScaled = standardize && train.x.length;
  const [xMean, xDeviation] = isScaled ? meanAndDeviation(train.x) : [0, 1];
  const [yMean, yDeviation] = isScaled ? meanAndDeviation(train.y) : [0, 1];
  return { x_mean: xMean, x_deviation: xDeviation, y_mean: yMean, y_deviation: yDeviation };
}

function meanAndDeviation(values) {
  if (values.every((value) => value === values[0])) return [values[0], 1];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return [mean, Math.sqrt(variance) || 1];
}

/** The points of data as pictures and trainings take them, in network units. */
function pointsOf(data) {
  const dataset = datasetOf(data);
  const scaling = scalingOf(dataset, data.standardize);
  const inUnits = ({ x, y }) => ({
    x: x.map((value) => (value - scaling.x_mean) / scaling.x_deviation),
    y: y.map((value) => (value - scaling.y_mean) / scaling.y_deviation),
    of: x.length,
  });
  return new Points({
    scaling,
    domain: dataset.domain,
    names: data.names || ["x", "y"],
    test_shown: data.kind === "points" && dataset.test.x.length > 0,
    truth: dataset.truth,
    points: { train: inUnits(dataset.train), test: inUnits(dataset.test) },
  });
}
