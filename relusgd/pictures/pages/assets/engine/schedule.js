// The learning rate over the epochs of a training: the schedules of a config.

/**
 * The rate in force during an epoch, counted from 1. warmup: over so many epochs at first the rate
 * rises linearly; after that the schedule begins. step: rate · factor^⌊(epoch − 1)/every⌋. cosine:
 * from the rate down to the minimum along half a cosine (Loshchilov & Hutter 2017), which is
 * reached after the last epoch of the training.
 */
function rateOf(settings, epoch) {
  const { learning_rate: rate, schedule, warmup, epochs } = settings;
  if (epoch <= warmup) return (rate * epoch) / warmup;
  const done = epoch - 1 - warmup;
  if (schedule.kind === "step") return rate * schedule.factor ** Math.floor(done / schedule.every);
  if (schedule.kind === "cosine") {
    const falling = 1 + Math.cos((Math.PI * done) / Math.max(epochs - warmup, 1));
    return schedule.minimum + 0.5 * (rate - schedule.minimum) * falling;
  }
  return rate;
}

/** The last step of a training; infinite where nothing ends it. */
function lastStepOf({ method, schedule, epochs }, stepsPerEpoch) {
  if (method === "ridge") return 1;
  return schedule.kind === "cosine" ? epochs * stepsPerEpoch : Infinity;
}
