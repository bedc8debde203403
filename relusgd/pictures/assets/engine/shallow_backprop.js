// Backpropagation through one hidden layer, f(x) = c + Σ_j v_j relu(w_j x + b_j): the same sums as
// `Backprop`, in two loops over the units, of which the second sees the active ones alone.

class ShallowBackprop {
  constructor(network) {
    const H = network.width;
    this.network = network;
    this.a = new Float64Array(H);
    this.active = new Int32Array(H);
    /** The gradient so far, in the shapes of the network's weights and biases. */
    this.dW = [new Float64Array(H), new Float64Array(H)];
    this.db = [new Float64Array(H), new Float64Array(1)];
  }

  /** Begin a new sum. */
  clear() {
    const { dW, db } = this;
    dW[0].fill(0);
    dW[1].fill(0);
    db[0].fill(0);
    db[1].fill(0);
  }

  /** Add the gradient of share · (f(x) − y)². */
  add(x, y, share) {
    const { network, a, active, dW, db } = this;
    const w = network.weights[0];
    const b = network.biases[0];
    const v = network.weights[1];
    let f = network.biases[1][0];
    let count = 0;
    for (let j = 0; j < w.length; j++) {
      const z = w[j] * x + b[j];
      if (z <= 0) continue; // nan goes on, and is seen in f
      a[count] = z;
      active[count] = j;
      count += 1;
      f += v[j] * z;
    }
    const delta = 2 * share * (f - y);
    const [dw, dv] = dW;
    const dBias = db[0];
    for (let i = 0; i < count; i++) {
      const j = active[i];
      const passed = delta * v[j];
      dv[j] += delta * a[i];
      dBias[j] += passed;
      dw[j] += passed * x;
    }
    db[1][0] += delta;
  }
}
