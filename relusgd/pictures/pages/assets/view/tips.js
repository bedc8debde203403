// What is said of the unit, the point of the curve or the moment that the reader points at.

/**
 * {title, pairs: [[words, value, text of a value that is not any number]], at: {canvas, x, y}}, or
 * null when nothing is pointed at.
 */
function tipOf(page) {
  if (page.glance) return momentTip(page);
  // in an experiment the form has the numbers of the chosen unit, and the picture is needed whole
  const focus = page.pointed || (page.cursor || page.experiment.on ? null : page.pinned);
  if (focus) return unitTip(page, focus);
  return page.cursor ? cursorTip(page) : null;
}

function unitTip(page, { run, unit }) {
  const { panel, network, pieces } = page.shownOf(run);
  const { elbow, slope, bias, weight, change, active } = run.unit(network, unit);
  const { frame } = panel;
  const pairs = [
    ["slope", slope],
    ["bias", bias],
    ["elbow", elbow, positionOf(run, elbow)],
  ];
  if (!run.deep) pairs.push(["output weight", weight], ["slope change", change]);
  pairs.push(["active points", `${wholeText(active)} of ${wholeText(run.points.train.x.length)}`]);
  pairs.push(...pullPairs(run, network, unit, pieces));
  const x = Number.isFinite(elbow) ? clamp(frame.x(elbow), frame.left, frame.right) : frame.left;
  return { title: `unit ${unit}`, pairs, at: { canvas: panel.canvas, x, y: frame.y(panel.zero) } };
}

function cursorTip(page) {
  const { run, x } = page.cursor;
  const { panel, pieces } = page.shownOf(run);
  const { frame } = panel;
  const pairs = readingAt(run, pieces, x);
  const y = clamp(frame.y(pairs[1][1]), frame.top, frame.bottom);
  return {
    title: page.single ? "learned function" : run.name,
    pairs,
    at: { canvas: panel.canvas, x: frame.x(x), y },
  };
}

/** x, f(x), target and active units. */
function readingAt(run, pieces, x) {
  const target = run.points.target(x);
  const pairs = [
    [run.points.names[0], x, positionOf(run, x)],
    ["f", valueOn(pieces, x)],
  ];
  if (Number.isFinite(target)) pairs.push(["target", target]);
  const active = activeOn(pieces, x);
  return [...pairs, ["active units", active, wholeText(active)]];
}

const positionOf = (run, x) => positionText(x, run.points.domain[1] - run.points.domain[0]);

function momentTip({ runs, single, clock, glance }) {
  const epoch = clock.epochs[nearestIndex(clock.epochs, glance.epoch)];
  const error = (run, name) => run.errors[name].value[run.rowAt(epoch)];
  const [run] = runs;
  const step = run.step[run.rowAt(epoch)];
  const pairs = single
    ? [
        ["step", step, wholeText(step)],
        ...Object.keys(run.errors).map((name) => [`${name} MSE`, error(run, name)]),
      ]
    : runs.map((each) => [each.name, error(each, told.error)]);
  return { title: `epoch ${wholeText(Math.floor(epoch))}`, pairs, at: glance.at };
}

function fillTip(page) {
  const tip = $("tip");
  const said = tipOf(page);
  tip.hidden = !said;
  if (!said) return;
  const list = make("dl");
  for (const [words, value, text] of said.pairs) {
    const number = typeof value === "number" ? make("data") : make("span", {}, value);
    if (typeof value === "number") setNumber(number, value, text);
    list.append(make("dt", {}, words));
    list.appendChild(make("dd")).append(number);
  }
  tip.replaceChildren(make("strong", {}, said.title), list);
  putBeside(tip, said.at, $("figure"));
}

/** Put a tip beside a place of a canvas, inside its parent. */
function putBeside(tip, { canvas, x, y }, parent) {
  const inside = parent.getBoundingClientRect();
  const box = canvas.getBoundingClientRect();
  const left = box.left - inside.left + x;
  const top = box.top - inside.top + y;
  const { offsetWidth: width, offsetHeight: height } = tip;
  const right = left + 18 + width <= inside.width;
  const across = right ? left + 18 : Math.max(left - 18 - width, 0);
  const above = top - height - 12;
  const down = above > 0 ? above : top + 16;
  tip.style.transform = `translate(${Math.round(across)}px, ${Math.round(down)}px)`;
}

/** What a screen reader says of the position on a panel's curve. */
function fillReading(page, { canvas, run }) {
  const { pieces } = page.shownOf(run);
  const [low, high] = run.points.domain;
  const x = page.cursor && page.cursor.run === run ? page.cursor.x : (low + high) / 2;
  const words = readingAt(run, pieces, x).map(
    ([name, value, text]) => `${name} ${text || numberText(value)}`,
  );
  for (const [name, value] of Object.entries({
    valuemin: low,
    valuemax: high,
    valuenow: x,
    valuetext: words.join(", "),
  }))
    canvas.setAttribute(`aria-${name}`, value);
}
