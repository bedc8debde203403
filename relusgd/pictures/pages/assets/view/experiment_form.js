// The form of an experiment: its numbers, and what its buttons do.

const FORM_PATIENCE = 250; // milliseconds that training waits for the stable rate
const FORM_SAFE_SHARE = 0.9; // of the largest stable rate

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
    const { training } = run.start;
    const { points } = run;
    const n = points.train.x.length;
    const { batch_size: size } = training;
    $("penalty").value = training.penalty;
    $("rate").value = rate > 0 ? Number(rate.toPrecision(6)) : 0.02;
    $("batch").value = size === "full" ? n : Math.min(size, n);
    $("layers").value = training.layers;
    const { rate: usualRate, batch, layers } = this.settings;
    this.usual = { learning_rate: usualRate, batch_size: batch, layers };
    $("unit").max = run.width - 1;
    $("weight-label").hidden = run.deep;
    $("yaml-text").hidden = true;
    const leftOut = leftOutOf(training);
    $("left-out").hidden = !leftOut;
    $("left-out").textContent = leftOut;
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

  /** The largest rate at which the chosen training is stable; nan where it is not known. */
  get stableRate() {
    const { stable } = this.experiment;
    return stableRateOf(2 / stable.rate, this.experiment.settingsWith(this.settings));
  }

  get safeRate() {
    return roundedBelow(FORM_SAFE_SHARE * this.stableRate);
  }

  takeSafeRate() {
    $("rate").value = this.safeRate;
    this.settingsChanged();
  }

  /** Train or pause; at a rate that is not stable only once the reader was warned. */
  descend() {
    const { experiment, settings } = this;
    if (experiment.running) return experiment.stop();
    const refusal = experiment.refusal(settings);
    if (refusal) return experiment.say(refusal);
    experiment.seekStableRate(settings.layers);
    experiment.stable.work(FORM_PATIENCE);
    if (settings.rate > this.stableRate && !this.warned) {
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
    const steps = `${counted(experiment.steps, "step")} from here`;
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
    const { running, run } = experiment;
    experiment.seekStableRate(settings.layers);
    const { stableRate: rate, safeRate: safe } = this;
    const isKnown = Number.isFinite(safe);
    const limit = numberText(rate, 2);
    const isPlain = methodName(run.start.training) === "sgd";
    const known = isPlain ? `2/sharpness = ${limit}` : limit;
    $("stable").textContent = isKnown ? `stable below ${known}` : "";
    $("safe-rate").textContent = isKnown ? `Take ${plainNumber(safe)}` : "Take a safe rate";
    $("safe-rate").disabled = !isKnown || settings.rate === safe;
    const isAbove = settings.rate > rate;
    const warning =
      `At ${plainNumber(settings.rate)} training is not stable here and may lose the fit: ` +
      `it is stable below ${limit}. ${plainNumber(safe)} is safe.`;
    setText($("rate-warning"), isAbove && !running ? warning : "");
    const words = methodWords(experiment.settingsWith(settings));
    const start = this.warned && isAbove ? "Start all the same" : `${words} from here`;
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

/** What of a run's training is left out when its network is trained on, in words. */
function leftOutOf({ method, schedule, warmup }) {
  if (method === "ridge") return "the run itself was solved by ridge regression";
  const parts = [...(schedule === "constant" ? [] : ["schedule"]), ...(warmup ? ["warmup"] : [])];
  return parts.length ? `at a constant rate, without the run's ${parts.join(" and ")}` : "";
}
