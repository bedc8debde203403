// Steps by ConvNetJS, on request: reads a problem, then lines of requests, and answers each by a line of JSON.
"use strict";
const { Net, SGDTrainer, Vol } = require("convnetjs");
const lines = require("node:readline").createInterface({ input: process.stdin });

let problem, net, trainer;

function begin() {
  net = new Net();
  net.makeLayers([
    { type: "input", out_sx: 1, out_sy: 1, out_depth: 1 },
    { type: "fc", num_neurons: problem.width, activation: "relu" },
    { type: "regression", num_neurons: 1 },
  ]);
  const [, hidden, , output] = net.layers;
  hidden.filters.forEach((filter, unit) => (filter.w[0] = problem.slope[unit]));
  hidden.biases.w.set(problem.bias);
  output.filters[0].w.set(problem.output);
  output.biases.w[0] = problem.offset;
  // Its loss is half the squared error, so its rate is doubled.
  trainer = new SGDTrainer(net, {
    learning_rate: 2 * problem.rate,
    momentum: 0,
    batch_size: problem.batch,
    l2_decay: 0,
  });
}

function parameters() {
  const [, hidden, , output] = net.layers;
  const slopes = hidden.filters.map((filter) => filter.w[0]);
  return [...slopes, ...hidden.biases.w, ...output.filters[0].w, output.biases.w[0]];
}

function train(steps, batches) {
  const point = new Vol(1, 1, 1);
  for (let step = 0; step < steps; step++) {
    for (let place = 0; place < problem.batch; place++) {
      const drawn = Math.floor(Math.random() * problem.x.length);
      const index = batches ? batches[step][place] : drawn;
      point.w[0] = problem.x[index];
      trainer.train(point, [problem.y[index]]);
    }
  }
}

lines.on("line", (line) => {
  const request = JSON.parse(line);
  if (request.problem) problem = request.problem;
  begin();
  train(request.steps, request.batches);
  console.log(JSON.stringify(request.wanted ? parameters() : request.steps));
});
