// The gradient of a batch whose points are sorted by x, through two hidden layers or more. Units of
// the first layer are active on a run of such points, so the sums over them are running sums along
// x; the layers behind the second are gone through point by point, a unit at a time.

class DeepBatchGradient {
  /**
   * network: read anew at every batch; most: points in a batch; dW, db: where the gradient goes.
   */
  constructor(network, most, { weights: dW, biases: db }) {
    this.network = network;
    this.dW = dW;
    this.db = db;
    this.most = most;
    const table = (width) => new Float64Array(width * most);
    const { hidden } = network;
    /** The outputs of hidden layers 2, 3, …: of every unit a row over the points. */
    this.outputs = hidden.slice(1).map(table);
    /** Of the same units: the derivative of the loss with respect to their input. */
    this.deltas = hidden.slice(1).map(table);
    this.residual = new Float64Array(most);
    this.runs = new ActiveRuns(hidden[0]);
    this.sums = new Float64Array(2 * hidden[0]);
    this.running = new Float64Array(2 * (most + 1));
  }

  /** Write the gradient of the mean of (f(x) − y)² over the first n points. */
  write(x, y, n) {
    const { hidden } = this.network;
    this.findResiduals(x, y, n);
    this.outputLayer(n);
    for (let k = hidden.length - 1; k > 1; k--) this.backward(k, n);
    this.firstLayer(x, n, x[n >> 1]);
  }

  /** The mean of (f(x) − y)² over the first n points. */
  loss(x, y, n) {
    this.findResiduals(x, y, n);
    return meanSquare(this.residual, n);
  }

  /** 2/n (f(x) − y) of every point, and the outputs of all hidden layers. */
  findResiduals(x, y, n) {
    const { network, outputs, residual, most } = this;
    const { hidden, outputWeight: v, outputBias } = network;
    const center = x[n >> 1];
    this.runs.find(network, x, n, center);
    this.secondLayer(x, n, center);
    for (let k = 2; k < hidden.length; k++) this.forward(k, n);
    const a = outputs[hidden.length - 2];
    for (let p = 0; p < n; p++) residual[p] = outputBias - y[p];
    for (let i = 0; i < v.length; i++)
      for (let p = 0, at = i * most; p < n; p++, at++) residual[p] += v[i] * a[at];
    for (let p = 0; p < n; p++) residual[p] *= 2 / n;
  }

  /**
   * Inputs of the second layer: b_j + Σ_i W_ij (w_i x + b_i) over the units i that are active at x,
   * which come one after the other as x grows (w_i > 0) or falls.
   */
  secondLayer(x, n, center) {
    const { network, runs, outputs, most } = this;
    const W = network.weights[1];
    const bias = network.biases[1];
    const a = outputs[0];
    const width = bias.length;
    const { rising, falling, turn, slope, height } = runs;
    for (let j = 0; j < width; j++) {
      const row = j * most;
      let s = 0;
      let t = bias[j];
      for (let p = 0, u = 0; p < n; p++) {
        for (; u < runs.risingCount && turn[rising[u]] <= p; u++) {
          const i = rising[u];
          const weight = W[i * width + j];
          s += weight * slope[i];
          t += weight * height[i];
        }
        a[row + p] = s * (x[p] - center) + t;
      }
      s = 0;
      t = 0;
      for (let p = n - 1, u = 0; p >= 0; p--) {
        for (; u < runs.fallingCount && turn[falling[u]] > p; u++) {
          const i = falling[u];
          const weight = W[i * width + j];
          s += weight * slope[i];
          t += weight * height[i];
        }
        const z = a[row + p] + (s * (x[p] - center) + t);
        a[row + p] = rectified(z);
      }
    }
  }

  /** Outputs of the hidden layer with index k from those of the layer before. */
  forward(k, n) {
    const { network, outputs, most } = this;
    const before = outputs[k - 2];
    const a = outputs[k - 1];
    const W = network.weights[k];
    const bias = network.biases[k];
    const width = bias.length;
    const count = network.hidden[k - 1];
    for (let j = 0; j < width; j++) {
      const row = j * most;
      for (let p = 0; p < n; p++) a[row + p] = bias[j];
      for (let i = 0; i < count; i++) {
        const weight = W[i * width + j];
        const from = i * most;
        for (let p = 0; p < n; p++) a[row + p] += weight * before[from + p];
      }
      for (let p = 0; p < n; p++) a[row + p] = rectified(a[row + p]);
    }
  }

  /** The gradient of the output layer, and the deltas before it. */
  outputLayer(n) {
    const { network, outputs, deltas, residual, most } = this;
    const last = network.hidden.length;
    const a = outputs[last - 2];
    const delta = deltas[last - 2];
    const { outputWeight: v } = network;
    const dv = this.dW[last];
    let total = 0;
    for (let p = 0; p < n; p++) total += residual[p];
    this.db[last][0] = total;
    for (let i = 0; i < v.length; i++) {
      let sum = 0;
      for (let p = 0, at = i * most; p < n; p++, at++) {
        sum += residual[p] * a[at];
        delta[at] = a[at] > 0 ? v[i] * residual[p] : 0;
      }
      dv[i] = sum;
    }
  }

  /** The gradient of the weights into the hidden layer with index k, and the deltas before it. */
  backward(k, n) {
    const { network, outputs, deltas, most } = this;
    const before = outputs[k - 2];
    const delta = deltas[k - 1];
    const deltaBefore = deltas[k - 2];
    const W = network.weights[k];
    const width = network.hidden[k];
    const dW = this.dW[k];
    sumRows(delta, this.db[k], most, n);
    for (let i = 0; i < network.hidden[k - 1]; i++) {
      const from = i * most;
      for (let p = 0; p < n; p++) deltaBefore[from + p] = 0;
      for (let j = 0; j < width; j++) {
        const row = j * most;
        const weight = W[i * width + j];
        let sum = 0;
        for (let p = 0; p < n; p++) {
          const value = delta[row + p];
          sum += before[from + p] * value;
          deltaBefore[from + p] += weight * value;
        }
        dW[i * width + j] = sum;
      }
      for (let p = 0; p < n; p++) if (!(before[from + p] > 0)) deltaBefore[from + p] = 0;
    }
  }

  /**
   * The gradients of the first two layers. M0 and M1, the sums of δ_j and of (x − center) δ_j over
   * the points on which unit i is active, are running sums up to the point where it turns:
   * ∂W_ij = w_i M1 + (w_i center + b_i) M0, and Σ_j W_ij M is what reaches unit i.
   */
  firstLayer(x, n, center) {
    const { network, runs, deltas, most, sums, running } = this;
    const W = network.weights[1];
    const dW = this.dW[1];
    const delta = deltas[0];
    const width = network.hidden[1];
    const H = network.width;
    sumRows(delta, this.db[1], most, n);
    sums.fill(0);
    for (let j = 0; j < width; j++) {
      const row = j * most;
      // of the units that rise: sums from the end
      running[2 * n] = 0;
      running[2 * n + 1] = 0;
      for (let p = n - 1; p >= 0; p--) {
        running[2 * p] = running[2 * p + 2] + delta[row + p];
        running[2 * p + 1] = running[2 * p + 3] + delta[row + p] * (x[p] - center);
      }
      for (let u = 0; u < runs.risingCount; u++) this.reach(runs.rising[u], j, W, dW, width);
      // of those that fall: sums from the start
      running[0] = 0;
      running[1] = 0;
      for (let p = 0; p < n; p++) {
        running[2 * p + 2] = running[2 * p] + delta[row + p];
        running[2 * p + 3] = running[2 * p + 1] + delta[row + p] * (x[p] - center);
      }
      for (let u = 0; u < runs.fallingCount; u++) this.reach(runs.falling[u], j, W, dW, width);
    }
    const dw = this.dW[0];
    const dBias = this.db[0];
    for (let i = 0; i < H; i++) {
      dw[i] = sums[2 * i + 1] + center * sums[2 * i];
      dBias[i] = sums[2 * i];
    }
  }

  /** What unit j of the second layer passes to unit i of the first, and to the weight between. */
  reach(i, j, W, dW, width) {
    const { runs, running, sums } = this;
    const at = 2 * runs.turn[i];
    const sum = running[at];
    const moment = running[at + 1];
    const place = i * width + j;
    dW[place] = runs.slope[i] * moment + runs.height[i] * sum;
    sums[2 * i] += W[place] * sum;
    sums[2 * i + 1] += W[place] * moment;
  }
}

/** On which of the sorted points of a batch the units of a first layer are active. */
class ActiveRuns {
  constructor(width) {
    /** Where a unit turns: active from this point on (w > 0), or before it. */
    this.turn = new Int32Array(width);
    this.slope = new Float64Array(width);
    /** w center + b. */
    this.height = new Float64Array(width);
    /** The units with w > 0, in the order in which they become active as x grows. */
    this.rising = new Int32Array(width);
    /** The others, in the order in which they become active as x falls. */
    this.falling = new Int32Array(width);
    this.risingCount = 0;
    this.fallingCount = 0;
  }

  find({ slope: w, bias: b }, x, n, center) {
    const { turn, slope, height, rising, falling } = this;
    this.risingCount = 0;
    this.fallingCount = 0;
    for (let i = 0; i < w.length; i++) {
      turn[i] = firstOtherSide(w[i], b[i], x, n);
      slope[i] = w[i];
      height[i] = w[i] * center + b[i];
      if (w[i] > 0) {
        insert(rising, this.risingCount, i, turn, 1);
        this.risingCount += 1;
      } else {
        insert(falling, this.fallingCount, i, turn, -1);
        this.fallingCount += 1;
      }
    }
  }
}

/** Put a unit into a list of so many that is sorted by sign · turn. */
function insert(list, count, unit, turn, sign) {
  let at = count;
  const key = sign * turn[unit];
  for (; at > 0 && sign * turn[list[at - 1]] > key; at--) list[at] = list[at - 1];
  list[at] = unit;
}

/** sums[j] ← the sum of the first n numbers of row j. */
function sumRows(table, sums, most, n) {
  for (let j = 0; j < sums.length; j++) {
    let sum = 0;
    for (let p = 0, at = j * most; p < n; p++, at++) sum += table[at];
    sums[j] = sum;
  }
}
