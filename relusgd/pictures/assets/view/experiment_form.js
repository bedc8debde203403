// The form of an experiment: its numbers, and what its buttons do.

const PATIENCE = 250; // milliseconds that starting SGD waits for the stable rate

class ExperimentForm {
  constructor(page) {
    this.page = page;
    this.experiment = page.experiment;
    $("edit").addEventListener("click", () => page.toggleExperiment());
    $("reset").addEventListener("click", () => this.reset());
    $("solve").addEventListener("click", () => this.experiment.solve(Number($("penalty").value)));
    $("descend").addEventListener("click", () => this.descend());
    $("yaml").addEventListener("click", () => this.copyYaml());
    $("safe-rate").addEventListener("click", () => this.takeSafeRate());
    for (const id of ["rate", "batch", "layers"])
      $(id).addEventListener("input", () => this.settingsChanged());
    $("unit").addEventListener("change", () =>
      page.pinUnit(
        this.experiment.run,
        clamp(Math.round(Number($("unit").value)), 0, this.experiment.run.width - 1),
      ),
    );
    this.onNumber("elbow", (unit, value) => this.experiment.placeElbow(unit, value));
    this.onNumber("weight", (unit, value) => this.experiment.setWeight(unit, value));
  }

  onNumber(id, act) {
    $(id).addEventListener("input", () => {
      const value = $(id).valueAsNumber;
      if (this.experiment.on && Number.isFinite(value)) act(this.page.pinned.unit, value);
    });
  }

  /** What going on begins with, at the snapshot that an experiment begins with. */
  begin() {
    const { run, rate } = this.experiment;
    const { start, points } = run;
    const n = points.train.x.length;
    $("penalty").value = start.penalty;
    $("rate").value = rate > 0 ? Number(rate.toPrecision(6)) : 0.02;
    $("batch").value = Math.min(start.batch_size || n, n);
    $("layers").value = start.layers;
    const { rate: usualRate, batch, layers } = this.settings;
    this.usual = { learning_rate: usualRate, batch_size: batch, layers };
    $("unit").max = run.width - 1;
    $("weight-label").hidden = run.deep;
    $("yaml-text").hidden = true;
    $("left-out").hidden = !start.left_out;
    $("left-out").textContent = `plain SGD, without the run's ${start.left_out}`;
    const { train, test } = points;
    const cut = train.of > n || test.of > test.x.length;
    $("sampled").hidden = !cut;
    const here = wholeText(n + test.x.length);
    const all = wholeText(train.of + test.of);
    $("sampled").textContent = cut ? `over ${here} of the ${all} points, evenly chosen` : "";
  }

  reset() {
    const { run } = this.experiment;
    this.experiment.begin(run, run.rowAt(this.page.clock.epoch));
  }

  get settings() {
    return {
      rate: $("rate").valueAsNumber,
      batch: $("batch").valueAsNumber,
      layers: $("layers").value,
    };
  }

  settingsChanged() {
    this.warned = false;
    this.page.changed();
  }

  takeSafeRate() {
    $("rate").value = this.experiment.stable.safe;
    this.settingsChanged();
  }

  /** Start or pause SGD; at a rate that is not stable only once the reader was warned. */
  descend() {
    const { experiment, settings } = this;
    if (experiment.running) return experiment.stop();
    const refusal = experiment.refusal(settings);
    if (refusal) return experiment.say(refusal);
    experiment.seekStableRate(settings.layers);
    experiment.stable.work(PATIENCE);
    if (settings.rate > experiment.stable.rate && !this.warned) {
      this.warned = true;
      return experiment.say("");
    }
    this.warned = false;
    return experiment.descend(settings);
  }

  /** The keys of the training that the reader has changed in the form. */
  changedSettings() {
    const { rate, batch, layers } = this.settings;
    const values = { learning_rate: rate, batch_size: batch, layers };
    return Object.fromEntries(
      Object.entries(values).filter(([key, value]) => value !== this.usual[key] && value),
    );
  }

  async copyYaml() {
    const text = this.experiment.yaml(this.changedSettings());
    $("yaml-text").hidden = false;
    $("yaml-text").value = text;
    flash($("yaml"), (await copyText(text)) ? "Copied" : "Copy it from below");
  }

  /** Show or hide it all: after an experiment began or ended. */
  show() {
    const { on, run } = this.experiment;
    $("tools").hidden = !on;
    $("edit-hint").hidden = on;
    $("edit").setAttribute("aria-pressed", on);
    $("edit").textContent = on ? "Done" : "Change this network";
    for (const panel of this.page.panels)
      panel.canvas.classList.toggle("editing", on && panel.run === run);
  }

  fill() {
    const { experiment, page } = this;
    const { run } = experiment;
    this.compare();
    const steps = `${wholeText(experiment.steps)} steps of SGD from here`;
    $("note").textContent = experiment.note || (experiment.steps ? steps : "");
    this.fillRates();
    $("solve").disabled = Boolean(experiment.unsolvable);
    $("solve").title = experiment.unsolvable;
    if (!page.pinned || page.pinned.run !== run) return;
    const facts = run.unit(experiment.network, page.pinned.unit);
    const [low, high] = run.points.domain;
    $("elbow").step = Number(((high - low) / 200).toPrecision(2));
    $("weight").step = Number((Math.max(Math.abs(facts.weight), 0.1) / 20 || 0.1).toPrecision(1));
    setInput($("unit"), page.pinned.unit);
    setInput($("elbow"), facts.elbow);
    setInput($("weight"), facts.weight);
  }

  /** The stable rate, the safe one, and the warning above them. */
  fillRates() {
    const { experiment, settings } = this;
    const { stable, running } = experiment;
    experiment.seekStableRate(settings.layers);
    const { rate, safe } = stable;
    const isKnown = Number.isFinite(safe);
    const limit = numberText(rate, 2);
    $("stable").textContent = isKnown ? `stable below 2/sharpness = ${limit}` : "";
    $("safe-rate").textContent = isKnown ? `Take ${plainNumber(safe)}` : "Take a safe rate";
    $("safe-rate").disabled = !isKnown || settings.rate === safe;
    const isAbove = settings.rate > rate;
    const warning =
      `At ${plainNumber(settings.rate)} gradient descent is not stable here and may lose the ` +
      `fit: 2/sharpness is ${limit}. ${plainNumber(safe)} is safe.`;
    setText($("rate-warning"), isAbove && !running ? warning : "");
    const start = this.warned && isAbove ? "Start all the same" : "SGD from here";
    setText($("descend"), running ? "Pause" : start);
  }

  compare() {
    const { run } = this.experiment;
    const errors = this.experiment.errors();
    const row = run.rowAt(this.page.clock.epoch);
    const rows = Object.keys(run.errors).map((name) => {
      const tableRow = make("tr");
      const now = make("data", { id: `changed-${name}` });
      setNumber(now, errors[name]);
      tableRow.append(make("th", { scope: "row" }, `${name} MSE`));
      tableRow.appendChild(make("td")).append(now);
      tableRow.append(make("td", {}, numberText(run.errors[name].value[row], 4)));
      return tableRow;
    });
    $("compared").replaceChildren(...rows);
  }
}
