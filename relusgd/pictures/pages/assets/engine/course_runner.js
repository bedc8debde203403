// What runs a training beside the page: it takes steps at a pace, tells how it stands, goes back to
// any step, and maps the loss. In a worker, or on the page where there is none.

const RUN_SLICE = 12; // milliseconds of steps between two looks at what the page wants
const TELL_EVERY = 16; // milliseconds between two reports, one for each picture of a screen
const MOST_CHECKPOINTS = 256;
const LEAST_CHECKPOINTS = 16;
const MOST_KEPT = 2e7; // numbers in all checkpoints
const MOST_RECENT = 8; // states that were told of last
const MARK_GROWTH = 1.12; // from one mark of the trace to the next
const FIRST_SPACING = 64; // steps between two checkpoints, until they are too many

class CourseRunner {
  /** tell(report, buffers): {name, …} for the page, and the memory that goes over to it. */
  constructor(tell) {
    this.tell = tell;
    this.slices = new MessageChannel();
    this.slices.port1.onmessage = () => this.goOn();
    this.running = false;
    this.goal = null;
  }

  /** What the page asks for: {name: begin | run | pause | go | map, …}. */
  take(request) {
    if (request.turn !== undefined) this.turn = request.turn;
    this[request.name](request);
  }

  /** A new course. points: {train, test} in network units; units of x and y. */
  begin({ course, start, hidden, points, settings, units, outputBias }) {
    const options = { units, outputBias };
    this.course = course;
    this.points = points;
    this.units = units;
    this.training = new Training(start, hidden, points.train, settings, options);
    this.losses = {
      train: new LossOver(this.training.network, points.train),
      test: new LossOver(this.training.network, points.test),
    };
    this.running = false;
    this.goal = null;
    this.told = 0;
    this.spacing = FIRST_SPACING;
    const numbers = start.length * (1 + this.training.memory.length);
    this.most = clamp(Math.floor(MOST_KEPT / numbers), LEAST_CHECKPOINTS, MOST_CHECKPOINTS);
    this.checkpoints = new Map();
    this.recent = [];
    this.mark = 1;
    this.marks = [];
    this.keep();
  }

  /** Steps a second, Infinity for as many as can be, until a step at most. */
  run({ pace, until = Infinity }) {
    this.goal = null;
    this.pace = pace;
    this.until = Math.min(until, this.training.lastStep);
    this.owed = 1;
    this.before = performance.now();
    this.told = this.before;
    if (this.running) return;
    this.running = true;
    this.wake();
  }

  pause() {
    this.goal = null;
    this.running = false;
    this.report();
  }

  /** Go to a step, from the nearest one before it that is kept. */
  go({ step }) {
    this.running = false;
    this.goal = Math.min(step, this.training.lastStep);
    this.marks = this.marks.filter((mark) => mark.step <= step);
    const kept = [...this.checkpoints.values(), ...this.recent].filter((at) => at.step <= step);
    const nearest = kept.reduce((one, other) => (other.step > one.step ? other : one));
    const isNearer = this.training.step <= step && this.training.step >= nearest.step;
    if (!isNearer) this.training.state = nearest;
    this.wake();
  }

  /** The loss over two parameters of a network. */
  map(request) {
    const values = lossSurface({
      ...request,
      hidden: this.training.hidden,
      points: this.points.train,
      yUnit: this.units.y,
    });
    const { course } = this;
    this.tell({ name: "mapped", course, number: request.number, values }, [values.buffer]);
  }

  wake() {
    this.slices.port2.postMessage(0);
  }

  goOn() {
    if (this.goal !== null) this.approach();
    else if (this.running) this.runOn();
  }

  approach() {
    const stop = performance.now() + RUN_SLICE;
    while (this.training.step < this.goal && performance.now() < stop)
      this.advance(Math.min(32, this.goal - this.training.step));
    if (this.training.step < this.goal && this.training.isFinite) {
      if (performance.now() >= this.told + TELL_EVERY) this.report();
      this.wake();
      return;
    }
    this.goal = null;
    this.report();
  }

  /** As many steps as the time since the last ones asks for, or as fit into a slice. */
  runOn() {
    const now = performance.now();
    const stop = Math.min(now + RUN_SLICE, Math.max(this.told + TELL_EVERY, now + 1));
    const isFree = this.pace === Infinity;
    this.owed = isFree ? Infinity : this.owed + ((now - this.before) * this.pace) / 1000;
    this.before = now;
    while (this.owed >= 1 && this.training.step < this.until && performance.now() < stop) {
      const left = this.until - this.training.step;
      const count = Math.min(32, Math.floor(this.owed), left);
      this.advance(count);
      this.owed -= count;
    }
    if (!isFree) this.owed = Math.min(this.owed, this.pace);
    const isDone = this.training.step >= this.until || !this.training.isFinite;
    if (isDone) this.running = false;
    if (isDone || performance.now() >= this.told + TELL_EVERY) this.report();
    if (isDone) return;
    if (this.owed >= 1) this.wake();
    else setTimeout(() => this.goOn(), Math.min(1000 / this.pace, 8));
  }

  /** Take steps; keep the state at every so many, and marks for the trace. */
  advance(count) {
    const { training } = this;
    let left = count;
    while (left > 0) {
      const toKept = this.spacing - (training.step % this.spacing);
      const some = Math.min(left, toKept, Math.max(1, this.mark - training.step));
      training.advance(some);
      left -= some;
      if (some === toKept) this.keep();
      if (training.step === this.mark) this.leaveMark();
    }
  }

  /** What the trace holds of early steps, which pass too quickly to be reported one by one. */
  leaveMark() {
    const { training } = this;
    this.marks.push({
      step: training.step,
      row: training.theta.slice(),
      errors: this.errors(),
    });
    this.mark = Math.ceil(MARK_GROWTH * this.mark);
  }

  /** Both errors in original units. */
  errors() {
    const scale = this.units.y ** 2;
    return { train: this.losses.train.now() * scale, test: this.losses.test.now() * scale };
  }

  keep() {
    const { step } = this.training;
    if (this.checkpoints.has(step) || !this.training.isFinite) return;
    this.checkpoints.set(step, this.training.state);
    if (this.checkpoints.size <= this.most) return;
    this.spacing *= 2;
    for (const at of this.checkpoints.keys())
      if (at % this.spacing !== 0) this.checkpoints.delete(at);
  }

  report() {
    const { training, marks } = this;
    const now = performance.now();
    this.marks = [];
    const row = training.theta.slice();
    // the page stops at a step that it was told of, when its runner is ahead already
    this.recent = [...this.recent.slice(1 - MOST_RECENT), training.state];
    const told = {
      name: "stands",
      course: this.course,
      step: training.step,
      row,
      errors: this.errors(),
      marks,
      running: this.running || this.goal !== null,
      turn: this.turn,
      diverged: !training.isFinite,
    };
    const rows = [row, ...marks.map((mark) => mark.row)];
    this.tell(
      told,
      rows.map(({ buffer }) => buffer),
    );
    // where errors are dear, they take a tenth of the time
    this.told = performance.now() + 9 * (performance.now() - now);
  }
}

/** The loss of a network that changes, over points that do not; nan without any. */
class LossOver {
  constructor(network, points) {
    const { x, y } = sortedPoints(points.x, points.y);
    const parts = partsOf(rowOfParameters(network), network.hidden);
    this.x = x;
    this.y = y;
    this.gradient = batchGradientOf(network, x.length, parts);
  }

  now() {
    const n = this.x.length;
    return n ? this.gradient.loss(this.x, this.y, n) : NaN;
  }
}

/** Begin to work for the page whose worker this is. */
function workForPage() {
  const runner = new CourseRunner((report, buffers) =>
    self.postMessage(report, { transfer: buffers }),
  );
  self.onmessage = ({ data }) => runner.take(data);
}
