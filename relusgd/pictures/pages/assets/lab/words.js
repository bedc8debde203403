// What the lab says of a training.

/** Why a training does not go on. */
function endOf({ method, epochs }) {
  if (method === "ridge") return "Ridge regression is done in one step.";
  const length = counted(epochs, "epoch");
  return `The cosine ends here, after ${length}; write more of them for a longer training.`;
}

/** Why no stable rate is told. */
const unknownRateWords = ({ method }) =>
  method === "ridge"
    ? "one step solves the output layer"
    : "here the sharpness alone does not decide what is stable";

/** The rate of the next step, where it changes over time. */
function rateWords({ settings, rateInForce }) {
  const { method, schedule, warmup } = settings;
  if (method === "ridge" || (schedule === "constant" && !warmup)) return "";
  return `now ${numberText(rateInForce, 3)}; `;
}

/** Settings in a few words. */
function settingsText(settings) {
  const words = methodWords(settings);
  if (settings.method === "ridge") return `${words}, λ ${plainNumber(settings.penalty)}`;
  return `${words}, rate ${plainNumber(settings.learning_rate)}, batch ${settings.batch_size}`;
}
