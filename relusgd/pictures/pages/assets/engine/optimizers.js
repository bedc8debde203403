// One step of every way of training, by PyTorch's formulas: gradient g, parameters θ, weight decay
// d, learning rate η, step t = 1, 2, …

/**
 * The ways of training. memory: how many vectors it remembers; update({theta, g, memory, first,
 * last}, settings, decay, t): one step, in place, of the parameters first … last − 1.
 */
const OPTIMIZERS = {
  /** g ← g + d θ,  u ← μ u + g,  θ ← θ − η u   (Nesterov: θ ← θ − η (g + μ u)). */
  sgd: {
    memory: 1,
    update({ theta, g, memory: [u], first, last }, settings, decay) {
      const { learning_rate: rate, momentum, nesterov } = settings;
      for (let i = first; i < last; i++) {
        const slope = g[i] + decay(i) * theta[i];
        u[i] = momentum * u[i] + slope;
        theta[i] -= rate * (nesterov ? slope + momentum * u[i] : u[i]);
      }
    },
  },
  /** Kingma & Ba 2015; the decay is part of the gradient. */
  adam: {
    memory: 2,
    update(vectors, settings, decay, t) {
      const { theta, g, first, last } = vectors;
      for (let i = first; i < last; i++) g[i] += decay(i) * theta[i];
      takeAdamStep(vectors, settings, t);
    },
  },
  /** Loshchilov & Hutter 2019: θ ← θ − η d θ, then Adam's step. */
  adamw: {
    memory: 2,
    update(vectors, settings, decay, t) {
      const { theta, first, last } = vectors;
      const { learning_rate: rate } = settings;
      for (let i = first; i < last; i++) theta[i] -= rate * decay(i) * theta[i];
      takeAdamStep(vectors, settings, t);
    },
  },
  /** v ← α v + (1 − α) g²,  u ← μ u + g/(√v + ε),  θ ← θ − η u. */
  rmsprop: {
    memory: 2,
    update({ theta, g, memory: [v, u], first, last }, settings, decay) {
      const { learning_rate: rate, alpha, epsilon, momentum } = settings;
      for (let i = first; i < last; i++) {
        const slope = g[i] + decay(i) * theta[i];
        v[i] = alpha * v[i] + (1 - alpha) * slope * slope;
        u[i] = momentum * u[i] + slope / (Math.sqrt(v[i]) + epsilon);
        theta[i] -= rate * u[i];
      }
    },
  },
  /** No steps: `Training` solves the output layer. */
  ridge: { memory: 0, update() {} },
  /** θ ← θ − η sign(g). */
  sign: {
    memory: 0,
    update({ theta, g, first, last }, { learning_rate: rate }) {
      for (let i = first; i < last; i++) theta[i] -= rate * Math.sign(g[i]);
    },
  },
};

/**
 * m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  θ ← θ − η/(1 − β₁ᵗ) · m/(√(v/(1 − β₂ᵗ)) + ε).
 */
function takeAdamStep({ theta, g, memory: [m, v], first, last }, settings, t) {
  const {
    learning_rate: rate,
    betas: [beta1, beta2],
    epsilon,
  } = settings;
  const corrected = rate / (1 - beta1 ** t);
  const root = 1 / Math.sqrt(1 - beta2 ** t);
  for (let i = first; i < last; i++) {
    m[i] = beta1 * m[i] + (1 - beta1) * g[i];
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i];
    theta[i] -= (corrected * m[i]) / (Math.sqrt(v[i]) * root + epsilon);
  }
}

/**
 * The largest stable learning rate of full-batch steps at this sharpness; nan where the sharpness
 * alone does not decide it (Cohen et al. 2021, appendix B).
 */
function stableRateOf(sharpness, { method, momentum, nesterov, weight_decay: decay }) {
  if (method !== "sgd") return NaN;
  const curvature = sharpness + decay;
  if (Number.isNaN(curvature)) return NaN;
  if (!(curvature > 0)) return Infinity;
  const product = 2 * (1 + momentum);
  return (nesterov ? product / (1 + 2 * momentum) : product) / curvature;
}
