// A course: a start and the settings of its training, and where it stands. A worker takes its
// steps, so that the page stays quick.

/** The program of a worker: the engine's own script, which is on the page already. */
const workerProgram = () => `${engineText}\nworkForPage();`;

/**
 * What takes the steps: a worker, or the page itself where workers are not allowed, which some
 * browsers say at once and others only after a while.
 */
class Runner {
  /** hear(report): of what CourseRunner tells. */
  constructor(hear) {
    this.hear = hear;
    /** What a worker was asked for that has not been heard of yet; null once it has. */
    this.asked = [];
    this.startWorker();
  }

  startWorker() {
    try {
      const program = new Blob([workerProgram()], { type: "text/javascript" });
      const worker = new Worker(URL.createObjectURL(program));
      worker.onmessage = ({ data }) => {
        this.asked = null;
        this.hear(data);
      };
      worker.onerror = () => this.asked && this.runHere();
      this.post = (request) => worker.postMessage(request);
      this.end = () => worker.terminate();
    } catch {
      this.runHere();
    }
  }

  runHere() {
    const runner = new CourseRunner(this.hear);
    this.post = (request) => runner.take(request);
    this.end = () => runner.pause();
    this.asked.forEach(this.post);
    this.asked = null;
  }

  take(request) {
    if (this.asked) this.asked = [...(request.name === "begin" ? [] : this.asked), request];
    this.post(request);
  }
}

class Course {
  /** moved(): after the course went on, went back, or stopped. mapped(values): a loss surface. */
  constructor(moved) {
    this.moved = moved;
    /** The points of its training. @type {any} */
    this.points = null;
    /** As USUAL_TRAINING. @type {any} */
    this.settings = null;
    /** The widths of its hidden layers. @type {number[]} */
    this.hidden = [];
    this.origin = 0;
    this.outputBias = true;
    this.runner = new Runner((report) => this.hear(report));
    this.number = 0;
    this.turn = 0;
    this.version = 0;
    this.maps = new Map();
    this.asked = 0;
    this.waiting = null;
    this.isAway = false;
    this.isStopping = false;
  }

  /**
   * Begin anew. start: parameters in one row; past: the trace of the course that this one leaves;
   * origin: how many steps that one had taken.
   */
  begin({ start, hidden, points, settings, outputBias, origin = 0, past = null, step = 0 }) {
    this.number += 1;
    this.turn += 1;
    Object.assign(this, { start, hidden, points, settings, origin, outputBias });
    Object.assign(this, { running: false, diverged: false, step: 0, head: 0, waiting: null });
    this.isAway = false;
    this.isStopping = false;
    this.trace = past || new Trace(start.length);
    this.show(start);
    this.runner.take({
      name: "begin",
      course: this.number,
      turn: this.turn,
      start,
      hidden,
      points: { train: points.train, test: points.test },
      settings,
      units: { x: points.xUnit, y: points.yUnit },
      outputBias,
    });
    this.leaveTrace();
    if (step > 0) this.go(step);
  }

  end() {
    this.runner.end();
  }

  /** Stop, and hear no more of the course: what is shown is changed by hand from now on. */
  leave() {
    if (this.running) this.ask({ name: "pause" });
    this.running = false;
    this.number += 1;
  }

  /** Make these parameters the ones that are shown. */
  show(row) {
    this.row = row;
    this.network = networkOn(row, this.hidden);
    this.version += 1;
    this.remembered = {};
  }

  /** Both errors of the network as it is, in original units. */
  get errors() {
    return this.recall("errors", () => {
      const scale = this.points.yUnit ** 2;
      const { train, test } = this.points;
      return { train: this.network.mse(train) * scale, test: this.network.mse(test) * scale };
    });
  }

  /** The straight pieces of the function over the domain, in original units. */
  get pieces() {
    return this.recall("pieces", () => {
      const { inside, toX, toY } = this.points;
      const pieces = this.network.pieces(...inside);
      return { ...pieces, x: pieces.x.map(toX), y: pieces.y.map(toY) };
    });
  }

  get width() {
    return this.network.width;
  }

  get deep() {
    return this.network.deep;
  }

  get deadUnits() {
    return this.recall("dead", () => this.network.deadUnits(this.points.train.x));
  }

  get stepsPerEpoch() {
    const { batch_size: size } = this.settings;
    return size === "full" ? 1 : Math.ceil(this.points.train.x.length / size);
  }

  /** The step with which the training ends; infinite where nothing ends it. */
  get lastStep() {
    return lastStepOf(this.settings, this.stepsPerEpoch);
  }

  /** The learning rate of the next step. */
  get rateInForce() {
    return rateOf(this.settings, Math.floor(this.step / this.stepsPerEpoch) + 1);
  }

  recall(key, compute) {
    if (this.remembered[key] === undefined) this.remembered[key] = compute();
    return this.remembered[key];
  }

  /** Steps counted from the first of the courses that led here. */
  get steps() {
    return this.origin + this.step;
  }

  /** Go on at so many steps a second, until a step at most. */
  run(pace, until = Infinity) {
    if (this.diverged && this.step >= this.head) return;
    this.running = true;
    this.isAway = false;
    this.waiting = null;
    this.ask({ name: "run", pace, until });
    this.moved();
  }

  /** Stop at the step that is shown, though its runner may be some steps ahead. */
  pause() {
    if (this.running) {
      this.isStopping = true;
      this.go(this.step);
    }
    this.moved();
  }

  /** Go to a step; of several wishes that come while one is being met, the last one is met next. */
  go(step) {
    this.running = false;
    if (this.isAway) {
      this.waiting = step;
      return;
    }
    this.isAway = true;
    this.ask({ name: "go", step });
  }

  /** Ask for something, after which older reports no longer say whether the course runs. */
  ask(request) {
    this.turn += 1;
    if (request.name !== "go") this.isStopping = false;
    this.runner.take({ ...request, turn: this.turn });
  }

  /** The loss over two parameters: a promise of its values. */
  map(request) {
    this.asked += 1;
    const number = this.asked;
    this.runner.take({ name: "map", number, row: this.row.slice(), ...request });
    return new Promise((done) => {
      this.maps.set(number, done);
    });
  }

  hear(report) {
    if (report.course !== this.number) return;
    if (report.name === "mapped") {
      this.maps.get(report.number)(report.values);
      this.maps.delete(report.number);
      return;
    }
    this.stand(report);
  }

  stand({ step, row, errors, marks, running, turn, diverged }) {
    if (turn !== this.turn) return; // it has been asked for something else since
    if (running && this.isStopping) return; // on the way back to the step that is shown
    if (!running) this.running = false;
    this.step = step;
    this.head = Math.max(this.head, step);
    this.diverged = diverged;
    this.show(row);
    this.remembered.errors = errors;
    for (const mark of marks) this.addToTrace(mark);
    this.leaveTrace();
    if (!running) this.isAway = this.isStopping = false;
    if (!this.isAway && this.waiting !== null) {
      const wish = this.waiting;
      this.waiting = null;
      this.go(wish);
    }
    this.moved();
  }

  leaveTrace() {
    this.addToTrace(this);
  }

  addToTrace({ step, errors, row }) {
    const { trace, origin } = this;
    const { last } = trace;
    const steps = origin + step;
    if (!last || steps > last.step) trace.add({ step: steps, errors, row });
  }

  /** The trace up to the step that is shown, for a course that leaves this one here. */
  pastTrace() {
    return this.trace.until(this.steps, this.row.length);
  }

  /** The elbow of a unit in an entry of the trace, in original units; nan where it has none. */
  elbowAt({ row }, unit) {
    // networks of the past may have other layers
    if (row.length !== this.row.length) return NaN;
    return this.points.toX(-row[this.width + unit] / row[unit]);
  }

  /** What there is to say of a first-layer unit, in original units. */
  unit(network, unit) {
    return unitFacts(network, this.points, unit);
  }
}
