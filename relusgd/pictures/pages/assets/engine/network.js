// A fully connected ReLU network of one input and one output: a_k = relu(a_{k-1} W_k + b_k), f =
// a_L W_{L+1} + b_{L+1}.

class Network {
  /**
   * hidden: widths; weights[k]: (fan_in × fan_out) by rows, biases[k]: (fan_out), Float64Arrays.
   */
  constructor(hidden, weights, biases) {
    this.hidden = hidden;
    this.weights = weights;
    this.biases = biases;
  }

  get deep() {
    return this.hidden.length > 1;
  }
  get width() {
    return this.hidden[0];
  }
  get slope() {
    return this.weights[0];
  }
  get bias() {
    return this.biases[0];
  }
  get outputWeight() {
    return this.weights[this.weights.length - 1];
  }
  get outputBias() {
    return this.biases[this.biases.length - 1][0];
  }

  copy() {
    return new Network(
      this.hidden,
      this.weights.map((w) => w.slice()),
      this.biases.map((b) => b.slice()),
    );
  }

  /** −bias/slope, where the unit switches; nan where the slope is 0. */
  elbow(unit) {
    return this.slope[unit] === 0 ? NaN : -this.bias[unit] / this.slope[unit];
  }

  /** Move a unit's elbow, keeping its slope. */
  placeElbow(unit, x) {
    this.bias[unit] = -x * this.slope[unit];
  }

  /**
   * How much a unit bends the function: |w|·|outgoing weights|, for one hidden layer |slope
   * change|.
   */
  bending(unit) {
    const W = this.weights[1];
    const n = this.biases[1].length;
    let sum = 0;
    for (let k = 0; k < n; k++) sum += W[unit * n + k] ** 2;
    return Math.abs(this.slope[unit]) * Math.sqrt(sum);
  }

  isFinite() {
    return [...this.weights, ...this.biases].every((part) => part.every(Number.isFinite));
  }

  /** The outputs of the last hidden layer at x. */
  features(x) {
    const pass = new ForwardPass(this);
    pass.at(x);
    return pass.a[this.hidden.length];
  }

  /** f(x). */
  at(x) {
    return new ForwardPass(this).at(x);
  }

  /** The mean squared error over points {x, y}; nan without any. */
  mse(points) {
    const pass = new ForwardPass(this);
    const n = points.x.length;
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const residual = pass.at(points.x[i]) - points.y[i];
      sum += residual * residual;
    }
    return n ? sum / n : NaN;
  }

  /** How many of these x a first-layer unit is active on. */
  activePoints(unit, xs) {
    const w = this.slope[unit];
    const b = this.bias[unit];
    let count = 0;
    for (const x of xs) if (w * x + b > 0) count += 1;
    return count;
  }

  /** How many units of all hidden layers are active on none of these x. */
  deadUnits(xs) {
    const pass = new ForwardPass(this);
    const seen = this.hidden.map((n) => new Uint8Array(n));
    for (const x of xs) {
      pass.at(x);
      seen.forEach((units, k) => {
        for (let j = 0; j < units.length; j++) if (pass.a[k + 1][j] > 0) units[j] = 1;
      });
    }
    return seen.reduce((sum, units) => sum + units.filter((active) => !active).length, 0);
  }

  /** The straight pieces of f on [low, high]: see `Pieces`. */
  pieces(low, high) {
    return this.deep ? deepPieces(this, low, high) : shallowPieces(this, low, high);
  }
}

/** relu; nan stays nan. */
function rectified(z) {
  if (z > 0) return z;
  return z <= 0 ? 0 : NaN;
}

/** One pass after another through a network, in arrays that are made once. */
class ForwardPass {
  /** network: read anew at every pass, so it may change between two of them. */
  constructor(network) {
    const widths = [1, ...network.hidden, 1];
    this.network = network;
    this.layers = network.weights.length;
    /** The values of every layer at the last x, the input first, the output last. */
    this.a = widths.map((n) => new Float64Array(n));
  }

  /** f(x). */
  at(x) {
    const { network, layers, a } = this;
    a[0][0] = x;
    for (let k = 0; k < layers; k++) {
      intoAffine(a[k], network.weights[k], network.biases[k], a[k + 1]);
      if (k + 1 < layers) rectify(a[k + 1]);
    }
    return a[layers][0];
  }
}

/** z ← a W + b. */
function intoAffine(a, W, b, z) {
  const n = b.length;
  if (n === 1) {
    let sum = b[0];
    for (let i = 0; i < a.length; i++) if (a[i] !== 0) sum += a[i] * W[i];
    z[0] = sum;
    return;
  }
  for (let j = 0; j < n; j++) z[j] = b[j];
  for (let i = 0; i < a.length; i++) {
    const value = a[i];
    if (value === 0) continue;
    for (let j = 0, at = i * n; j < n; j++, at++) z[j] += value * W[at];
  }
}

/** z ← relu(z); nan stays nan. */
function rectify(z) {
  for (let j = 0; j < z.length; j++) if (!(z[j] > 0)) z[j] = z[j] <= 0 ? 0 : NaN;
}

/**
 * Pieces: x, y: the corners, first and last on the ends; kink: |change of f′| and layer: whose unit
 * switches, at each corner (0 at the ends); active: how many units are active between corner i and
 * i + 1. Corners where f′ does not change may be among them.
 */
function shallowPieces(network, low, high) {
  const { slope: w, bias: b, outputWeight: v, width: H } = network;
  const middle = (low + high) / 2;
  const elbow = new Float64Array(H);
  const inside = [];
  let s = 0;
  let t = network.outputBias;
  let count = 0;
  for (let j = 0; j < H; j++) {
    elbow[j] = network.elbow(j);
    if (elbow[j] > low && elbow[j] < high) inside.push(j);
    if (w[j] * low + b[j] > 0 || (elbow[j] === low && w[j] > 0)) {
      s += v[j] * w[j];
      t += v[j] * (b[j] + w[j] * middle);
      count += 1;
    }
  }
  inside.sort((i, j) => elbow[i] - elbow[j]);
  const x = [low];
  const y = [s * (low - middle) + t];
  const kink = [0];
  const active = [count];
  for (let k = 0; k < inside.length;) {
    const at = elbow[inside[k]];
    let jump = 0;
    // units that share an elbow bend the line by the sum of their jumps, which may be 0
    for (; k < inside.length && elbow[inside[k]] === at; k++) {
      const j = inside[k];
      const sign = Math.sign(w[j]);
      jump += v[j] * Math.abs(w[j]);
      s += sign * v[j] * w[j];
      t += sign * v[j] * (b[j] + w[j] * middle);
      count += sign;
    }
    x.push(at);
    y.push(s * (at - middle) + t);
    kink.push(Math.abs(jump));
    active.push(count);
  }
  x.push(high);
  y.push(s * (high - middle) + t);
  kink.push(0);
  return { x, y, kink, layer: new Uint8Array(x.length).fill(1), active };
}

/**
 * Layer by layer: between the corners so far a unit's input is a straight line, so it switches at
 * most once.
 */
function deepPieces(network, low, high) {
  let x = [low, high];
  let layer = [0, 0];
  let active = [0];
  let a = [[low], [high]];
  network.hidden.forEach((n, k) => {
    const z = a.map((row) => affine(row, network.weights[k], network.biases[k]));
    const cut = cutAtCrossings({ x, layer, active, z }, n, k + 1);
    ({ x, layer, active } = cut);
    a = cut.z.map((row) => row.map(rectified));
  });
  const last = network.hidden.length;
  const y = a.map((row) => affine(row, network.weights[last], network.biases[last])[0]);
  const kink = x.map((_, i) =>
    i === 0 || i === x.length - 1
      ? 0
      : Math.abs((y[i + 1] - y[i]) / (x[i + 1] - x[i]) - (y[i] - y[i - 1]) / (x[i] - x[i - 1])),
  );
  return { x, y, kink, layer, active };
}

function affine(a, W, b) {
  const z = new Float64Array(b.length);
  intoAffine(a, W, b, z);
  return z;
}

/**
 * The corners and those where one of n units with inputs z at the corners changes sign; active
 * counts these units too.
 */
function cutAtCrossings({ x, layer, active, z }, n, k) {
  const out = { x: [x[0]], layer: [layer[0]], active: [], z: [z[0]] };
  for (let i = 0; i + 1 < x.length; i++) {
    const shares = [];
    for (let j = 0; j < n; j++) {
      const left = z[i][j];
      const right = z[i + 1][j];
      if ((left < 0 && right > 0) || (left > 0 && right < 0)) shares.push(left / (left - right));
    }
    shares.sort((one, other) => one - other);
    let before = x[i];
    for (const share of shares) {
      const at = x[i] + share * (x[i + 1] - x[i]);
      if (!(at > before && at < x[i + 1])) continue;
      before = at;
      out.x.push(at);
      out.layer.push(k);
      out.z.push(z[i].map((value, j) => value + share * (z[i + 1][j] - value)));
    }
    out.x.push(x[i + 1]);
    out.layer.push(layer[i + 1]);
    out.z.push(z[i + 1]);
    while (out.active.length < out.x.length - 1) {
      const end = out.active.length + 1;
      let count = active[i];
      for (let j = 0; j < n; j++) if (out.z[end - 1][j] + out.z[end][j] > 0) count += 1;
      out.active.push(count);
    }
  }
  return out;
}
