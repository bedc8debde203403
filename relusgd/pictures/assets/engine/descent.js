// Stochastic gradient descent on the mean squared error of a batch.

/** A generator of numbers in [0, 1) that always begins alike: Marsaglia's xorshift of 32 bits. */
function randomNumbers(seed = 2463534242) {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/**
 * Fill a batch with indices of n points, drawn with replacement; all points in turn where the batch
 * is not smaller.
 */
function drawBatch(random, n, batch) {
  const all = batch.length >= n;
  for (let i = 0; i < batch.length; i++) batch[i] = all ? i : Math.floor(random() * n);
}

/** Which layers learn: whether weights and biases of layer k do, for k = 0 … the last. */
function learningParts(layers, count, outputBias) {
  return Array.from({ length: count }, (_, k) => {
    const isLast = k === count - 1;
    const learns = layers === "all" || layers === (isLast ? "output" : "hidden");
    return { weights: learns, biases: learns && (outputBias || !isLast) };
  });
}

/** Steps θ ← θ − rate · gradient of a batch, which change a network in place. */
class Descent {
  /** layers: all, output or hidden; without outputBias the constant is kept. */
  constructor(network, points, { rate, batch, layers }, outputBias = true, random = null) {
    const n = points.x.length;
    this.network = network;
    this.points = points;
    this.rate = rate;
    this.random = random;
    this.batch = new Int32Array(Math.min(Math.floor(batch), n));
    this.backprop = network.deep ? new Backprop(network) : new ShallowBackprop(network);
    this.learns = learningParts(layers, network.weights.length, outputBias);
  }

  /** One step on a batch that is drawn. */
  step() {
    drawBatch(this.random, this.points.x.length, this.batch);
    this.stepOn(this.batch);
  }

  /** One step on the points with these indices. */
  stepOn(batch) {
    const { network, backprop, learns, rate } = this;
    const { x, y } = this.points;
    const share = 1 / batch.length;
    backprop.clear();
    for (let i = 0; i < batch.length; i++) backprop.add(x[batch[i]], y[batch[i]], share);
    for (let k = 0; k < learns.length; k++) {
      if (learns[k].weights) stepAgainst(network.weights[k], backprop.dW[k], rate);
      if (learns[k].biases) stepAgainst(network.biases[k], backprop.db[k], rate);
    }
  }
}

function stepAgainst(parameters, gradient, rate) {
  for (let i = 0; i < parameters.length; i++) parameters[i] -= rate * gradient[i];
}
