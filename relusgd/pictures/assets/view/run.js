// A run as the page was told of it: its snapshots and its points.

class Run {
  constructor(told, number, points) {
    this.number = number;
    this.title = told.title;
    this.name = told.title.length > 40 ? told.short : told.title;
    this.hidden = told.hidden;
    this.start = told.start;
    this.points = points;
    this.epoch = told.epoch;
    this.step = told.step;
    this.metrics = Object.fromEntries(
      Object.entries(told.metrics).map(([name, text]) => [name, unpack(text)]),
    );
    this.errors = Object.fromEntries(
      Object.entries(told.errors).map(([name, parts]) => [name, unpackAll(parts)]),
    );
    this.weights = told.weights ? told.weights.map(unpack) : null;
    this.biases = told.biases ? told.biases.map(unpack) : null;
    this.cells = told.cells ? unpackAll(told.cells) : null;
    this.remembered = new Map();
  }

  get length() {
    return this.epoch.length;
  }
  get deep() {
    return this.hidden.length > 1;
  }
  get width() {
    return this.hidden[0];
  }
  get stepsPerEpoch() {
    const last = this.length - 1;
    return this.step[last] / this.epoch[last] || 1;
  }
  /** Whether units go along one by one. */
  get hasUnits() {
    return !this.cells;
  }

  /** The index of the last snapshot until this epoch. */
  rowAt(epoch) {
    return Math.max(countUpTo(this.epoch, epoch) - 1, 0);
  }

  /** The network of a snapshot, in network units. */
  network(row) {
    const part = (all) =>
      Float64Array.from(
        all.subarray((row * all.length) / this.length, ((row + 1) * all.length) / this.length),
      );
    return this.recall(
      `network ${row}`,
      () => new Network(this.hidden, this.weights.map(part), this.biases.map(part)),
    );
  }

  /** The straight pieces of the learned function over the domain, in original units. */
  pieces(row) {
    return this.recall(`pieces ${row}`, () =>
      this.cells ? this.cellPieces(row) : this.piecesOf(this.network(row)),
    );
  }

  piecesOf(network) {
    const p = network.pieces(...this.points.inside);
    return { ...p, x: p.x.map(this.points.toX), y: p.y.map(this.points.toY) };
  }

  cellPieces(row) {
    const y = rowOf(this.cells.y, row, this.length);
    const [low, high] = this.points.domain;
    const x = Float64Array.from(y, (_, i) => low + ((high - low) * i) / (y.length - 1));
    const nothing = new Uint8Array(y.length);
    return {
      x,
      y,
      kink: nothing,
      layer: nothing,
      active: rowOf(this.cells.active, row, this.length),
    };
  }

  /** How many first-layer elbows lie in the domain. */
  elbowsInside(row) {
    if (this.cells) return this.cells.inside[row];
    return this.recall(`inside ${row}`, () =>
      elbowsInside(this.network(row), ...this.points.inside),
    );
  }

  /** What the last few snapshots gave; playing asks for each of them several times. */
  recall(key, compute) {
    if (!this.remembered.has(key)) {
      if (this.remembered.size > 60) this.remembered.clear();
      this.remembered.set(key, compute());
    }
    return this.remembered.get(key);
  }

  /**
   * What there is to say of a first-layer unit, in original units; outputWeight and change are nan
   * in deep networks.
   */
  unit(network, unit) {
    const { xUnit, yUnit, toX, fromX, train } = this.points;
    const slope = network.slope[unit] / xUnit;
    const weight = this.deep ? NaN : network.outputWeight[unit] * yUnit;
    return {
      elbow: toX(network.elbow(unit)),
      slope,
      bias: network.bias[unit] + network.slope[unit] * fromX(0),
      weight,
      change: weight * Math.abs(slope),
      active: network.activePoints(unit, train.x),
    };
  }

  /** A unit's elbow at a snapshot, in original units; not finite where it has none. */
  elbowAt(row, unit) {
    const at = row * this.width + unit;
    return this.points.toX(-this.biases[0][at] / this.weights[0][at]);
  }
}

/** The points that a page was told of. */
function unpackedPoints(told) {
  const points = Object.fromEntries(
    Object.entries(told.points).map(([name, { x, y, of }]) => [
      name,
      { x: unpack(x), y: unpack(y), of },
    ]),
  );
  return new Points({ ...told, truth: told.truth && unpack(told.truth), points });
}

const unpackAll = (texts) =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, unpack(text)]));
const rowOf = (all, row, rows) =>
  all.subarray((row * all.length) / rows, ((row + 1) * all.length) / rows);

/**
 * Of a wide layer: how much the units whose elbows lie in equal parts of the domain bend the
 * function, up and down.
 */
function bendsOf(run, row, network, bars) {
  if (run.cells)
    return {
      up: rowOf(run.cells.up, row, run.length),
      down: rowOf(run.cells.down, row, run.length),
    };
  const up = new Float64Array(bars);
  const down = new Float64Array(bars);
  const [low, high] = run.points.inside;
  for (let j = 0; j < network.width; j++) {
    const bar = Math.floor(((network.elbow(j) - low) / (high - low)) * bars);
    if (bar >= 0 && bar < bars)
      (run.deep || network.outputWeight[j] > 0 ? up : down)[bar] += network.bending(j);
  }
  return { up, down };
}
