// An exercise as the YAML of a config, which `relusgd train` trains by the same steps.

/** points: those of the exercise; rival: of the second run. */
function configOf(exercise, points, training = exercise.training) {
  const start = startOf(exercise, points);
  const { hidden, output_bias: outputBias } = exercise.network;
  const network = { hidden, start: startLines(start, hidden) };
  if (!outputBias) network.output_bias = false;
  const sections = {
    data: dataKeys(exercise.data),
    network,
    training: { ...trainingKeys(training), ...lengthKeys(training, exercise.step) },
    snapshots: { per_decade: 30 },
  };
  const lines = [`seed: ${training.seed}`];
  for (const [name, values] of Object.entries(sections)) {
    lines.push(`${name}:`);
    for (const [key, value] of Object.entries(values)) lines.push(`  ${key}: ${yamlText(value)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Keys of points, which a target may have kept. */
const POINT_KEYS = ["x", "y", "test_x", "test_y", "names"];

function dataKeys(data) {
  if (data.kind !== "points") {
    const isWritten = (key) => !POINT_KEYS.includes(key);
    return Object.fromEntries(Object.entries(data).filter((entry) => isWritten(entry[0])));
  }
  const { x, y, test_x: testX, test_y: testY, standardize } = data;
  const given = { kind: "points", x, y, standardize };
  return testX && testX.length ? { ...given, test_x: testX, test_y: testY } : given;
}

/** How long the training is: a cosine has its own length, ridge regression none. */
function lengthKeys({ method, schedule, epochs }, step) {
  if (method === "ridge") return {};
  return schedule.kind === "cosine" ? { epochs } : { steps: Math.max(step, 1) };
}

/** The keys that a method takes. */
function trainingKeys(settings) {
  const { method, penalty } = settings;
  if (method === "ridge") return { method, penalty };
  const belongs = {
    seed: false,
    epochs: false,
    penalty: false,
    momentum: method === "sgd" || method === "rmsprop",
    nesterov: method === "sgd",
    betas: method === "adam" || method === "adamw",
    epsilon: method !== "sgd" && method !== "sign",
    alpha: method === "rmsprop",
    weight_decay: method !== "sign",
    decay_biases: settings.weight_decay > 0,
  };
  return Object.fromEntries(Object.entries(settings).filter(([key]) => belongs[key] !== false));
}

/** All parameters in the names and shapes of a run folder. */
function startLines(row, hidden) {
  const { weights, biases } = partsOf(row, hidden);
  const parts = weights.flatMap((W, k) => {
    const n = biases[k].length;
    const rows = Array.from({ length: W.length / n }, (_, i) =>
      Array.from(W.subarray(i * n, (i + 1) * n)),
    );
    return [
      [`weight_${k + 1}`, rows],
      [`bias_${k + 1}`, Array.from(biases[k])],
    ];
  });
  return Object.fromEntries(parts);
}

/** A value in the flow style of YAML; 1.0e-7, which YAML wants for 1e-7. */
function yamlText(value) {
  if (Array.isArray(value)) return `[${value.map(yamlText).join(", ")}]`;
  if (value && typeof value === "object") {
    const pairs = Object.entries(value).map(([key, part]) => `${key}: ${yamlText(part)}`);
    return `{${pairs.join(", ")}}`;
  }
  if (typeof value === "string") return /^\w+$/.test(value) ? value : JSON.stringify(value);
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}
