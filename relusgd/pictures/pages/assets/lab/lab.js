// The lab put together: an exercise, its courses, and what is shown of them.

const MOST_UNDOS = 200;
const MOST_SEARCHED = 2000; // parameters whose stable rate is found in bearable time
const MOST_SEARCHED_MEANWHILE = 500; // while training goes on
const LAB_SAFE_SHARE = 0.5; // of the largest stable rate: training makes networks sharper
const LAB_PATIENCE = 1000; // milliseconds that training waits for the stable rate

/** Speeds: [steps a second, words]. */
const SPEEDS = [
  [2, "slow motion"],
  [30, "30 steps/s"],
  [500, "500 steps/s"],
  [5000, "5,000 steps/s"],
  [Infinity, "full speed"],
];
const USUAL_SPEED = 3;
const DETAILS_EVERY = 100; // milliseconds between two looks of texts while training goes on

class Lab {
  /** told: {title, colours, exercise, intro, challenges}, all but the first two where given. */
  constructor(told) {
    this.told = told;
    this.darkSystem = window.matchMedia("(prefers-color-scheme: dark)");
    this.isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.time = new StepAxis();
    this.undone = [];
    this.done = [];
    this.courses = [];
    this.panels = [];
    this.tool = "move";
    this.chosen = null;
    this.cursor = null;
    this.shownRun = 0;
    this.step = null;
    this.held = null;
    this.drawn = 0;
    this.filled = 0;
    this.stable = new StableRate(() => this.invalidate());
    this.build();
    this.useTool("move");
    this.restyle();
    this.open(this.firstExercise());
    listenOnLab(this);
  }

  build() {
    const lab = this;
    $("title").textContent = this.told.title;
    const look = {
      get colours() {
        return lab.colours;
      },
      left: () => lab.left,
    };
    this.errorChart = new ErrorChart($("errors"), this.time, look);
    this.pathChart = new PathChart($("paths"), this.time, look);
    SPEEDS.forEach(([, words], i) =>
      $("speed").append(make("option", { value: i }, String(words))),
    );
    $("speed").value = String(USUAL_SPEED);
    this.facts = ["step", "train MSE", "test MSE", "elbows inside", "dead"].map((words) => {
      const pair = $("facts").appendChild(make("div"));
      pair.append(make("dt", {}, words));
      return pair.appendChild(make("dd"));
    });
    this.settings = new Settings(this);
    this.table = new UnitTable($("table"), {
      choose: () => {},
      pin: (unit) => this.choose(unit),
    });
    this.landscape = new Landscape(this);
    this.sharing = new Sharing(this);
    this.challenges = new Challenges(this);
    showIntro(this.told.intro);
    $("units").addEventListener("toggle", () => this.invalidate());
  }

  /** The exercise of the address, or the one that the page came with. */
  firstExercise() {
    try {
      const linked = exerciseOf(window.location.hash);
      if (linked) return linked;
    } catch (error) {
      this.say(`The address cannot be read: ${messageOf(error)}.`);
    }
    const usual = this.givenExercise();
    return this.told.challenges ? this.firstChallenge(usual) : usual;
  }

  /** What the page came with, or the notebook's network where that cannot be read. */
  givenExercise() {
    try {
      return this.told.exercise ? checkedExercise(this.told.exercise) : FIRST_EXERCISE;
    } catch (error) {
      this.say(`What the page begins with cannot be read: ${messageOf(error)}.`);
      return FIRST_EXERCISE;
    }
  }

  /** The first of the challenges that the page came with. */
  firstChallenge(usual) {
    try {
      this.challenges.take(this.told.challenges);
      const { text, all } = this.challenges;
      return { ...all[0].exercise, challenge: { text, number: 0 } };
    } catch (error) {
      this.say(`The challenges cannot be read: ${messageOf(error)}.`);
      return usual;
    }
  }

  // ---- The exercise ----

  /** Begin with an exercise, from its own start to its step. */
  open(exercise) {
    this.exercise = exercise;
    this.points = pointsOf(exercise.data);
    const wanted = exercise.rival ? 2 : 1;
    this.shownRun = Math.min(this.shownRun, wanted - 1);
    while (this.courses.length > wanted) this.courses.pop().end();
    while (this.courses.length < wanted) this.courses.push(new Course(() => this.moved()));
    const start = startOf(exercise, this.points);
    this.courses.forEach((course, i) => this.begin(course, i, start));
    this.chosen = this.chosen < exercise.network.hidden[0] ? this.chosen : null;
    this.step = null;
    this.after();
  }

  begin(course, i, start, past = null) {
    const { network, origin, step } = this.exercise;
    course.begin({
      start,
      hidden: network.hidden,
      points: this.points,
      settings: this.settingsOf(i),
      outputBias: network.output_bias,
      origin,
      past,
      step,
    });
  }

  settingsOf(i) {
    return i === 0 ? this.exercise.training : this.exercise.rival;
  }

  /** The settings that the form shows. */
  get settingsShown() {
    return this.settingsOf(this.shownRun);
  }

  /** The exercise with the step that is shown. */
  current() {
    return { ...this.exercise, step: this.courses[0].step };
  }

  /** Remember what can be gone back to. */
  remember(exercise = this.current()) {
    this.done.push(exercise);
    if (this.done.length > MOST_UNDOS) this.done.shift();
    this.undone = [];
  }

  undo(from = this.done, to = this.undone) {
    if (!from.length) return;
    to.push(this.current());
    this.open(from.pop());
  }

  redo() {
    this.undo(this.undone, this.done);
  }

  /** Change keys of a section. Throws an Error for the reader, and then nothing has changed. */
  change(section, values) {
    const { exercise } = this;
    const isRival = section === "training" && this.shownRun === 1;
    const name = isRival ? "rival" : section;
    const next = { ...exercise, [name]: { ...exercise[name], ...values } };
    if (section === "training") checkedTraining(next[name], {});
    if (section === "training") this.retrain(next);
    else if (section === "data") this.takeData(next);
    else this.takeNetwork(next, values);
  }

  /**
   * Other settings: at a later step the course is left there, so that what follows is a course of
   * its own; two runs both begin anew.
   */
  retrain(next) {
    const [course] = this.courses;
    const wasRunning = course.running;
    this.remember();
    const isLeft = course.step > 0 && !next.rival && !course.diverged && !this.hidesRate;
    if (isLeft) this.leaveAt(course, next);
    else this.open({ ...next, step: 0 });
    if (wasRunning) this.runAll();
  }

  /** Go on from the network that is shown, by a course of its own. */
  leaveAt(course, next) {
    const past = course.pastTrace();
    const start = course.row.slice();
    const network = { ...next.network, start };
    this.exercise = { ...next, network, origin: course.steps, step: 0 };
    this.begin(course, 0, start, past);
    this.step = null;
    this.after();
  }

  takeData(next) {
    pointsOf(next.data); // refuses what cannot be sampled before anything changes
    this.remember();
    this.open({ ...next, step: 0, origin: 0 });
  }

  takeNetwork(next, values) {
    const isDrawn = Object.keys(values).some((key) => key !== "output_bias");
    const start = isDrawn ? null : next.network.start;
    this.remember();
    this.open({ ...next, network: { ...next.network, start }, step: 0, origin: 0 });
  }

  // ---- By hand ----

  /** Begin a change by hand: all that follows until `letGo` is undone at once. */
  hold() {
    if (this.held) return;
    for (const course of this.courses) course.leave();
    const [course] = this.courses;
    this.held = {
      before: this.current(),
      past: course.step > 0 ? course.pastTrace() : null,
      origin: course.step > 0 ? course.steps : this.exercise.origin,
    };
    this.step = null;
  }

  /** act(network) changes a copy of the network, or gives another one. */
  edit(act) {
    const [course] = this.courses;
    const network = course.network.copy();
    const changed = act(network) || network;
    course.hidden = changed.hidden;
    course.show(rowOfParameters(changed));
    this.changed();
  }

  /** The change is done: the courses begin with the network as it is now. */
  letGo() {
    const { held } = this;
    this.held = null;
    if (!held) return;
    const [course] = this.courses;
    const start = course.row;
    if (!start.every(Number.isFinite)) {
      this.open(held.before);
      return;
    }
    this.remember(held.before);
    const network = { ...this.exercise.network, hidden: course.hidden, start };
    const origin = held.origin;
    this.exercise = { ...this.exercise, network, step: 0, origin };
    this.courses.forEach((each, i) => this.begin(each, i, start, i === 0 ? held.past : null));
    this.after();
  }

  removeUnit() {
    const { chosen } = this;
    if (chosen === null || this.courses[0].deep) return;
    this.hold();
    this.edit((network) => withoutUnit(network, chosen));
    this.chosen = null;
    this.letGo();
  }

  /** Solve the output layer by ridge regression. Throws an Error for the reader. */
  solve() {
    const { penalty } = this.settingsShown;
    const { train } = this.points;
    if (!train.x.length) throw new Error("there are no points to fit");
    const [course] = this.courses;
    const outputBias = this.exercise.network.output_bias;
    const solved = ridgeNetwork(course.network, train, penalty, outputBias);
    if (!solved.isFinite()) throw new Error("no finite solution; try a larger λ");
    this.hold();
    this.edit(() => solved);
    this.letGo();
  }

  // ---- Points ----

  /** The present points as data of their own. */
  givenPoints() {
    const { train, test, toX, toY, domain } = this.points;
    const columns = { x: Array.from(train.x, toX), y: Array.from(train.y, toY) };
    const isGiven = this.exercise.data.kind === "points";
    const tested = isGiven
      ? { test_x: Array.from(test.x, toX), test_y: Array.from(test.y, toY) }
      : {};
    return { kind: "points", ...columns, ...tested, domain };
  }

  withoutPoints() {
    return { ...this.givenPoints(), x: [], y: [], test_x: [], test_y: [], standardize: false };
  }

  addPoint({ x, y }) {
    const digits = (value) => Number(value.toPrecision(4));
    const data = this.givenPoints();
    this.changeData({ ...data, x: [...data.x, digits(x)], y: [...data.y, digits(y)] });
  }

  removePoint(index) {
    const data = this.givenPoints();
    const without = (values) => values.filter((_, i) => i !== index);
    this.changeData({ ...data, x: without(data.x), y: without(data.y) });
  }

  /** Other points by hand leave the network as it is. */
  changeData(data) {
    const [course] = this.courses;
    const network = { ...this.exercise.network, start: course.row.slice() };
    this.remember();
    const changed = { ...this.exercise.data, ...data };
    this.open({ ...this.exercise, data: changed, network, step: 0, origin: 0 });
  }

  // ---- Training ----

  get isRunning() {
    return this.courses.some((course) => course.running);
  }

  get pace() {
    return SPEEDS[Number($("speed").value)][0];
  }

  runAll(until = Infinity) {
    this.step = null;
    for (const course of this.courses) course.run(this.pace, until);
    this.after();
  }

  /** Stop; two runs at the step of the one that has come further. */
  pauseAll() {
    const { head } = this;
    const wasRunning = this.isRunning;
    for (const course of this.courses) course.pause();
    if (wasRunning && this.courses.length > 1) this.goTo(head);
  }

  /** Train, or pause; at a rate that is not stable only once the reader was warned. */
  toggleTraining() {
    if (this.isRunning) {
      this.pauseAll();
      return;
    }
    if (!this.canTrain() || this.isOver) return;
    this.seekStableRate();
    this.stable.work(LAB_PATIENCE);
    if (this.isUnstable && !this.warned && !this.hidesRate) {
      this.warned = true;
      this.fillRates();
      $("rate-warning").scrollIntoView({ block: "center" });
      this.invalidate();
      return;
    }
    this.warned = false;
    this.runAll();
  }

  canTrain() {
    if (this.points.train.x.length) return true;
    this.say("There are no points yet: add some, or choose a target.");
    return false;
  }

  /** Whether the courses have come to an end; says so. */
  get isOver() {
    const isOver = this.courses.every((course) => course.step >= course.lastStep);
    if (isOver) this.say(endOf(this.exercise.training));
    return isOver;
  }

  /** One step, with what it does to every elbow. */
  takeSingleStep() {
    if (!this.canTrain() || this.isOver) return;
    const [course] = this.courses;
    const { row, hidden, points, settings, step, outputBias } = course;
    this.pauseAll();
    this.step = new SingleStep({ row, hidden, points, settings, step, outputBias });
    for (const each of this.courses) each.go(each.step + 1);
  }

  goTo(step) {
    this.step = null;
    for (const course of this.courses) course.go(step);
  }

  /** The largest step of the courses so far. */
  get head() {
    return Math.max(...this.courses.map((course) => course.head));
  }

  toggleRival() {
    const { exercise } = this;
    const [course] = this.courses;
    this.remember();
    if (exercise.rival) {
      this.shownRun = 0;
      this.open({ ...exercise, rival: null, step: 0 });
      return;
    }
    const network = { ...exercise.network, start: course.row.slice() };
    const [origin, step] = [course.steps, 0];
    this.shownRun = 1;
    this.open({ ...exercise, network, rival: { ...exercise.training }, origin, step });
  }

  chooseRun(number) {
    this.shownRun = number;
    this.warned = false;
    this.after();
  }

  // ---- What is said and drawn ----

  say(words) {
    $("tool-hint").textContent = words;
    $("status").textContent = words;
  }

  choose(unit) {
    this.chosen = unit;
    if (unit !== null && $("units").open) this.table.reveal(unit);
    this.changed();
  }

  setCursor(x, panel = this.panels[0]) {
    if (x === this.cursor) return;
    this.cursor = x === null ? null : clamp(x, ...this.points.domain);
    this.cursorPanel = panel;
    this.invalidate();
  }

  useTool(tool) {
    this.tool = tool;
    for (const button of $("tools").children)
      button.setAttribute("aria-pressed", String(button.dataset.tool === tool));
    this.say(HINTS[tool]);
    this.changed();
  }

  /** After a course moved: errors and pictures follow. */
  moved() {
    if (!this.isRunning) {
      this.settle();
      this.challenges.stopped();
    }
    this.changed();
  }

  /** After the exercise became another one: everything is laid anew. */
  after() {
    this.layPanels();
    this.showChallenge();
    this.settings.show();
    this.landscape.known = "";
    this.settle();
    this.changed();
  }

  showChallenge() {
    try {
      this.challenges.show(this.exercise);
    } catch (error) {
      this.say(`The challenges cannot be read: ${messageOf(error)}.`);
    }
  }

  changed() {
    this.invalidate();
  }

  /** Once it stands still: the address, and words for those who listen. */
  settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (this.isRunning || this.held) return;
      if (this.done.length || this.courses[0].step) this.writeAddress();
      setText($("status"), this.inWords());
      this.landscape.want();
    }, 300);
  }

  writeAddress() {
    try {
      window.history.replaceState(null, "", fragmentOf(this.current()));
    } catch {
      // a page inside a page has no address of its own
    }
  }

  restyle() {
    const chosen =
      document.documentElement.dataset.theme || (this.darkSystem.matches ? "dark" : "light");
    this.colours = this.told.colours[chosen];
    $("theme").textContent = chosen === "dark" ? "Light" : "Dark";
    if (this.courses.length) this.layPanels();
  }

  otherTheme() {
    document.documentElement.dataset.theme =
      this.colours === this.told.colours.dark ? "light" : "dark";
    this.restyle();
    this.changed();
  }

  layPanels() {
    const { courses } = this;
    const isSeveral = courses.length > 1;
    document.body.classList.toggle("several", isSeveral);
    $("paths").hidden = isSeveral;
    const measures = measuresOf(this.points, this.exercise.data);
    leaveRoomAbove();
    this.errorChart.sheet.fit();
    const { context, height } = this.errorChart.sheet;
    const limits = this.errorChart.limitsOf(this.drawnCourses());
    const ticks = logTicks(...limits, clamp(Math.round(height / 34), 2, 6));
    const yTicks = evenTicks(...measures.limits.y, 6);
    const steps = { text: wholeText(this.time.end) };
    this.left = roomForLabels(context, [...ticks, ...yTicks, steps], 12);
    while (this.panels.length > courses.length) this.panels.pop().figure.remove();
    courses.forEach((course, i) => this.layPanel(course, i, measures));
    const rooms = Math.floor($("figure").clientWidth / 340) || 1;
    const columns = Math.min(courses.length, rooms);
    $("panels").style.gridTemplateColumns = `repeat(${columns}, minmax(0, 1fr))`;
    this.layTime();
    this.showLegend();
  }

  /** Lay the panels anew, after the room for them became another one. */
  relay() {
    this.layPanels();
    this.changed();
  }

  /** Lay and draw everything at once. */
  redraw() {
    this.layPanels();
    this.draw();
  }

  layPanel(course, i, measures) {
    if (!this.panels[i]) this.panels[i] = this.buildPanel(course, i);
    const panel = this.panels[i];
    panel.told = measures;
    panel.run = course;
    panel.figure.firstChild.hidden = this.courses.length === 1;
    panel.sheet.fit();
    panel.lay();
  }

  buildPanel(course, i) {
    const figure = $("panels").appendChild(make("figure"));
    const caption = figure.appendChild(make("figcaption"));
    caption.append(make("strong"), make("span", { class: "numbers" }));
    const name = i === 0 ? "the learned function" : "the learned function of run B";
    const canvas = figure.appendChild(
      make("canvas", { role: "slider", tabindex: "0", "aria-label": `Position on ${name}` }),
    );
    const lab = this;
    /** @type {any} */
    const panel = new CurvePanel(canvas, course, measuresOf(this.points, this.exercise.data), {
      strip: false,
      get named() {
        return lab.courses.length > 1;
      },
      get left() {
        return lab.courses.length > 1 ? 0 : lab.left;
      },
      get colours() {
        return lab.colours;
      },
      get colour() {
        return lab.courses.length > 1 ? lab.colours.runs[i] : lab.colours.learned;
      },
    });
    panel.figure = figure;
    if (i === 0) this.hand = new Hand(this, panel);
    return panel;
  }

  layTime() {
    this.errorChart.sheet.fit();
    this.errorChart.lay(this.drawnCourses());
    if (this.courses.length > 1) return;
    this.pathChart.sheet.fit();
    this.pathChart.lay(this.courses[0], limitsOfX(measuresOf(this.points, this.exercise.data)));
  }

  /** The courses with the colours of their errors. */
  drawnCourses() {
    const { colours, courses } = this;
    if (courses.length === 1) {
      const [course] = courses;
      const hasTest = this.points.test.x.length > 0;
      const both = { train: colours.train, test: colours.test };
      return [{ course, colours: hasTest ? both : { train: colours.train }, dash: [] }];
    }
    const name = this.points.test.x.length ? "test" : "train";
    return courses.map((course, i) => ({
      course,
      colours: { [name]: colours.runs[i] },
      dash: i ? [6, 3] : [],
    }));
  }

  showLegend() {
    colourLegend(buildLegend("legend", legendOf(this.courses, MOST_UNITS)), this.colours);
    const names = { train: "training error", test: "test error" };
    const entries = this.drawnCourses().flatMap(({ colours }, i) =>
      Object.entries(colours).map(([name, colour]) => {
        const run = this.courses.length > 1 ? `, run ${"AB"[i]}` : "";
        const sample = make("span", { class: "key" });
        sample.style.setProperty("--key", colour);
        const item = make("li");
        item.append(sample, make("span", {}, names[name] + run));
        return item;
      }),
    );
    $("error-legend").replaceChildren(...entries);
  }

  invalidate() {
    if (this.waiting || !this.courses.length) return;
    this.waiting = true;
    const draw = () =>
      requestAnimationFrame(() => {
        this.waiting = false;
        this.draw();
      });
    // those who asked for less motion see four pictures a second
    if (this.isCalm && this.isRunning) setTimeout(draw, 250);
    else draw();
  }

  draw() {
    const [course] = this.courses;
    const steps = this.exercise.origin + this.head;
    if (this.time.growTo(steps)) this.layPanels();
    this.panels.forEach((panel, i) => this.drawPanel(panel, this.courses[i]));
    this.drawTime(course);
    if (performance.now() > this.filled + DETAILS_EVERY || !this.isRunning) this.fillDetails();
    this.drawn += 1;
  }

  /** The two panels along the steps; while training goes on, in turn. */
  drawTime(course) {
    const { isRunning } = this;
    const isAlone = this.courses.length === 1;
    const isErrorsTurn = !isRunning || !isAlone || this.drawn % 2 === 0;
    if (isErrorsTurn) this.errorChart.draw(this.drawnCourses());
    if (isAlone && !(isRunning && isErrorsTurn))
      this.pathChart.draw(course, this.chosen, isRunning);
  }

  drawPanel(panel, course) {
    const unit = this.chosen !== null && this.chosen < course.width ? this.chosen : null;
    const { before } = this.step || {};
    const handle =
      unit === null ? null : handleOf(course.network, this.points, unit, panel.told.limits.y);
    panel.draw({
      row: 0,
      unit,
      network: course.network,
      pieces: course.pieces,
      reference: before && panel === this.panels[0] ? this.piecesOf(before) : null,
      handle: panel === this.panels[0] && !this.step ? handle : null,
      x: this.cursor !== null && this.cursorPanel === panel ? this.cursor : null,
    });
    if (this.step && panel === this.panels[0])
      this.step.draw(panel, panel.sheet.context, course.network);
  }

  piecesOf(network) {
    const { inside, toX, toY } = this.points;
    const pieces = network.pieces(...inside);
    return { ...pieces, x: pieces.x.map(toX), y: pieces.y.map(toY) };
  }

  fillFacts() {
    const [course] = this.courses;
    const { inside } = this.points;
    const elbows = elbowsInside(course.network, ...inside);
    const values = [
      wholeText(course.steps),
      numberText(course.errors.train),
      numberText(course.errors.test),
      `${wholeText(elbows)}/${wholeText(course.width)}`,
      wholeText(course.deadUnits),
    ];
    values.forEach((value, i) => setText(this.facts[i], value));
    if (this.courses.length === 1) return;
    this.panels.forEach(({ figure }, i) => {
      const { errors } = this.courses[i];
      setText(figure.firstChild.firstChild, `Run ${"AB"[i]}: ${settingsText(this.settingsOf(i))}`);
      const numbers = `train MSE ${numberText(errors.train)} · test MSE ${numberText(errors.test)}`;
      setText(figure.firstChild.lastChild, numbers);
    });
  }

  fillPlayer() {
    const [course] = this.courses;
    const { head, time } = this;
    const { origin } = this.exercise;
    const start = this.warned && this.isUnstable ? "Train all the same" : "Train";
    setText($("train"), this.isRunning ? "Pause" : start);
    $("undo").disabled = !this.done.length;
    $("redo").disabled = !this.undone.length;
    const length = time.place(origin + head) - time.place(origin);
    const share = length > 0 ? (time.place(course.steps) - time.place(origin)) / length : 0;
    $("slider").value = 10000 * share;
    $("slider").style.setProperty("--at", `calc(10px + (100% - 20px) * ${share})`);
    $("slider").setAttribute("aria-valuetext", `step ${wholeText(course.steps)}`);
  }

  /** The step of the slider's place. */
  stepAtSlider() {
    const { time, head } = this;
    const { origin } = this.exercise;
    const first = time.place(origin);
    const place = first + ($("slider").value / 10000) * (time.place(origin + head) - first);
    return clamp(Math.round(time.epochAt(place)) - origin, 0, head);
  }

  // ---- The stable rate ----

  /** The largest stable rate of the run that the form shows; nan where it is not known. */
  get stableRate() {
    return stableRateOf(2 / this.stable.rate, this.settingsShown);
  }

  get safeRate() {
    return roundedBelow(LAB_SAFE_SHARE * this.stableRate);
  }

  get isUnstable() {
    return this.settingsShown.learning_rate > this.stableRate;
  }

  /** See to it that the stable rate of the network that is shown becomes known. */
  seekStableRate() {
    const { layers } = this.settingsShown;
    const course = this.courses[this.shownRun];
    const { train } = this.points;
    const most = this.isRunning ? MOST_SEARCHED_MEANWHILE : MOST_SEARCHED;
    if (!train.x.length || course.row.length > most || course.diverged) return;
    const version = `${course.number} ${course.version} ${layers}`;
    const outputBias = this.exercise.network.output_bias;
    this.stable.want(version, course.network, train, layers, outputBias, this.isRunning);
  }

  /** Whether a challenge asks for the stable rate, so that it must not be this.told. */
  get hidesRate() {
    return this.challenges.hidesRate;
  }

  fillRates() {
    const { settingsShown: settings } = this;
    if (!this.held) this.seekStableRate();
    const limit = this.stableRate;
    const safe = this.safeRate;
    const isDecided = settings.method === "sgd";
    const unknown = isDecided ? "" : unknownRateWords(settings);
    const known = `stable below ${numberText(limit, 2)} for the network as it is`;
    const inForce = rateWords(this.courses[this.shownRun]);
    const isUnstable = this.isUnstable && !this.hidesRate;
    $("stable").hidden = this.hidesRate;
    $("safe-rate").hidden = !isUnstable;
    setText($("stable"), inForce + (Number.isFinite(limit) ? known : unknown));
    setText($("safe-rate"), `Take ${plainNumber(safe)}`);
    const warning =
      `At a rate of ${plainNumber(settings.learning_rate)}, steps on all points grow and may ` +
      `lose the fit. ${plainNumber(safe)} is safe.`;
    const isWarned = isUnstable && !this.isRunning;
    setText($("rate-warning"), this.endWords() || (isWarned ? warning : ""));
  }

  /** What is to be said where a course came to an end. */
  endWords() {
    const lost = this.courses.find((course) => course.diverged);
    if (!lost) return "";
    return `Diverged at step ${wholeText(lost.steps)}. Go back, and take a smaller rate.`;
  }

  /** All that is read rather than watched. */
  fillDetails() {
    this.filled = performance.now();
    this.fillFacts();
    this.fillPlayer();
    this.fillRates();
    this.settings.showUnit();
    const [course] = this.courses;
    if ($("units").open) this.table.show(course, course.network, this.chosen);
    if (this.isRunning || this.landscape.isOpen) this.landscape.draw();
    if (this.isRunning) this.landscape.want();
    // a finger that changes nothing scrolls the page
    const isEditing = this.tool !== "move" || this.chosen !== null;
    for (const panel of this.panels) {
      panel.canvas.classList.toggle("editing", isEditing);
      this.fillReading(panel);
    }
  }

  /** What a reader who listens hears of the curve. */
  fillReading(panel) {
    const [low, high] = this.points.domain;
    const x = this.cursor === null ? (low + high) / 2 : this.cursor;
    const value = valueOn(panel.run.pieces, x);
    const { canvas } = panel;
    canvas.setAttribute("aria-valuemin", String(low));
    canvas.setAttribute("aria-valuemax", String(high));
    canvas.setAttribute("aria-valuenow", String(x));
    const text = `x ${positionText(x, high - low)}, f ${numberText(value)}`;
    canvas.setAttribute("aria-valuetext", text);
  }

  inWords() {
    const [course] = this.courses;
    const { train, test } = course.errors;
    const tested = Number.isFinite(test) ? `, test error ${numberText(test)}` : "";
    return `step ${wholeText(course.steps)}: training error ${numberText(train)}${tested}`;
  }

  // ---- The address ----

  followAddress() {
    try {
      const linked = exerciseOf(window.location.hash);
      if (!linked) return;
      this.remember();
      this.open(linked);
    } catch (error) {
      this.say(`The address cannot be read: ${messageOf(error)}.`);
    }
  }
}
