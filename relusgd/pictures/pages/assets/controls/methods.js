// The ways of training, in words.

/** method → [words, the keys that it sets]. */
const METHODS = {
  sgd: ["SGD", { method: "sgd", momentum: 0, nesterov: false }],
  momentum: ["SGD with momentum", { method: "sgd", momentum: 0.9, nesterov: false }],
  nesterov: ["Nesterov's momentum", { method: "sgd", momentum: 0.9, nesterov: true }],
  adam: ["Adam", { method: "adam", momentum: 0, nesterov: false }],
  adamw: ["AdamW", { method: "adamw", momentum: 0, nesterov: false }],
  rmsprop: ["RMSprop", { method: "rmsprop", momentum: 0, nesterov: false }],
  sign: ["sign descent", { method: "sign", momentum: 0, nesterov: false, weight_decay: 0 }],
  ridge: ["ridge regression", { method: "ridge", momentum: 0, nesterov: false, layers: "all" }],
};

/** The entry of METHODS that settings have. */
function methodName({ method, momentum, nesterov }) {
  if (method !== "sgd" || momentum === 0) return method;
  return nesterov ? "nesterov" : "momentum";
}

/** The words of the method that settings have. */
function methodWords(settings) {
  const [words] = METHODS[methodName(settings)];
  return words;
}
