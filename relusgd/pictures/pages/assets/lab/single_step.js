// One step taken apart: the points of its batch, their residuals, and arrows from where every elbow
// was to where it goes.

const FACTORS = [1, 10, 100, 1000, 10000];
const USUAL_ARROW = 0.06; // of the domain: of five arrows one may be longer

/** What a step of a course does. It is worked out beside the course. */
class SingleStep {
  constructor({ row, hidden, points, settings, step, outputBias }) {
    const units = { x: points.xUnit, y: points.yUnit };
    this.isRidge = settings.method === "ridge";
    const seen = this.isRidge ? { ...settings, batch_size: "full" } : settings;
    const training = new Training(row, hidden, points.train, seen, { units, outputBias });
    const n = training.gather(step);
    const { toX, toY } = points;
    this.before = networkOn(row, hidden);
    this.batch = Array.from({ length: n }, (_, i) => ({
      x: toX(training.batchX[i]),
      y: toY(training.batchY[i]),
      f: toY(this.before.at(training.batchX[i])),
    }));
    this.points = points;
  }

  /** The arrows from the network before to the one after. */
  arrowsTo(after) {
    const { before, points } = this;
    const [low, high] = points.domain;
    const arrows = Array.from({ length: before.width }, (_, unit) => ({
      unit,
      from: points.toX(before.elbow(unit)),
      change: points.xUnit * (after.elbow(unit) - before.elbow(unit)),
    })).filter(({ from, change }) => from >= low && from <= high && Number.isFinite(change));
    const lengths = arrows.map(({ change }) => Math.abs(change)).sort((a, b) => a - b);
    const usual = lengths[Math.floor(0.8 * lengths.length)] || 0;
    const room = USUAL_ARROW * (high - low);
    const factors = FACTORS.filter((factor) => factor * usual <= room);
    return { arrows, factor: usual > 0 && factors.length ? factors[factors.length - 1] : 1 };
  }

  /** In a panel that shows the network after the step. */
  draw(panel, context, after) {
    const {
      frame,
      look: { colours },
      weight,
    } = panel;
    frame.clip(context);
    Object.assign(context, { strokeStyle: colours.ink, lineWidth: 1, globalAlpha: 0.6 });
    context.beginPath();
    for (const { x, y, f } of this.batch)
      line(context, frame.x(x), frame.y(y), frame.x(x), frame.y(f));
    context.stroke();
    context.globalAlpha = 1;
    for (const { x, y } of this.batch)
      ring(context, frame.x(x), frame.y(y), 3.5 * weight, colours.data, colours.ink, 1.2);
    const { arrows, factor } = this.arrowsTo(after);
    const y = frame.y(panel.zero);
    for (const { unit, from, change } of arrows) {
      const tip = frame.x(from + factor * change);
      context.strokeStyle = signColour(colours, after, unit);
      arrow(context, frame.x(from), tip, y - 11 * weight);
    }
    context.restore();
    this.sayFactor(panel, context, factor);
  }

  sayFactor({ frame, look: { colours }, pixels }, context, factor) {
    const times = factor > 1 ? `, ${wholeText(factor)} times as long` : "";
    const parts = this.isRidge
      ? ["all points", "their residuals before the output layer was solved"]
      : ["the batch of this step, its residuals", `arrows: where the elbows go${times}`];
    const joined = parts.join("; ");
    context.fillStyle = colours.ink;
    setFont(context, pixels, "left", "top");
    Object.assign(context, { strokeStyle: colours.paper, lineWidth: 4 });
    const isOneLine = context.measureText(joined).width <= frame.width - 12;
    (isOneLine ? [joined] : parts).forEach((words, i) => {
      const fitted = fitting(context, words, frame.width - 12);
      const top = frame.top + 5 + 1.35 * pixels * i;
      context.strokeText(fitted, frame.left + 6, top);
      context.fillText(fitted, frame.left + 6, top);
    });
  }
}

/** A level arrow from one pixel to another. */
function arrow(context, from, to, y) {
  const head = clamp(0.6 * Math.abs(to - from), 0, 6) * Math.sign(to - from);
  context.lineWidth = 2;
  context.beginPath();
  line(context, from, y, to, y);
  context.moveTo(to - head, y - Math.abs(head) * 0.7);
  context.lineTo(to, y);
  context.lineTo(to - head, y + Math.abs(head) * 0.7);
  context.stroke();
}
