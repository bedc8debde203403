// An exercise: all that the lab holds of data, network and training. It is never changed in place:
// every change gives another one, so that undoing is going back to one before.

const MOST_UNITS = 250; // in a layer
const MOST_LAYERS = 6;
const MOST_SAMPLES = 5000;
const MOST_EPOCHS = 1e9;
const LARGEST = 1e9;
const MOST_CHALLENGE_TEXT = 20000;

/**
 * data, network, training: keys as in a config, network with start: all parameters in one row, or
 * null where they are drawn. origin: steps before this course began; step: the one that is shown.
 * rival: training of a second run from the same start, or null. challenge: {text, number}, or null.
 */
const FIRST_EXERCISE = {
  data: USUAL_DATA,
  network: { ...USUAL_NETWORK, start: null },
  training: USUAL_TRAINING,
  origin: 0,
  step: 0,
  rival: null,
  challenge: null,
};

/** The parameters that an exercise begins with, in one row. points: those of its data. */
function startOf({ network, data }, points) {
  if (network.start) return network.start;
  const hasRange = data.kind === "points" && points.train.x.length > 1;
  const { x } = points.train;
  const range = hasRange ? [x[0], x[x.length - 1]] : points.inside;
  return initialParameters(network, range[0] < range[1] ? range : points.inside);
}

// ---- Reading: nothing that an address or a file holds is taken without a look ----

const isNumber = (low, high) => (value) =>
  typeof value === "number" && value >= low && value <= high;
const isWhole = (low, high) => (value) => Number.isInteger(value) && value >= low && value <= high;
const isOneOf =
  (...values) =>
  (value) =>
    values.includes(value);
const isNumbers = (most) => (value) =>
  Array.isArray(value) && value.length <= most && value.every(isNumber(-LARGEST, LARGEST));
const isInterval = (value) => isNumbers(2)(value) && value.length === 2 && value[0] < value[1];
const isWidths = (value) =>
  Array.isArray(value) &&
  value.length >= 1 &&
  value.length <= MOST_LAYERS &&
  value.every(isWhole(value.length === 1 ? 0 : 1, MOST_UNITS));
const isSeed = isWhole(0, 2 ** 53);
const isBoolean = isOneOf(true, false);
const isShare = (value) => isNumber(0, 1)(value) && value < 1;

function isTarget(value) {
  if (typeof value === "string") return value.length <= MOST_CHARACTERS;
  if (!value || typeof value !== "object") return false;
  return isNumbers(MOST_SAMPLES)(value.x) && isNumbers(MOST_SAMPLES)(value.y);
}

const isEpochs = isWhole(1, MOST_EPOCHS);

/** The numbers of every kind of schedule but the constant one. */
const SCHEDULES = {
  step: { every: isEpochs, factor: (value) => isNumber(0, LARGEST)(value) && value > 0 },
  cosine: { minimum: isNumber(0, LARGEST) },
};

function isSchedule(value) {
  if (value === "constant") return true;
  if (!value || typeof value !== "object" || !has(SCHEDULES, value.kind)) return false;
  const { kind, ...numbers } = value;
  const takes = Object.entries(SCHEDULES[kind]);
  const isComplete = Object.keys(numbers).length === takes.length;
  return isComplete && takes.every(([key, isTaken]) => isTaken(numbers[key]));
}

/** What every key takes. */
const TAKEN = {
  data: {
    kind: isOneOf("target", "points"),
    target: isTarget,
    domain: (value) => value === null || isInterval(value),
    train_domain: (value) => value === null || isInterval(value),
    samples: isWhole(1, MOST_SAMPLES),
    positions: isOneOf("random", "even"),
    noise: isNumber(0, LARGEST),
    test_samples: isWhole(0, MOST_SAMPLES),
    standardize: isBoolean,
    seed: isSeed,
    x: isNumbers(MOST_SAMPLES),
    y: isNumbers(MOST_SAMPLES),
    test_x: isNumbers(MOST_SAMPLES),
    test_y: isNumbers(MOST_SAMPLES),
    names: (value) => Array.isArray(value) && value.length === 2 && value.every(isShortText),
  },
  network: {
    hidden: isWidths,
    init: isOneOf(...Object.keys(INITS)),
    hidden_scale: isNumber(0, LARGEST),
    output_scale: isNumber(0, LARGEST),
    elbows: isOneOf("uniform", "even", "keep"),
    output_bias: isBoolean,
    seed: isSeed,
  },
  training: {
    method: isOneOf(...Object.keys(OPTIMIZERS)),
    layers: isOneOf("all", "output", "hidden"),
    batch_size: (value) => value === "full" || isWhole(1, MOST_SAMPLES)(value),
    sampling: isOneOf("replacement", "shuffle"),
    learning_rate: (value) => isNumber(0, LARGEST)(value) && value > 0,
    momentum: isShare,
    nesterov: isBoolean,
    betas: (value) => Array.isArray(value) && value.length === 2 && value.every(isShare),
    epsilon: (value) => isNumber(0, 1)(value) && value > 0,
    alpha: isShare,
    weight_decay: isNumber(0, LARGEST),
    decay_biases: isBoolean,
    schedule: isSchedule,
    warmup: isWhole(0, MOST_EPOCHS),
    epochs: isEpochs,
    penalty: isNumber(0, LARGEST),
    label_noise: isNumber(0, LARGEST),
    input_noise: isNumber(0, LARGEST),
    seed: isSeed,
  },
};

function isShortText(value) {
  return typeof value === "string" && value.length <= 200;
}

/** The known keys of a section, each looked at. Throws an Error that names the first wrong one. */
function checkedSection(section, given) {
  const values = {};
  for (const [key, value] of Object.entries(given || {})) {
    const takes = has(TAKEN[section], key) ? TAKEN[section][key] : null;
    if (!takes) throw new Error(`${section}.${key} is no key of the lab`);
    if (!takes(value)) throw new Error(`${section}.${key} cannot be ${shortened(value)}`);
    values[key] = value;
  }
  return values;
}

const shortened = (value) => String(JSON.stringify(value)).slice(0, 40);

/**
 * An exercise from what is only said to be one: keys that are missing have their usual values.
 * Throws an Error for the reader.
 */
function checkedExercise(given) {
  if (!given || typeof given !== "object" || Array.isArray(given))
    throw new Error("this is no exercise");
  const { start = null, ...recipe } = given.network || {};
  /** @type {any} */
  const data = { ...USUAL_DATA, ...checkedSection("data", given.data) };
  const network = { ...USUAL_NETWORK, ...checkedSection("network", recipe), start: null };
  const training = checkedTraining(USUAL_TRAINING, given.training);
  if (start !== null) network.start = checkedStart(start, network.hidden);
  if (data.kind === "points" && !(data.x && data.y && data.x.length === data.y.length))
    throw new Error("points need as many y as x");
  if (data.kind === "target" && !data.domain) throw new Error("a target needs a domain");
  if (!isWhole(0, 1e12)(given.step || 0) || !isWhole(0, 1e12)(given.origin || 0))
    throw new Error("a step is a whole number");
  pointsOf(data); // refuses what cannot be sampled
  return {
    data,
    network,
    training,
    origin: given.origin || 0,
    step: given.step || 0,
    rival: given.rival ? checkedTraining(training, given.rival) : null,
    challenge: checkedChallenge(given.challenge),
  };
}

/** Settings with other values of some keys. Throws an Error where they do not go together. */
function checkedTraining(settings, given) {
  const values = { ...settings, ...checkedSection("training", given) };
  const { method, layers, learning_rate: rate, schedule } = values;
  if (method === "ridge" && layers === "hidden")
    throw new Error("ridge regression solves the output layer; choose layers: all or output");
  if (schedule.minimum > rate)
    throw new Error(`the minimum ${schedule.minimum} of the schedule is above the rate ${rate}`);
  return values;
}

function checkedStart(start, hidden) {
  const row = typeof start === "string" ? doublesOf(start) : Float64Array.from(start);
  if (row.length !== parameterCount(hidden) || !row.every(Number.isFinite))
    throw new Error("the network's numbers do not fit its layers");
  return row;
}

function checkedChallenge(given) {
  if (!given) return null;
  const { text = null, number = 0 } = given;
  const isText = text === null || (typeof text === "string" && text.length <= MOST_CHALLENGE_TEXT);
  if (!isText || !isWhole(0, 1000)(number)) throw new Error("this is no challenge");
  return { text, number };
}

// ---- Writing ----

/** The values that are not the usual ones. */
function unusual(values, usual) {
  const isUsual = ([key, value]) => JSON.stringify(value) === JSON.stringify(usual[key]);
  return Object.fromEntries(Object.entries(values).filter((entry) => !isUsual(entry)));
}

/** An exercise as an object that JSON keeps to the last bit, without what is usual. */
function plainExercise({ data, network, training, origin, step, rival, challenge }) {
  const { start, ...recipe } = network;
  const plain = {
    data: unusual(data, USUAL_DATA),
    network: unusual(recipe, USUAL_NETWORK),
    training: unusual(training, USUAL_TRAINING),
  };
  if (start) plain.network.start = base64OfDoubles(start);
  if (origin) plain.origin = origin;
  if (step) plain.step = step;
  if (rival) plain.rival = unusual(rival, training);
  if (challenge) plain.challenge = challenge;
  return plain;
}

/** Doubles in base64, little-endian. */
function base64OfDoubles(row) {
  const view = new DataView(new ArrayBuffer(8 * row.length));
  row.forEach((value, i) => view.setFloat64(8 * i, value, true));
  return base64Of(new Uint8Array(view.buffer));
}

function doublesOf(text) {
  const bytes = bytesOf(text);
  const view = new DataView(bytes.buffer);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
}

/** Bytes in the base64 that addresses may hold as it is. */
function base64Of(bytes) {
  const characters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(characters).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function bytesOf(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

/** The fragment of an address that holds an exercise. */
function fragmentOf(exercise) {
  const text = JSON.stringify(plainExercise(exercise));
  return `#lab=${base64Of(new TextEncoder().encode(text))}`;
}

/** The exercise of a fragment; null without one. Throws an Error for the reader. */
function exerciseOf(fragment) {
  const found = /^#lab=([\w-]+)$/.exec(fragment);
  if (!found) return null;
  let given = null;
  try {
    given = JSON.parse(new TextDecoder().decode(bytesOf(found[1])));
  } catch {
    throw new Error("it is not whole");
  }
  return checkedExercise(given);
}
