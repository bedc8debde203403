// A run as the page was told of it: its snapshots and its points.

class Run {
  constructor(told, number, points) {
    this.number = number;
    this.title = told.title;
    this.name = told.title.length > 40 ? told.short : told.title;
    this.hidden = told.hidden;
    const { training, ...start } = told.start;
    this.start = { ...start, training: { ...USUAL_TRAINING, ...training } };
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
    this.references = unpackedReferences(told.references);
    this.sharpness = told.sharpness && new SharpnessCourse(told.sharpness);
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

  /** What there is to say of a first-layer unit. */
  unit(network, unit) {
    return unitFacts(network, this.points, unit);
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
