// Challenges as text, so that a lecturer writes their own: docs/lab.md says how.

/** The challenges that the lab comes with. */
const OWN_CHALLENGES = `# Place the elbows
kind: place
network.hidden: 0
steps: 20000
compare.hidden: 10
data.samples: 200

Build a function of ten units by hand. Where shall it bend? Choose *Place a unit*, press where the
function shall bend, and drag. Then press *Score*: the lab tells your test error, that of the best
output weights for your elbows, and what SGD makes of ten units that were drawn.

---
# Fit with three units
kind: fit
data.target: where(x < 0.3, 3*x, where(x < 0.7, 1.8 - 3*x, 2*x - 1.7))
data.noise: 0.02
data.samples: 60
network.hidden: 0
units: 3
goal: 0.001

Three units are enough for this function. Place them by hand, let SGD do the rest, or solve the
output layer: any way counts that leaves a test error below 0.001.

---
# The largest stable rate
kind: rate
network.hidden: 10
training.layers: output
training.batch_size: full
training.learning_rate: 0.01
steps: 2000

Only the output layer learns, on all points at once, so the error is a bowl. How large can the
learning rate be before the steps climb out of it? Write a rate and press *Try it*.

---
# Predict before you run
kind: predict
data.target: sin(6*x)
data.noise: 0.1
data.samples: 60
network.hidden: 20
training.learning_rate: 0.05
steps: 5000

Twenty units, 60 noisy points of a sine, 5,000 steps of SGD at rate 0.05. The noise has variance
0.01. What will the *test error* be, which is measured without noise? Write your guess, then run.
`;

const CHALLENGE_KINDS = ["place", "fit", "rate", "predict"];
const MOST_CHALLENGES = 50;
const MOST_CHALLENGE_STEPS = 200000;

/** Keys of a challenge itself: what each takes. */
const CHALLENGE_KEYS = {
  kind: isOneOf(...CHALLENGE_KINDS),
  goal: (value) => isNumber(0, LARGEST)(value) && value > 0,
  units: isWhole(1, MOST_UNITS),
  steps: isWhole(1, MOST_CHALLENGE_STEPS),
};

/**
 * The challenges of a text: [{title, kind, goal, units, steps, exercise, compare, text}]. Throws an
 * Error for the reader, which names the challenge and its line.
 */
function challengesOf(text) {
  const parts = text.replace(/\r/g, "").split(/^---+[ \t]*$/m);
  const challenges = parts.filter((part) => part.trim()).map(challengeOf);
  if (!challenges.length) throw new Error("there is no challenge in this text");
  if (challenges.length > MOST_CHALLENGES) throw new Error(`at most ${MOST_CHALLENGES} challenges`);
  return challenges;
}

function challengeOf(part) {
  const [head, ...paragraphs] = part.trim().split(/\n\s*\n/);
  const [first, ...lines] = head.split("\n");
  const heading = /^#+ +(.{1,200})$/.exec(first);
  if (!heading) throw new Error(`a challenge begins with "# title", not ${shortened(first)}`);
  const [, title] = heading;
  try {
    return { title, text: paragraphs.join("\n\n"), ...keysOfChallenge(lines) };
  } catch (error) {
    throw new Error(`${title}: ${messageOf(error)}`);
  }
}

function keysOfChallenge(lines) {
  const own = { kind: null, goal: null, units: null, steps: 10000 };
  const sections = { data: {}, network: {}, training: {}, compare: {} };
  for (const row of lines) {
    const found = /^([a-z_.]+):\s*(.+)$/.exec(row.trim());
    if (!found) throw new Error(`${shortened(row)} is no line "key: value"`);
    const [, name, value] = found;
    const [section, key] = name.split(".");
    if (key === undefined) takeOwnKey(own, name, valueOf(value));
    else if (has(sections, section)) sections[section][key] = valueOf(value);
    else throw new Error(`${name} is no key of a challenge`);
  }
  if (!own.kind) throw new Error(`kind is missing: ${CHALLENGE_KINDS.join(", ")}`);
  if (own.kind === "fit" && own.goal === null) throw new Error("goal is missing");
  const { compare, ...given } = sections;
  if (isWhole(0, MOST_UNITS)(given.network.hidden)) given.network.hidden = [given.network.hidden];
  if (isWhole(1, MOST_UNITS)(compare.hidden)) compare.hidden = [compare.hidden];
  return { ...own, exercise: checkedExercise(given), compare: checkedSection("network", compare) };
}

function takeOwnKey(own, name, value) {
  if (!has(CHALLENGE_KEYS, name)) throw new Error(`${name} is no key of a challenge`);
  if (!CHALLENGE_KEYS[name](value)) throw new Error(`${name} cannot be ${shortened(value)}`);
  own[name] = value;
}

/** A number, a list, true, false or null as in JSON; everything else is a word. */
function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim();
  }
}
