// Stochastic gradient descent on the mean squared error of a batch, for any depth, in the letters
// of the textbook.

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
 * Indices of a batch of size B out of n points, drawn with replacement; all points where B is not
 * below n.
 */
function drawBatch(random, n, B) {
  return B >= n
    ? Array.from({ length: n }, (_, i) => i)
    : Array.from({ length: B }, () => Math.floor(random() * n));
}

/**
 * The gradient of the mean of (f(x_i) − y_i)² over the batch, as {weights, biases} in the shapes of
 * the network's.
 */
function gradient(network, points, batch) {
  const L = network.weights.length;
  const dW = network.weights.map((W) => new Float64Array(W.length));
  const db = network.biases.map((b) => new Float64Array(b.length));
  for (const i of batch) {
    const a = [[points.x[i]]];
    for (let k = 0; k + 1 < L; k++) a.push(reluLayer(a[k], network.weights[k], network.biases[k]));
    const f = affine(a[L - 1], network.weights[L - 1], network.biases[L - 1])[0];
    /** @type {ArrayLike<number>} */
    let delta = [(2 / batch.length) * (f - points.y[i])];
    for (let k = L - 1; k >= 0; k--)
      delta = backward(network.weights[k], a[k], delta, dW[k], db[k], k > 0);
  }
  return { weights: dW, biases: db };
}

/**
 * One layer of the reverse pass: ∂W += aᵀ δ, ∂b += δ; gives δ Wᵀ where a > 0, the δ of the layer
 * before.
 */
function backward(W, a, delta, dW, db, wanted) {
  const n = delta.length;
  const before = new Float64Array(wanted ? a.length : 0);
  for (let j = 0; j < n; j++) db[j] += delta[j];
  for (let i = 0; i < a.length; i++) {
    if (!(a[i] !== 0)) continue; // an inactive unit gets and passes on nothing
    let sum = 0;
    for (let j = 0; j < n; j++) {
      dW[i * n + j] += a[i] * delta[j];
      sum += W[i * n + j] * delta[j];
    }
    if (wanted) before[i] = sum;
  }
  return before;
}

/**
 * θ ← θ − rate · gradient of the batch, in place; layers: all, output or hidden; without outputBias
 * the constant is kept.
 */
function descend(network, points, batch, rate, layers = "all", outputBias = true) {
  const g = gradient(network, points, batch);
  const last = network.weights.length - 1;
  for (let k = 0; k <= last; k++) {
    if (layers === (k === last ? "hidden" : "output")) continue;
    for (let i = 0; i < g.weights[k].length; i++) network.weights[k][i] -= rate * g.weights[k][i];
    if (k === last && !outputBias) continue;
    for (let i = 0; i < g.biases[k].length; i++) network.biases[k][i] -= rate * g.biases[k][i];
  }
}
