// What if: a network changed by hand, by the closed form, or by going on with SGD; nothing of it
// touches the recorded run.

const MOST_SOLVED = 1500; // unknowns of a closed form that a browser solves in bearable time
const SLICE = 12; // milliseconds of steps between two pictures

class Experiment {
  /** changed(): after every change. */
  constructor(changed) {
    this.changed = changed;
    this.run = null;
    this.network = null;
    this.running = false;
    this.steps = 0;
    this.note = "";
    this.version = 0;
    this.stable = new StableRate(changed);
  }

  get on() {
    return this.network !== null;
  }

  /** Begin with a recorded network, or begin anew. */
  begin(run, row) {
    this.run = run;
    this.running = false;
    this.steps = 0;
    this.note = "";
    this.network = run.network(row).copy();
    this.rate = run.metrics.learning_rate[row];
    this.stable.forget();
    this.networkChanged();
  }

  networkChanged() {
    this.version += 1;
    this.changed();
  }

  end() {
    this.run = null;
    this.network = null;
    this.running = false;
    this.note = "";
    this.stable.forget();
    this.changed();
  }

  errors() {
    const {
      network,
      run: { points },
    } = this;
    const scale = points.yUnit ** 2;
    return { train: network.mse(points.train) * scale, test: network.mse(points.test) * scale };
  }

  /** x in original units. */
  placeElbow(unit, x) {
    this.network.placeElbow(unit, this.run.points.fromX(x));
    this.networkChanged();
  }

  /** weight: of the unit in the output, in original units. */
  setWeight(unit, weight) {
    this.network.outputWeight[unit] = weight / this.run.points.yUnit;
    this.networkChanged();
  }

  /**
   * Where a unit's contribution is dragged: a quarter of the domain beyond its elbow, or at the
   * end; in original units.
   */
  handle(unit, [low, high]) {
    const { network, run } = this;
    const { domain, inside, toX, toY, baseline } = run.points;
    const w = network.slope[unit];
    if (network.deep || w === 0) return null;
    const away = 0.25 * (inside[1] - inside[0]);
    const x = clamp(network.elbow(unit) + Math.sign(w) * away, ...inside);
    const lift = Math.max(w * x + network.bias[unit], 0);
    const y = toY(network.outputWeight[unit] * lift);
    const margin = 0.04 * (high - low);
    return lift > 0
      ? {
          x: clamp(toX(x), ...domain),
          y: clamp(y, low + margin, high - margin),
          lift,
          height: y - baseline,
        }
      : null;
  }

  /** Why the closed form cannot be had, or nothing. */
  get unsolvable() {
    const { hidden, points } = this.run;
    const unknowns = Math.min(hidden[hidden.length - 1] + 1, points.train.x.length);
    return unknowns > MOST_SOLVED
      ? `${wholeText(unknowns)} unknowns are more than a browser solves; use training.method: ridge`
      : "";
  }

  solve(penalty) {
    if (!(penalty >= 0 && penalty < Infinity)) return this.say("the penalty must be 0 or more");
    const solved = ridgeNetwork(
      this.network,
      this.run.points.train,
      penalty,
      this.run.start.output_bias,
    );
    if (!solved.isFinite()) return this.say("no finite solution; try a larger penalty");
    this.network = solved;
    this.version += 1;
    return this.say("output layer solved");
  }

  say(note) {
    this.note = note;
    this.changed();
  }

  /** See to it that the stable rate becomes known, of the layers that shall learn. */
  seekStableRate(layers) {
    const {
      network,
      run: { points, start },
    } = this;
    const version = `${this.version} ${layers}`;
    this.stable.want(version, network, points.train, layers, start.output_bias, this.running);
  }

  /** Why training cannot begin so, or nothing. */
  refusal({ rate, batch }) {
    if (!(rate > 0 && rate < Infinity)) return "the learning rate must be above 0";
    if (!(batch >= 1)) return "a batch has at least one point";
    return "";
  }

  /** Go on with plain SGD until stopped: {rate, batch, layers}. */
  descend(settings) {
    const { points, start } = this.run;
    this.random = this.random || randomNumbers();
    this.descent = new Descent(
      this.network,
      points.train,
      settings,
      start.output_bias,
      this.random,
    );
    this.running = true;
    this.note = "";
    requestAnimationFrame(() => this.takeSteps());
    this.changed();
  }

  stop() {
    this.running = false;
    this.changed();
  }

  takeSteps() {
    if (!this.running) return;
    const stop = performance.now() + SLICE;
    do {
      this.descent.step();
      this.steps += 1;
    } while (performance.now() < stop);
    if (this.network.isFinite()) requestAnimationFrame(() => this.takeSteps());
    else
      Object.assign(this, {
        running: false,
        note:
          `diverged after ${wholeText(this.steps)} steps; ` +
          "reset, and try a smaller learning rate",
      });
    this.networkChanged();
  }

  /** The config that begins with this network; training: keys of that section to change. */
  yaml(training) {
    return copiedConfig(this.run, this.network, training);
  }
}
