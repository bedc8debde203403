// A training: its parameters and all that changes them, step by step. What a step does depends on
// the settings, the start and the number of the step alone, so every course can be had again.

/**
 * Settings of a training where nothing is said, in the names of a config. epochs: the length that a
 * cosine schedule has; nothing else ends with it.
 */
const USUAL_TRAINING = {
  method: "sgd",
  layers: "all",
  batch_size: 40,
  sampling: "replacement",
  learning_rate: 0.02,
  momentum: 0,
  nesterov: false,
  betas: [0.9, 0.999],
  epsilon: 1e-8,
  alpha: 0.99,
  weight_decay: 0,
  decay_biases: true,
  schedule: "constant",
  warmup: 0,
  epochs: 30000,
  label_noise: 0,
  input_noise: 0,
  penalty: 1e-6,
  seed: 0,
};

/** How many numbers a network of these widths has. */
function parameterCount(hidden) {
  return layerShapes(hidden).reduce((sum, [fanIn, fanOut]) => sum + (fanIn + 1) * fanOut, 0);
}

/** [fan-in, fan-out] of every layer, the output layer last. */
function layerShapes(hidden) {
  const widths = [1, ...hidden, 1];
  return widths.slice(1).map((fanOut, k) => [widths[k], fanOut]);
}

/** Parameters in one row (weight 1, bias 1, weight 2, …) as {weights, biases} that share it. */
function partsOf(row, hidden) {
  const weights = [];
  const biases = [];
  let at = 0;
  for (const [fanIn, fanOut] of layerShapes(hidden)) {
    weights.push(row.subarray(at, at + fanIn * fanOut));
    at += fanIn * fanOut;
    biases.push(row.subarray(at, at + fanOut));
    at += fanOut;
  }
  return { weights, biases };
}

/** The network whose parameters stand in one row, which it shares. */
function networkOn(row, hidden) {
  const { weights, biases } = partsOf(row, hidden);
  return new Network(hidden, weights, biases);
}

/** The parameters of a network in one row. */
function rowOfParameters(network) {
  const row = new Float64Array(parameterCount(network.hidden));
  const { weights, biases } = partsOf(row, network.hidden);
  network.weights.forEach((part, k) => weights[k].set(part));
  network.biases.forEach((part, k) => biases[k].set(part));
  return row;
}

/** The first parameter that learns, and the one behind the last. */
function learningRange(hidden, layers, outputBias) {
  const count = parameterCount(hidden);
  const output = count - hidden[hidden.length - 1] - 1;
  const first = layers === "output" ? output : 0;
  if (layers === "hidden") return [first, output];
  return [first, outputBias ? count : count - 1];
}

class Training {
  /**
   * start: all parameters in one row; points: {x, y} of the training, in network units; settings:
   * as USUAL_TRAINING; units: how many original units one network unit of x and y is.
   */
  constructor(start, hidden, points, settings, { units = { x: 1, y: 1 }, outputBias = true } = {}) {
    const n = points.x.length;
    const isFull = settings.batch_size === "full";
    this.hidden = hidden;
    this.points = points;
    this.settings = settings;
    this.theta = start.slice();
    this.network = networkOn(this.theta, hidden);
    this.order = new BatchOrder(
      settings.seed,
      n,
      isFull ? n : settings.batch_size,
      isFull ? "full" : settings.sampling,
    );
    this.outputBias = outputBias;
    this.isRidge = settings.method === "ridge";
    this.optimizer = OPTIMIZERS[settings.method];
    this.memory = Array.from(
      { length: this.optimizer.memory },
      () => new Float64Array(start.length),
    );
    this.gradient = new Float64Array(start.length);
    this.batchX = new Float64Array(this.order.size);
    this.batchY = new Float64Array(this.order.size);
    const parts = partsOf(this.gradient, hidden);
    this.batchGradient = batchGradientOf(this.network, this.order.size, parts);
    /** The settings with the rate that is in force. */
    this.inForce = { ...settings };
    this.epoch = 0;
    const [first, last] = learningRange(hidden, settings.layers, outputBias);
    this.vectors = { theta: this.theta, g: this.gradient, memory: this.memory, first, last };
    this.decay = this.decayOf(settings);
    this.noise = this.noiseOf(settings, units);
    this.step = 0;
  }

  /** The weight decay of parameter i, as a function. */
  decayOf({ weight_decay: decay, decay_biases: alsoBiases }) {
    if (alsoBiases || !decay) return () => decay;
    const each = new Float64Array(this.theta.length).fill(decay);
    for (const bias of partsOf(each, this.hidden).biases) bias.fill(0);
    return (i) => each[i];
  }

  noiseOf({ label_noise: onY, input_noise: onX, seed }, units) {
    const { size } = this.order;
    const rows = (amount, purpose) => (amount > 0 ? new NoiseRows(seed, purpose, size) : null);
    return {
      x: rows(onX, PURPOSES.inputNoise),
      y: rows(onY, PURPOSES.labelNoise),
      onX: onX / units.x,
      onY: onY / units.y,
    };
  }

  /** Take so many steps. */
  advance(count) {
    for (let i = 0; i < count; i++) this.takeStep();
  }

  /** The step with which it ends; infinite where nothing ends it. */
  get lastStep() {
    return lastStepOf(this.settings, this.order.stepsPerEpoch);
  }

  takeStep() {
    if (this.isRidge) {
      this.solve();
      return;
    }
    this.takeRate();
    this.findGradient(this.step);
    this.step += 1;
    this.optimizer.update(this.vectors, this.inForce, this.decay, this.step);
  }

  /** The rate of the epoch that the next step belongs to. */
  takeRate() {
    const epoch = Math.floor(this.step / this.order.stepsPerEpoch) + 1;
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.inForce.learning_rate = rateOf(this.settings, epoch);
  }

  /** Ridge regression: its one step is the solution. */
  solve() {
    const { network, points, settings, outputBias } = this;
    const solved = ridgeNetwork(network, points, settings.penalty, outputBias);
    this.theta.set(rowOfParameters(solved));
    this.step += 1;
  }

  /** The gradient of the batch of a step, counted from 0. */
  findGradient(step) {
    const n = this.gather(step);
    this.batchGradient.write(this.batchX, this.batchY, n);
  }

  /** Write the points of a batch by increasing x, with their noise; how many they are. */
  gather(step) {
    const { batchX, batchY, noise } = this;
    const { x, y } = this.points;
    // noise belongs to the points in the order in which they were drawn
    const hasNoise = noise.x || noise.y;
    const drawn = this.order.batch(step);
    const batch = hasNoise ? drawn : this.inOrder(drawn);
    for (let i = 0; i < batch.length; i++) {
      batchX[i] = x[batch[i]];
      batchY[i] = y[batch[i]];
    }
    if (noise.x) addTo(batchX, noise.x.row(step), noise.onX, batch.length);
    if (noise.y) addTo(batchY, noise.y.row(step), noise.onY, batch.length);
    if (hasNoise) this.sortBatch(batch.length);
    return batch.length;
  }

  /** The same points by increasing x; the training points are. */
  inOrder(batch) {
    if (this.order.sampling === "full") return batch;
    // a shuffled epoch has further batches in the same array
    const copy = this.order.sampling === "shuffle" ? batch.slice() : batch;
    return copy.sort();
  }

  /** Sort the gathered points by x. */
  sortBatch(n) {
    const { batchX, batchY } = this;
    const places = Array.from({ length: n }, (_, i) => i).sort((i, j) => batchX[i] - batchX[j]);
    const x = places.map((i) => batchX[i]);
    const y = places.map((i) => batchY[i]);
    batchX.set(x);
    batchY.set(y);
  }

  /** All that going on needs. */
  get state() {
    return {
      step: this.step,
      theta: this.theta.slice(),
      memory: this.memory.map((vector) => vector.slice()),
    };
  }

  set state({ step, theta, memory }) {
    this.step = step;
    this.theta.set(theta);
    memory.forEach((vector, i) => this.memory[i].set(vector));
  }

  get isFinite() {
    return this.theta.every(Number.isFinite);
  }
}

/** values ← values + deviation · numbers, of the first n. */
function addTo(values, numbers, deviation, n) {
  for (let i = 0; i < n; i++) values[i] += deviation * numbers[i];
}
