// The forms of the lab: what they show of an exercise, and what they change in it.

/** What a schedule begins with where it is chosen. */
const NEW_SCHEDULES = {
  constant: "constant",
  step: { kind: "step", every: 100, factor: 0.5 },
  cosine: { kind: "cosine", minimum: 0 },
};

/** The numbers of schedules, each with the kind that has it. */
const SCHEDULE_NUMBERS = { every: "step", factor: "step", minimum: "cosine" };

/** What the list of targets says for data that has no named target. */
const OTHER_TARGETS = { expression: "own expression", points: "own points", knots: "own knots" };

/** The entry of the list of targets that data have. */
function targetName({ kind, target }) {
  if (kind === "points") return "points";
  if (typeof target !== "string") return "knots";
  return has(NAMED_TARGETS, target) ? target : "expression";
}

/** A text such as 20, 20 as widths. Throws an Error for the reader. */
function widthsOf(text) {
  const widths = text
    .split(/[\s,;x×]+/)
    .filter(Boolean)
    .map(Number);
  if (!isWidths(widths))
    throw new Error(
      `write a width up to ${MOST_UNITS}, such as 40, or several, such as 20, 20; ` +
        `at most ${MOST_LAYERS} layers`,
    );
  return widths;
}

/** Pairs of numbers, one on each line, as {x, y}. Throws an Error for the reader. */
function pastedPoints(text) {
  const lines = text.split("\n").filter((row) => row.trim());
  const pairs = lines.map((row) =>
    row
      .trim()
      .split(/[\s,;]+/)
      .map(Number),
  );
  const wrong = pairs.findIndex(
    (pair, i) => pair.length !== 2 || !pair.every(Number.isFinite) || !lines[i],
  );
  if (!pairs.length) throw new Error("write a pair x, y on each line");
  if (wrong >= 0)
    throw new Error(`line ${wrong + 1} is no pair x, y: ${lines[wrong].slice(0, 40)}`);
  if (pairs.length > MOST_SAMPLES) throw new Error(`at most ${wholeText(MOST_SAMPLES)} points`);
  return { x: pairs.map(([x]) => x), y: pairs.map(([, y]) => y) };
}

/** Knots as a text, 0 0; 0.5 1; 1 0, and back. */
const knotsText = ({ x, y }) => x.map((value, i) => `${value} ${y[i]}`).join("; ");
const knotsOf = (text) => pastedPoints(text.replace(/;/g, "\n"));

class Settings {
  constructor(lab) {
    this.lab = lab;
    this.fillLists();
    this.listenToNetwork();
    this.listenToTraining();
    this.listenToData();
  }

  fillLists() {
    const option = (value, words = value) => make("option", { value }, words);
    $("method").append(...Object.entries(METHODS).map(([name, [words]]) => option(name, words)));
    $("init").append(...Object.keys(INITS).map((name) => option(name)));
    $("target").append(...Object.keys(NAMED_TARGETS).map((name) => option(name)));
    $("target").append(
      ...Object.entries(OTHER_TARGETS).map(([name, words]) => option(name, words)),
    );
  }

  /** Do what the reader asked for; say why where it cannot be done. */
  attempt(fault, act) {
    try {
      act();
      $(fault).textContent = "";
    } catch (error) {
      $(fault).textContent = messageOf(error);
    }
  }

  /** A field whose value goes into a section of the exercise. */
  field(id, section, key, read = (element) => element.valueAsNumber) {
    $(id).addEventListener("change", () =>
      this.attempt(`${section}-fault`, () =>
        this.lab.change(section, checkedSection(section, { [key]: read($(id)) })),
      ),
    );
  }

  listenToNetwork() {
    const { lab } = this;
    const text = (element) => element.value;
    this.field("hidden", "network", "hidden", (element) => widthsOf(element.value));
    this.field("init", "network", "init", text);
    this.field("elbows", "network", "elbows", text);
    this.field("hidden-scale", "network", "hidden_scale");
    this.field("output-scale", "network", "output_scale");
    this.field("network-seed", "network", "seed");
    $("redraw").addEventListener("click", () => {
      const { network } = lab.exercise;
      lab.change("network", { seed: network.start ? network.seed : network.seed + 1 });
    });
    $("empty").addEventListener("click", () => lab.change("network", { hidden: [0] }));
    $("solve").addEventListener("click", () => this.attempt("network-fault", () => lab.solve()));
    $("remove-unit").addEventListener("click", () => lab.removeUnit());
    $("unit").addEventListener("change", () => {
      const last = lab.courses[0].width - 1;
      lab.choose(clamp(Math.round($("unit").valueAsNumber) || 0, 0, last));
    });
    this.number("elbow", (network, unit, value, points) =>
      network.placeElbow(unit, points.fromX(value)),
    );
    this.number("weight", (network, unit, value, points) =>
      setWeight(network, unit, value / points.yUnit),
    );
  }

  /** A number of the chosen unit. */
  number(id, act) {
    const { lab } = this;
    $(id).addEventListener("change", () => {
      const value = $(id).valueAsNumber;
      if (lab.chosen === null || !Number.isFinite(value)) return;
      lab.hold();
      lab.edit((network) => act(network, lab.chosen, value, lab.courses[0].points));
      lab.letGo();
    });
  }

  listenToTraining() {
    const { lab } = this;
    const text = (element) => element.value;
    $("method").addEventListener("change", () =>
      this.attempt("training-fault", () => lab.change("training", METHODS[$("method").value][1])),
    );
    this.field("rate", "training", "learning_rate");
    this.field("batch", "training", "batch_size", ({ value }) =>
      value.trim() === "full" ? "full" : Number(value),
    );
    this.field("momentum", "training", "momentum");
    this.field("layers", "training", "layers", text);
    this.field("weight-decay", "training", "weight_decay");
    this.field("sampling", "training", "sampling", text);
    this.field("label-noise", "training", "label_noise");
    this.field("input-noise", "training", "input_noise");
    this.field("training-seed", "training", "seed");
    this.listenToSchedule();
    $("safe-rate").addEventListener("click", () =>
      lab.change("training", { learning_rate: lab.safeRate }),
    );
    $("compare").addEventListener("click", () => lab.toggleRival());
    for (const button of $("runs").children)
      button.addEventListener("click", () => lab.chooseRun(Number(button.dataset.run)));
  }

  listenToSchedule() {
    const { lab } = this;
    this.field("penalty", "training", "penalty");
    this.field("warmup", "training", "warmup");
    this.field("epochs", "training", "epochs");
    this.field("schedule", "training", "schedule", ({ value }) => NEW_SCHEDULES[value]);
    for (const name of Object.keys(SCHEDULE_NUMBERS))
      this.field(name, "training", "schedule", ({ valueAsNumber }) => ({
        ...lab.settingsShown.schedule,
        [name]: valueAsNumber,
      }));
  }

  listenToData() {
    const { lab } = this;
    const text = (element) => element.value;
    $("target").addEventListener("change", () => this.chooseTarget($("target").value));
    this.field("expression", "data", "target", ({ value }) =>
      targetName(lab.exercise.data) === "knots" ? knotsOf(value) : value,
    );
    this.field("samples", "data", "samples");
    this.field("noise", "data", "noise");
    this.field("positions", "data", "positions", text);
    this.field("data-seed", "data", "seed");
    this.field("standardize", "data", "standardize", (element) => element.checked);
    const domain = () => [$("low").valueAsNumber, $("high").valueAsNumber];
    this.field("low", "data", "domain", domain);
    this.field("high", "data", "domain", domain);
    $("no-points").addEventListener("click", () => lab.change("data", lab.withoutPoints()));
    $("take-points").addEventListener("click", () =>
      this.attempt("data-fault", () =>
        lab.change("data", { kind: "points", ...pastedPoints($("pasted").value), domain: null }),
      ),
    );
  }

  chooseTarget(name) {
    const { lab } = this;
    const { data } = lab.exercise;
    const kinds = {
      points: () => lab.givenPoints(),
      knots: () => ({ kind: "target", target: { x: [0, 0.5, 1], y: [0, 1, 0] } }),
      expression: () => ({ kind: "target", target: "sin(6*x) + abs(x - 0.3)" }),
    };
    const changed = kinds[name] ? kinds[name]() : { kind: "target", target: name };
    const domain = data.domain || USUAL_DATA.domain;
    this.attempt("data-fault", () => lab.change("data", { domain, ...changed }));
  }

  /** Show an exercise. */
  show() {
    this.showNetwork();
    this.showTraining();
    this.showData();
  }

  showNetwork() {
    const { network } = this.lab.exercise;
    $("hidden").value = network.hidden.join(", ");
    $("init").value = network.init;
    $("elbows").value = network.elbows;
    setInput($("hidden-scale"), network.hidden_scale);
    setInput($("output-scale"), network.output_scale);
    setInput($("network-seed"), network.seed);
  }

  showTraining() {
    const { lab } = this;
    const settings = lab.settingsShown;
    $("method").value = methodName(settings);
    $("rate").value = String(settings.learning_rate);
    $("batch").value = String(settings.batch_size);
    setInput($("momentum"), settings.momentum);
    $("layers").value = settings.layers;
    setInput($("weight-decay"), settings.weight_decay);
    $("sampling").value = settings.sampling;
    setInput($("label-noise"), settings.label_noise);
    setInput($("input-noise"), settings.input_noise);
    setInput($("training-seed"), settings.seed);
    const hasMomentum = settings.method === "sgd" || settings.method === "rmsprop";
    $("momentum").disabled = !hasMomentum;
    this.showSchedule(settings);
    $("weight-decay").disabled = settings.method === "sign";
    $("runs").hidden = !lab.exercise.rival;
    $("compare").textContent = lab.exercise.rival ? "Drop run B" : "Compare two";
    for (const button of $("runs").children)
      button.setAttribute("aria-pressed", Number(button.dataset.run) === lab.shownRun);
  }

  showSchedule({ method, schedule, warmup, epochs, penalty }) {
    const isRidge = method === "ridge";
    const kind = schedule.kind || "constant";
    for (const id of ["rate-label", "batch-label", "descent-form"]) $(id).hidden = isRidge;
    if (isRidge) $("more-training").open = true;
    setInput($("penalty"), penalty);
    $("schedule").value = kind;
    setInput($("warmup"), warmup);
    setInput($("epochs"), epochs);
    $("epochs-label").hidden = kind !== "cosine";
    for (const [name, its] of Object.entries(SCHEDULE_NUMBERS)) {
      $(`${name}-label`).hidden = kind !== its;
      if (kind === its) setInput($(name), schedule[name]);
    }
    const course = this.lab.courses[this.lab.shownRun];
    const steps = counted(course.stepsPerEpoch, "step");
    setText($("epoch-hint"), `Warmup and schedules count epochs, of ${steps} each.`);
  }

  showData() {
    const { data } = this.lab.exercise;
    const name = targetName(data);
    const isSampled = data.kind === "target";
    $("target").value = name;
    $("expression-label").hidden = name !== "expression" && name !== "knots";
    $("expression-label").firstChild.textContent = name === "knots" ? "knots x y; " : "f(x) = ";
    if (name === "expression") $("expression").value = data.target;
    if (name === "knots") $("expression").value = knotsText(data.target);
    $("sampling-form").hidden = !isSampled;
    $("standardize").checked = data.standardize;
    if (!isSampled) return;
    setInput($("samples"), data.samples);
    setInput($("noise"), data.noise);
    setInput($("low"), data.domain[0]);
    setInput($("high"), data.domain[1]);
    setInput($("data-seed"), data.seed);
    $("positions").value = data.positions;
  }

  /** The chosen unit's numbers. */
  showUnit() {
    const { lab } = this;
    const [course] = lab.courses;
    const { chosen } = lab;
    $("chosen").hidden = chosen === null;
    if (chosen === null) return;
    const { elbow, weight } = course.unit(course.network, chosen);
    $("unit").max = course.width - 1;
    $("weight-label").hidden = course.deep;
    $("remove-unit").hidden = course.deep;
    setInput($("unit"), chosen);
    setInput($("elbow"), elbow);
    setInput($("weight"), weight);
  }
}
