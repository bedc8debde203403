// Backpropagation through a network of any depth, in the letters of the textbook.

/** Gradients of squared errors, added up point by point in arrays that are made once. */
class Backprop extends ForwardPass {
  constructor(network) {
    super(network);
    this.delta = this.a.map((layer) => new Float64Array(layer.length));
    /** The gradient so far, in the shapes of the network's weights and biases. */
    this.dW = network.weights.map((W) => new Float64Array(W.length));
    this.db = network.biases.map((b) => new Float64Array(b.length));
  }

  /** Begin a new sum. */
  clear() {
    for (const part of [...this.dW, ...this.db]) part.fill(0);
  }

  /** Add the gradient of share · (f(x) − y)². */
  add(x, y, share) {
    const { network, layers, a, delta, dW, db } = this;
    delta[layers][0] = 2 * share * (this.at(x) - y);
    for (let k = layers - 1; k >= 0; k--) {
      addOuter(a[k], delta[k + 1], dW[k], db[k]);
      if (k > 0) passBack(network.weights[k], a[k], delta[k + 1], delta[k]);
    }
  }
}

/** ∂W += aᵀ δ, ∂b += δ. */
function addOuter(a, delta, dW, db) {
  const n = delta.length;
  for (let j = 0; j < n; j++) db[j] += delta[j];
  for (let i = 0; i < a.length; i++) {
    const value = a[i];
    if (value === 0) continue; // an inactive unit gets nothing
    for (let j = 0, at = i * n; j < n; j++, at++) dW[at] += value * delta[j];
  }
}

/** The δ of the layer before: before ← δ Wᵀ where a > 0, else 0. */
function passBack(W, a, delta, before) {
  const n = delta.length;
  for (let i = 0; i < a.length; i++) {
    let sum = 0;
    if (a[i] !== 0) for (let j = 0, at = i * n; j < n; j++, at++) sum += W[at] * delta[j];
    before[i] = sum;
  }
}
