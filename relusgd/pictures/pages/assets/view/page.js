// The page put together: what is shown, and when it is drawn anew.

class Page {
  constructor() {
    const points = told.data.map(unpackedPoints);
    this.runs = told.runs.map((item, number) => new Run(item, number, points[item.data]));
    this.single = this.runs.length === 1;
    this.darkSystem = window.matchMedia("(prefers-color-scheme: dark)");
    this.time = new TimeAxis(told.epoch[0], told.epoch[told.epoch.length - 1], told.soft_start);
    this.clock = new Clock(told.epoch, this.time, () => this.moved());
    this.experiment = new Experiment(() => this.changed());
    // pointed: {run, unit} under the pointer; pinned: {run, unit} clicked; cursor: {run, x} on a
    // curve; glance: a moment pointed at
    this.pointed = null;
    this.pinned = null;
    this.cursor = null;
    this.glance = null;
    this.touched = false;
    this.drawn = 0;
    this.build();
    this.restyle();
    const isLinked = goToAddress(this);
    this.moved();
    listenOn(this);
    if (!isLinked) this.clock.playOnce();
  }

  build() {
    $("title").textContent = told.title;
    showIntro(told.intro);
    document.body.classList.toggle("several", !this.single);
    document.body.classList.toggle("many", this.runs.length > 3);
    this.listed = this.runs.filter((run) => run.hasUnits);
    this.current = this.listed[0] || this.runs[0];
    this.panels = this.runs.map((run) => this.buildPanel(run));
    const page = this;
    const look = {
      get colours() {
        return page.colours;
      },
      left: () => (page.single ? page.panels[0].frame.left : page.left),
    };
    this.errorPanel = new ErrorPanel($("errors"), this.time, look);
    this.sharpnessPanel = sharpnessPanelOf(this, look);
    this.pathPanel = new PathPanel($("paths"), this.time, look);
    $("choose-run").hidden = this.listed.length < 2;
    this.listed.forEach((run) => $("run").append(make("option", { value: run.number }, run.name)));
    for (const id of ["experiment", "to-experiment", "units", "paths"])
      $(id).hidden = !this.listed.length;
    this.table = new UnitTable($("table"), {
      choose: (unit) => this.point(this.current, unit),
      pin: (unit) => this.pin(this.current, unit),
    });
    this.form = new ExperimentForm(this);
    this.references = new ReferenceLayers(this.runs, () => this.changed());
    this.facts = factsOf(this).map(({ words, large, title = "" }) => {
      const pair = $("facts").appendChild(make("div", large ? { class: "large" } : {}));
      pair.append(make("dt", { title }, words));
      return pair.appendChild(make("dd"));
    });
    const errors = errorLegendOf(this);
    $("error-legend").hidden = !errors.length;
    const units = legendOf(this.runs, told.sizes.units);
    this.keys = [...buildLegend("legend", units), ...buildLegend("error-legend", errors)];
    // inside a notebook there is no address to link to
    const hasAddress = window.location.protocol !== "about:";
    $("copy").hidden = !hasAddress;
    $("to-lab").hidden = !hasAddress;
  }

  buildPanel(run) {
    const figure = $("panels").appendChild(make("figure"));
    const page = this;
    if (!this.single) {
      run.caption = figure.appendChild(make("figcaption"));
      run.caption.append(
        make("span", { class: "key strong" }),
        make("strong", { title: run.title }, run.name),
        make("span", { class: "numbers" }),
      );
    }
    const name = `Position on the learned function${this.single ? "" : ` of ${run.name}`}`;
    const canvas = figure.appendChild(
      make("canvas", { role: "slider", tabindex: "0", "aria-label": name }),
    );
    return new CurvePanel(canvas, run, told, {
      strip: this.single,
      get named() {
        // the elbows below have the same axis of x
        return !(page.single && page.listed.length);
      },
      get left() {
        return page.single ? page.left : 0;
      },
      get colours() {
        return page.colours;
      },
      get colour() {
        return page.single ? page.colours.learned : page.colours.runs[run.number];
      },
    });
  }

  // ---- Drawing ----

  /** Take sizes and colours anew: after another theme or size. */
  restyle() {
    const chosen =
      document.documentElement.dataset.theme || (this.darkSystem.matches ? "dark" : "light");
    this.colours = told.colours[chosen];
    $("theme").textContent = chosen === "dark" ? "Light" : "Dark";
    const room = Math.max(1, Math.floor($("figure").clientWidth / 340));
    const wanted = this.runs.length === 4 ? 2 : Math.min(this.runs.length, 3);
    $("panels").style.gridTemplateColumns = `repeat(${Math.min(room, wanted)}, minmax(0, 1fr))`;
    colourLegend(this.keys, this.colours);
    this.references.restyle(this.colours);
    leaveRoomAbove();
    this.errorPanel.sheet.fit();
    const labels = [
      ...this.errorPanel.errorTicks(told),
      ...(this.sharpnessPanel ? this.sharpnessPanel.errorTicks(this.runs[0].sharpness.told) : []),
      ...this.panels.flatMap((panel) => panel.stripTicks),
      { text: wholeText(this.time.end * this.perEpoch) },
    ];
    this.left = roomForLabels(this.errorPanel.sheet.context, labels, 12);
    for (const panel of this.panels) {
      panel.sheet.fit();
      panel.lay();
      if (panel.run.caption)
        panel.run.caption.firstChild.style.setProperty("--key", panel.look.colour);
    }
    this.layTime();
    this.changed();
  }

  /** What labels of time are multiplied by: of one run they are steps. */
  get perEpoch() {
    const [run] = this.runs;
    return this.countsSteps ? run.stepsPerEpoch : 1;
  }

  get countsSteps() {
    const [run] = this.runs;
    return this.single && run.step[run.length - 1] > 0;
  }

  layTime() {
    const { perEpoch } = this;
    const [run] = this.runs;
    const names = this.single
      ? Object.keys(run.errors).map((name) => [
          run,
          name,
          name === "train" ? this.colours.train : this.colours.test,
        ])
      : [];
    const several = this.single
      ? []
      : this.runs.map((each) => [each, told.error, this.colours.runs[each.number]]);
    // from the sixth run on, colours alone are too alike
    const curves = [...names, ...several].map(([each, name, colour]) => ({
      run: each,
      name,
      colour,
      dash: each.number < 5 ? [] : [6, 2],
    }));
    const unit = this.countsSteps ? "step" : "epoch";
    const paths = this.listed.length > 0;
    this.errorPanel.lay(curves, told, unit, perEpoch);
    if (this.sharpnessPanel) {
      this.sharpnessPanel.sheet.fit();
      const { sharpness } = run;
      const colour = this.colours.sharpness;
      this.sharpnessPanel.lay(sharpness.curves(colour), sharpness.told, unit, perEpoch);
    }
    const errors = this.single
      ? "Training and test errors"
      : `The ${errorName(told.error)}s of all runs`;
    $("errors").setAttribute(
      "aria-label",
      `${errors} over time. The slider named Time moves along them.`,
    );
    if (!paths) return;
    this.pathPanel.sheet.fit();
    this.pathPanel.lay(this.current, told, unit, perEpoch);
    $("paths").setAttribute(
      "aria-label",
      "The units' elbows over time. The table named Units has them as numbers.",
    );
  }

  jump(epoch) {
    this.touched = true;
    this.clock.goToEpoch(epoch);
  }

  scaleTime(logarithmic) {
    this.time.logarithmic = logarithmic;
    this.clock.place = this.time.place(this.clock.epoch);
    this.layTime();
    this.moved();
  }

  otherTheme() {
    document.documentElement.dataset.theme = this.colours === told.colours.dark ? "light" : "dark";
    this.restyle();
  }

  /** Draw with the next picture of the screen. */
  invalidate() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.draw();
    });
  }

  draw() {
    const { epoch } = this.clock;
    for (const panel of this.panels) panel.draw(this.shownIn(panel));
    const { experiment } = this;
    this.followExperiment();
    this.errorPanel.draw(epoch, experiment);
    if (this.sharpnessPanel) this.sharpnessPanel.draw(epoch, experiment);
    if (this.listed.length) this.pathPanel.draw(epoch, this.focusIn(this.current), experiment);
    this.drawn += 1;
  }

  /** Make the axis of time longer where an experiment has gone on beyond it. */
  followExperiment() {
    const { experiment, time } = this;
    const isLonger = time.reach(experiment.on ? experiment.epoch : time.last);
    if (isLonger) this.layTime();
  }

  /** What a panel shows now. */
  shownIn({ run }) {
    const row = run.rowAt(this.clock.epoch);
    const edited = this.experiment.run === run;
    const unit = this.focusIn(run);
    const recorded = run.hasUnits ? run.network(row) : null;
    return {
      row,
      unit,
      network: edited ? this.experiment.network : recorded,
      pieces: edited ? this.experiment.course.pieces : run.pieces(row),
      reference: edited ? run.pieces(row) : null,
      references: this.references.shownOn(run, row, this.colours),
      handle: edited && unit !== null ? this.experiment.handle(unit, told.limits.y) : null,
      x: this.cursor && this.cursor.run === run ? this.cursor.x : null,
    };
  }

  shownOf(run) {
    const panel = this.panels[run.number];
    return { panel, ...this.shownIn(panel) };
  }

  /** The unit of a run that stands out, or null. */
  focusIn(run) {
    const focus = this.pointed || this.pinned;
    return focus && focus.run === run ? focus.unit : null;
  }

  /** After the clock moved, began to run or stopped. */
  moved() {
    const { clock, time } = this;
    this.fillFacts();
    if (clock.epoch !== this.toldOf) $("opened").hidden = true;
    $("play").textContent = clock.playing ? "Pause" : "Play";
    const share = time.place(clock.epoch) / time.length;
    $("slider").value = 10000 * share;
    $("slider").style.setProperty("--at", `calc(10px + (100% - 20px) * ${share})`);
    $("slider").setAttribute("aria-valuetext", inWords(this)[0]);
    this.changed();
    if (!clock.playing) this.settle();
  }

  /** Say something of the moment that is shown, until another one is. */
  tell(words) {
    this.toldOf = this.clock.epoch;
    setText($("opened"), words);
    $("opened").hidden = false;
  }

  fillFacts() {
    factsOf(this).forEach(({ text, changed = false }, i) => {
      const words = changed ? `${text} ${CHANGED}` : text;
      setText(this.facts[i], words);
      this.facts[i].classList.toggle("changed", changed);
    });
    for (const run of this.runs)
      if (run.caption) setText(run.caption.lastChild, captionOf(run, this));
  }

  /** After anything that is shown changed. The dearer parts follow at most ten times a second. */
  changed() {
    this.invalidate();
    if (this.detailing) return;
    this.detailing = true;
    setTimeout(
      () => {
        this.detailing = false;
        this.fillDetails();
      },
      this.clock.playing || this.experiment.running ? 100 : 0,
    );
  }

  fillDetails() {
    const { current, experiment } = this;
    fillTip(this);
    this.fillFacts();
    for (const panel of this.panels) fillReading(this, panel);
    if (!current.hasUnits) return;
    this.table.show(
      current,
      experiment.run === current
        ? experiment.network
        : current.network(current.rowAt(this.clock.epoch)),
      this.focusIn(current),
    );
    const noLab = noLabFor(current);
    $("to-lab").disabled = Boolean(noLab);
    $("to-lab").title = noLab;
    this.form.show();
    if (experiment.on) this.form.fill();
  }

  /** Once it stands still: the address, and words for those who listen. */
  settle() {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      if (!this.touched) return;
      writeAddress(this.clock.epoch);
      $("status").textContent = inWords(this).join(": ");
    }, 300);
  }

  // ---- Pointing ----

  /** A unit was pointed at; null: none any more. */
  point(run, unit) {
    if (unit === null && !this.pointed) return;
    this.pointed = unit === null ? null : { run, unit };
    this.cursor = null;
    this.changed();
  }

  /**
   * A unit was clicked: it stands out until it is clicked again, or another one is; in an
   * experiment always one does.
   */
  pin(run, unit) {
    const again =
      this.pinned && this.pinned.run === run && this.pinned.unit === unit && !this.experiment.on;
    this.pinUnit(run, again ? null : unit);
  }

  pinUnit(run, unit) {
    this.pinned = unit === null ? null : { run, unit };
    if (this.pinned) {
      this.choose(run);
      this.table.reveal(unit);
    }
    this.changed();
  }

  /** Whose units are listed. */
  choose(run) {
    if (run === this.current || !run.hasUnits) return;
    this.current = run;
    $("run").value = run.number;
    if (this.experiment.on && this.experiment.run !== run) this.experiment.end();
    this.layTime();
    this.changed();
  }

  /** A point of the curve was pointed at; null: none any more. */
  setCursor(run, x) {
    if (x === null && !this.cursor && !this.pointed) return;
    this.pointed = null;
    this.cursor = x === null ? null : { run, x: clamp(x, ...run.points.domain) };
    this.changed();
  }

  /** Escape: nothing stands out any more. */
  letGo() {
    this.pointed = null;
    this.cursor = null;
    this.glance = null;
    this.pinned = this.experiment.on ? this.pinned : null;
    this.changed();
  }

  // ---- What if ----

  toggleExperiment(run = this.current) {
    if (this.experiment.on) {
      this.experiment.end();
      this.pinned = null;
      return;
    }
    this.clock.stop();
    this.choose(run);
    this.experiment.begin(run, run.rowAt(this.clock.epoch));
    if (!this.pinned || this.pinned.run !== run) this.pinUnit(run, this.strongest(run));
    this.form.begin();
  }

  /** Open the lab with the network that is shown. */
  openLab() {
    const { experiment, current } = this;
    const row = current.rowAt(this.clock.epoch);
    const isChanged = experiment.run === current;
    const network = isChanged ? experiment.network : current.network(row);
    const steps = current.step[row] + (isChanged ? experiment.steps : 0);
    const training = {
      ...current.start.training,
      ...(isChanged ? this.form.changedSettings() : {}),
    };
    window.location.hash = fragmentOf(exerciseOfRun(current, network, steps, training));
  }

  /** The unit that bends the function most inside the domain. */
  strongest(run) {
    const { network } = this.shownOf(run);
    const [low, high] = run.points.inside;
    let found = 0;
    let most = -1;
    for (let j = 0; j < network.width; j++) {
      const strength = network.elbow(j) > low && network.elbow(j) < high ? network.bending(j) : -1;
      if (strength > most) [found, most] = [j, strength];
    }
    return found;
  }
}
