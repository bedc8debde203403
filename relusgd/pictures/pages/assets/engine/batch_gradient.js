// The gradient of a batch whose points are sorted by x, through one hidden layer. A unit is active
// on a run of such points, so its sums have no branches.

class SortedBatchGradient {
  /**
   * network: read anew at every batch; most: points in a batch; dW, db: where the gradient goes.
   */
  constructor(network, most, { weights: dW, biases: db }) {
    this.network = network;
    this.dW = dW;
    this.db = db;
    this.residual = new Float64Array(most);
    this.first = new Int32Array(network.width);
    this.stop = new Int32Array(network.width);
  }

  /** Write the gradient of the mean of (f(x) − y)² over the first n points. */
  write(x, y, n) {
    this.findResiduals(x, y, n);
    const { network, residual, first, stop } = this;
    const [dw, dv] = this.dW;
    const [dBias, dOffset] = this.db;
    const { slope: w, bias: b, outputWeight: v } = network;
    let total = 0;
    for (let i = 0; i < n; i++) total += residual[i];
    dOffset[0] = total;
    for (let j = 0; j < w.length; j++) {
      let sum = 0;
      let moment = 0;
      for (let i = first[j]; i < stop[j]; i++) {
        sum += residual[i];
        moment += residual[i] * x[i];
      }
      dv[j] = w[j] * moment + b[j] * sum;
      dw[j] = v[j] * moment;
      dBias[j] = v[j] * sum;
    }
  }

  /** The mean of (f(x) − y)² over the first n points. */
  loss(x, y, n) {
    this.findResiduals(x, y, n);
    return meanSquare(this.residual, n);
  }

  /** 2/n (f(x) − y) of every point, and on which of them each unit is active. */
  findResiduals(x, y, n) {
    const { network, residual, first, stop } = this;
    const { slope: w, bias: b, outputWeight: v, outputBias } = network;
    for (let i = 0; i < n; i++) residual[i] = outputBias - y[i];
    for (let j = 0; j < w.length; j++) {
      const turn = firstOtherSide(w[j], b[j], x, n);
      first[j] = w[j] > 0 ? turn : 0;
      stop[j] = w[j] > 0 ? n : turn;
      const rise = v[j] * w[j];
      const height = v[j] * b[j];
      for (let i = first[j]; i < stop[j]; i++) residual[i] += rise * x[i] + height;
    }
    const share = 2 / n;
    for (let i = 0; i < n; i++) residual[i] *= share;
  }
}

/** The loss of n points by their residuals 2/n (f(x) − y). */
function meanSquare(residual, n) {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += residual[i] * residual[i];
  return (sum * n) / 4;
}

/** The gradient of a network over batches of so many points at most. */
function batchGradientOf(network, most, parts) {
  const BatchGradient = network.deep ? DeepBatchGradient : SortedBatchGradient;
  return new BatchGradient(network, most, parts);
}

/** Of n ascending x, the first one on which w x + b > 0 begins to hold, or to fail where w ≤ 0. */
function firstOtherSide(w, b, x, n) {
  const isRising = w > 0;
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (w * x[middle] + b > 0 === isRising) high = middle;
    else low = middle + 1;
  }
  return low;
}
