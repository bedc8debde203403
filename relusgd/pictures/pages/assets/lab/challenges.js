// Challenges: what they ask for, and how an answer is judged.

class Challenges {
  constructor(lab) {
    this.lab = lab;
    this.text = null;
    this.all = challengesOf(OWN_CHALLENGES);
    this.now = null;
    const on = (id, name, act) => $(id).addEventListener(name, act);
    on("challenges", "click", () => (this.now ? this.leave() : this.open(0)));
    on("choose-challenge", "change", () => this.open(Number($("choose-challenge").value)));
    on("leave-challenge", "click", () => this.leave());
    on("write-challenge", "click", () => this.write());
    on("take-challenge", "click", () => this.takeText($("challenge-source").value));
    on("challenge-file", "change", () => this.readFile());
  }

  /** The challenges of a text, or those that the lab comes with. Throws an Error for the reader. */
  take(text) {
    this.all = challengesOf(text || OWN_CHALLENGES);
    this.text = text;
  }

  /** Begin with a challenge: its exercise takes the place of the present one. */
  open(number) {
    const { lab } = this;
    const challenge = this.all[clamp(number, 0, this.all.length - 1)];
    lab.remember();
    lab.chosen = null;
    lab.open({ ...challenge.exercise, challenge: { text: this.text, number } });
    const isByHand = challenge.kind === "place" || challenge.kind === "fit";
    lab.useTool(isByHand ? "unit" : "move");
  }

  leave() {
    const { lab } = this;
    lab.remember();
    lab.open({ ...lab.current(), challenge: null });
    $("challenges").focus();
  }

  /** Show the challenge of an exercise, or none. */
  show({ challenge }) {
    const isShown = challenge !== null;
    $("challenge").hidden = !isShown;
    $("challenges").setAttribute("aria-expanded", String(isShown));
    if (!isShown) {
      this.now = null;
      return;
    }
    if (challenge.text !== this.text) this.take(challenge.text);
    const now = this.all[clamp(challenge.number, 0, this.all.length - 1)];
    if (now === this.now) return;
    this.now = now;
    const options = this.all.map(({ title }, i) => make("option", { value: i }, title));
    $("choose-challenge").replaceChildren(...options);
    $("choose-challenge").value = String(this.all.indexOf(now));
    $("challenge-title").textContent = now.title;
    fillWithText($("challenge-text"), now.text);
    $("challenge-result").textContent = "";
    this.buildTools();
  }

  /** Whether the stable rate is what is asked for, so that it must not be told. */
  get hidesRate() {
    return this.now !== null && this.now.kind === "rate";
  }

  buildTools() {
    const tools = $("challenge-tools");
    const button = (words, act) => {
      const made = make("button", { type: "button", class: "main" }, words);
      made.addEventListener("click", act);
      return made;
    };
    const guess = make("label", {}, "test error ");
    guess.append(make("input", { id: "guess", type: "number", min: 0, step: "any" }));
    const parts = {
      place: () => [button("Score", () => this.scorePlaces())],
      fit: () => [button("Check", () => this.checkFit())],
      rate: () => [button("Try it", () => this.tryRate())],
      predict: () => [guess, button("Run", () => this.runGuess())],
    };
    tools.replaceChildren(...parts[this.now.kind]());
  }

  say(words) {
    $("challenge-result").textContent = words;
    this.lab.relay();
  }

  /** The network's own error, the one that an answer is judged by. */
  error(network = this.lab.courses[0].network) {
    const { test, train, yUnit } = this.lab.points;
    return network.mse(test.x.length ? test : train) * yUnit ** 2;
  }

  /** The error by hand, by the best output weights for the same elbows, and by SGD. */
  async scorePlaces() {
    const { lab, now } = this;
    const { network } = lab.courses[0];
    if (!network.width) {
      this.say("Place a unit first.");
      return;
    }
    const mine = numberText(this.error());
    const solved = numberText(this.error(ridgeNetwork(network, lab.points.train, 1e-6)));
    this.say(`Your test error is ${mine}. SGD is trying …`);
    const trained = numberText(await this.trainBeside(now));
    const units = counted(widthsOfComparison(now, network)[0], "drawn unit");
    this.say(
      `Your test error is ${mine}; the best output weights for your elbows give ${solved}; ` +
        `SGD with ${units} ends at ${trained} after ${counted(now.steps, "step")}.`,
    );
  }

  /** The error of a network that is drawn and trained, while the page goes on. */
  async trainBeside(challenge) {
    const { lab } = this;
    const { data, training } = lab.exercise;
    const hidden = widthsOfComparison(challenge, lab.courses[0].network);
    const recipe = { ...USUAL_NETWORK, ...challenge.compare, hidden, start: null };
    const start = startOf({ network: recipe, data }, lab.points);
    const beside = new Training(start, hidden, lab.points.train, training);
    while (beside.step < challenge.steps) {
      beside.advance(Math.min(200, challenge.steps - beside.step));
      await new Promise((done) => setTimeout(done));
    }
    return this.error(beside.network);
  }

  checkFit() {
    const { now } = this;
    const [course] = this.lab.courses;
    const error = this.error();
    const units = course.hidden.reduce((sum, n) => sum + n, 0);
    const found = `the test error is ${numberText(error)}`;
    if (now.units && units > now.units)
      this.say(`There are ${wholeText(units)} units; at most ${wholeText(now.units)} are allowed.`);
    else if (error <= now.goal) this.say(`Solved: ${found} with ${counted(units, "unit")}.`);
    else this.say(`Not yet: ${found}, and the goal is ${numberText(now.goal)}.`);
  }

  /** Train at the learner's rate, so that it is seen; the sharpness judges. */
  tryRate() {
    const { lab, now } = this;
    const { learning_rate: rate } = lab.exercise.training;
    lab.stable.work(2000);
    const limit = lab.stableRate;
    lab.goTo(0);
    lab.runAll(now.steps);
    if (!(rate <= limit)) {
      this.say(`${plainNumber(rate)} is too large: the error grows without end.`);
      return;
    }
    const share = Math.floor((100 * rate) / limit);
    const isSolved = share >= 90;
    const more = isSolved
      ? `Solved: ${share} % of the largest, 2/sharpness = ${numberText(limit, 4)}.`
      : "It could be larger.";
    this.say(`${plainNumber(rate)} is stable. ${more}`);
  }

  /** Train, then hold the guess against what came. */
  runGuess() {
    const { lab, now } = this;
    this.guess = $("guess").valueAsNumber;
    if (!(this.guess > 0)) {
      this.say("Write your guess first, a number above 0.");
      return;
    }
    this.say("");
    lab.goTo(0);
    lab.runAll(now.steps);
  }

  /** After a course stopped: is there a guess to be judged? */
  stopped() {
    const { lab, now, guess } = this;
    if (!now || now.kind !== "predict" || !(guess > 0)) return;
    const [course] = lab.courses;
    if (course.step < now.steps && !course.diverged) return;
    this.guess = null;
    const error = this.error();
    const factor = Math.max(guess / error, error / guess);
    const verdict = factor < 1.5 ? "Well predicted" : `Off by a factor of ${numberText(factor, 2)}`;
    this.say(
      `${verdict}: you said ${numberText(guess)}, the test error is ${numberText(error)} ` +
        `after ${counted(course.step, "step")}.`,
    );
  }

  // ---- Writing one's own ----

  write() {
    const isHidden = $("challenge-writing").hidden;
    $("challenge-writing").hidden = !isHidden;
    $("write-challenge").setAttribute("aria-expanded", String(isHidden));
    this.lab.relay();
    if (isHidden) $("challenge-source").value = this.text || OWN_CHALLENGES;
  }

  takeText(text) {
    try {
      if (text.length > MOST_CHALLENGE_TEXT)
        throw new Error(`at most ${wholeText(MOST_CHALLENGE_TEXT)} characters`);
      this.take(text);
      $("challenge-fault").textContent = "";
      this.open(0);
    } catch (error) {
      $("challenge-fault").textContent = messageOf(error);
    }
  }

  async readFile() {
    const [file] = $("challenge-file").files;
    if (!file) return;
    const text = await file.text();
    $("challenge-source").value = text;
    this.takeText(text);
  }
}

/** The widths that SGD gets: those that the challenge names, or as many units as were placed. */
function widthsOfComparison({ compare }, network) {
  return compare.hidden || network.hidden;
}
