// What if: a network changed by hand, by the closed form, or by going on with SGD; nothing of it
// touches the recorded run.

const MOST_SOLVED = 1500; // unknowns of a closed form that a browser solves in bearable time
const SLICE = 16; // milliseconds of steps between two looks at what the reader does
const STEPS_PER_SECOND = 25000; // at speed 1
const STEPS_AT_ONCE = 16; // between two looks at the time
const TRACED = 40; // milliseconds between two entries of the trace, at least

class Experiment {
  /** changed(): after every change. */
  constructor(changed) {
    this.changed = changed;
    this.speed = 1;
    this.slices = new MessageChannel();
    this.slices.port1.onmessage = () => this.takeSteps();
    this.run = null;
    this.network = null;
    this.running = false;
    this.steps = 0;
    this.note = "";
    this.version = 0;
    this.memory = { version: 0 };
    this.stable = new StableRate(changed);
  }

  get on() {
    return this.network !== null;
  }

  /** Begin with a recorded network, or begin anew. */
  begin(run, row) {
    this.run = run;
    this.start = { epoch: run.epoch[row], step: run.step[row] };
    this.trace = new Trace();
    this.running = false;
    this.steps = 0;
    this.note = "";
    this.network = run.network(row).copy();
    this.rate = run.metrics.learning_rate[row];
    this.stable.forget();
    this.networkChanged();
  }

  /** After the network was changed by hand: its errors jump. */
  networkChanged() {
    this.version += 1;
    if (this.trace) this.trace.add(null);
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

  /** Where the experiment has got to, in epochs of the run. */
  get epoch() {
    return this.start.epoch + this.steps / this.run.stepsPerEpoch;
  }

  /** Both errors of the network as it is, in original units. */
  errors() {
    return this.remembered("errors", () => {
      const {
        network,
        run: { points },
      } = this;
      const scale = points.yUnit ** 2;
      return { train: network.mse(points.train) * scale, test: network.mse(points.test) * scale };
    });
  }

  /** What a snapshot's metrics count, of the network as it is. */
  counts() {
    const { run, network } = this;
    return this.remembered("counts", () => ({
      inside: elbowsInside(network, ...run.points.inside),
      dead_units: network.deadUnits(run.points.train.x),
      breakpoints: run.piecesOf(network).kink.filter((kink) => kink > 0).length,
    }));
  }

  remembered(name, compute) {
    if (this.memory.version !== this.version) this.memory = { version: this.version };
    if (this.memory[name] === undefined) this.memory[name] = compute();
    return this.memory[name];
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

  /** Where a unit's line is dragged, in a panel between these heights. */
  handle(unit, limits) {
    return handleOf(this.network, this.run.points, unit, limits);
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
    this.networkChanged();
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
    this.owed = 0;
    this.before = performance.now();
    this.traced = 0;
    this.leaveTrace();
    this.slices.port2.postMessage(0);
    this.changed();
  }

  stop() {
    this.running = false;
    this.leaveTrace();
    this.changed();
  }

  /** As many steps as the time since the last ones asks for, or as fit into a slice. */
  takeSteps() {
    if (!this.running) return;
    const now = performance.now();
    const pace = (STEPS_PER_SECOND * this.speed) / 1000;
    // what a slow machine has missed in more than a tenth of a second, it need not make up for
    this.owed = Math.min(this.owed + (now - this.before) * pace, 100 * pace);
    this.before = now;
    while (this.owed >= 1 && performance.now() < now + SLICE) this.takeSome();
    if (this.network.isFinite()) this.goOn();
    else this.diverge();
  }

  takeSome() {
    const count = Math.min(STEPS_AT_ONCE, Math.floor(this.owed));
    for (let i = 0; i < count; i++) this.descent.step();
    this.steps += count;
    this.owed -= count;
    this.version += 1;
  }

  goOn() {
    const now = performance.now();
    if (now > this.traced + TRACED) {
      this.leaveTrace();
      // where errors are dear, they take a tenth of the time
      this.traced = performance.now() + 9 * (performance.now() - now);
    }
    this.changed();
    if (this.owed >= 1) this.slices.port2.postMessage(0);
    else setTimeout(() => this.takeSteps(), 1);
  }

  leaveTrace() {
    const { network, epoch, trace } = this;
    const { toX } = this.run.points;
    const elbows = Float64Array.from({ length: network.width }, (_, j) => toX(network.elbow(j)));
    trace.add({ epoch, errors: this.errors(), elbows });
  }

  diverge() {
    const steps = wholeText(this.steps);
    this.running = false;
    this.note = `diverged after ${steps} steps; reset, and try a smaller learning rate`;
    this.changed();
  }

  /** The config that begins with this network; training: keys of that section to change. */
  yaml(training) {
    return copiedConfig(this.run, this.network, training);
  }
}
