// What if: a network changed by hand, by the closed form, or by training on; nothing of it touches
// the recorded run. The steps are those of the lab, taken by its engine.

const MOST_SOLVED = 1500; // unknowns of a closed form that a browser solves in bearable time
const STEPS_PER_SECOND = 25000; // at speed 1

class Experiment {
  /** changed(): after every change. */
  constructor(changed) {
    this.changed = changed;
    this.speed = 1;
    this.run = null;
    /** What trains the network, once an experiment has begun. @type {any} */
    this.course = null;
    this.isByHand = false;
    this.note = "";
    this.stable = new StableRate(changed);
  }

  get on() {
    return this.run !== null;
  }

  get network() {
    return this.on ? this.course.network : null;
  }

  get running() {
    return this.on && this.course.running;
  }

  /** Steps of training since the experiment began. */
  get steps() {
    return this.course.steps;
  }

  get trace() {
    return this.course.trace;
  }

  /** Tells two networks apart. */
  get version() {
    return this.course.version;
  }

  /** Begin with a recorded network, or begin anew. */
  begin(run, row) {
    if (!this.course) this.course = new Course(() => this.moved());
    this.run = run;
    this.start = { epoch: run.epoch[row], step: run.step[row] };
    this.note = "";
    this.rate = run.metrics.learning_rate[row];
    this.stable.forget();
    this.beginCourse(rowOfParameters(run.network(row)), run.start.training);
    this.changed();
  }

  beginCourse(start, settings, origin = 0, past = null) {
    const { hidden, points, start: usual } = this.run;
    const outputBias = usual.output_bias;
    this.isByHand = false;
    this.course.begin({ start, hidden, points, settings, outputBias, origin, past });
  }

  /** After the course went on or stopped. */
  moved() {
    if (!this.on) return;
    if (this.course.diverged) {
      const steps = counted(this.steps, "step");
      this.note = `diverged after ${steps}; reset, and try a smaller learning rate`;
    }
    this.changed();
  }

  /** Show a network that was changed by hand: its errors jump, and training stops. */
  show(network) {
    const { course } = this;
    course.leave();
    course.show(rowOfParameters(network));
    course.trace.add(null);
    this.isByHand = true;
    this.changed();
  }

  end() {
    if (this.on) this.course.leave();
    this.run = null;
    this.note = "";
    this.stable.forget();
    this.changed();
  }

  /** Where the experiment has got to, in epochs of the run. */
  get epoch() {
    return this.epochOf(this.steps);
  }

  /** So many steps after the start, in epochs of the run. */
  epochOf(steps) {
    return this.start.epoch + steps / this.run.stepsPerEpoch;
  }

  /** Both errors of the network as it is, in original units. */
  errors() {
    return this.course.errors;
  }

  /** What a snapshot's metrics count, of the network as it is. */
  counts() {
    const { run, network, course } = this;
    return course.recall("counts", () => ({
      inside: elbowsInside(network, ...run.points.inside),
      dead_units: network.deadUnits(run.points.train.x),
      breakpoints: course.pieces.kink.filter((kink) => kink > 0).length,
    }));
  }

  /** x in original units. */
  placeElbow(unit, x) {
    const network = this.network.copy();
    network.placeElbow(unit, this.run.points.fromX(x));
    this.show(network);
  }

  /** weight: of the unit in the output, in original units. */
  setWeight(unit, weight) {
    const network = this.network.copy();
    network.outputWeight[unit] = weight / this.run.points.yUnit;
    this.show(network);
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
    const { points, start } = this.run;
    const solved = ridgeNetwork(this.network, points.train, penalty, start.output_bias);
    if (!solved.isFinite()) return this.say("no finite solution; try a larger penalty");
    this.show(solved);
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

  /** The run's training with what the reader chose, at a rate that stays: {rate, batch, layers}. */
  settingsWith({ rate, batch, layers }) {
    const { training } = this.run.start;
    const isAll = batch >= this.run.points.train.x.length;
    return {
      ...training,
      method: training.method === "ridge" ? "sgd" : training.method,
      learning_rate: rate,
      batch_size: isAll ? "full" : Math.floor(batch),
      layers,
      schedule: "constant",
      warmup: 0,
    };
  }

  /** Go on until stopped; with other settings, or from a changed network, by another course. */
  descend(chosen) {
    const { course } = this;
    const settings = this.settingsWith(chosen);
    const isOther = JSON.stringify(settings) !== JSON.stringify(course.settings);
    if (isOther || this.isByHand)
      this.beginCourse(course.row.slice(), settings, this.steps, course.trace);
    this.note = "";
    course.run(this.pace);
  }

  /** Steps a second. */
  get pace() {
    return STEPS_PER_SECOND * this.speed;
  }

  /** speed: a factor on the usual pace. */
  setSpeed(speed) {
    this.speed = speed;
    if (this.running) this.course.run(this.pace);
  }

  stop() {
    this.course.pause();
  }

  /** The config that begins with this network; training: keys of that section to change. */
  yaml(training) {
    return copiedConfig(this.run, this.network, training);
  }
}
