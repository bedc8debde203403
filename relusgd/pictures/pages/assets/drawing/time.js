// Time: its axis, the panel of errors and the panel of elbows along it. The past is strong, the
// future pale.

/** An error as legends and axes name it. */
const errorName = (name) => (name === "train" ? "training error" : "test error");

/**
 * Epochs along an axis, linear or as log(1 + (epoch − first)/softness), so that early ones have
 * room.
 */
class TimeAxis {
  constructor(first, last, softStart) {
    this.first = first;
    this.last = last;
    /** Where the axis ends: beyond the last moment where an experiment goes on beyond it. */
    this.end = last;
    this.softness = Math.max(last - first, 1) / softStart;
    this.logarithmic = true;
  }

  place(epoch) {
    return this.logarithmic ? Math.log1p((epoch - this.first) / this.softness) : epoch - this.first;
  }

  epochAt(place) {
    return this.first + (this.logarithmic ? this.softness * Math.expm1(place) : place);
  }

  /** The place of the last moment that was recorded. */
  get length() {
    return this.place(Math.max(this.last, this.first + 1));
  }
  get limits() {
    const length = this.place(Math.max(this.end, this.first + 1));
    return [-0.015 * length, 1.015 * length];
  }

  /** Let the axis hold an epoch, with room to go on; whether its end has moved. */
  reach(epoch) {
    const before = this.end;
    if (epoch <= this.last) this.end = this.last;
    else if (epoch > this.end || this.end === this.last)
      this.end = this.first + 1.5 * Math.max(epoch - this.first, 1);
    return this.end !== before;
  }

  /**
   * Round numbers, the most important first, as {value: place, text}; perEpoch: to label steps in
   * place of epochs.
   */
  ticks(perEpoch) {
    const first = this.first * perEpoch;
    const last = this.end * perEpoch;
    const tick = (value) => ({ value: this.place(value / perEpoch), text: wholeText(value) });
    if (!this.logarithmic)
      return evenTicks(first, Math.max(last, first + 1), 6).map(({ value }) => tick(value));
    const values = [first];
    for (const factor of [1, 5, 2])
      for (let power = Math.floor(Math.log10(Math.max(last, 1))); power >= 0; power--)
        values.push(factor * 10 ** power);
    return values.filter((value, i) => i === 0 || (value > first && value <= last)).map(tick);
  }
}

/** A panel along time that is drawn twice, strong and pale, and shows the strong one up to now. */
class TimePanel {
  constructor(canvas, time, look) {
    this.sheet = new Sheet(canvas);
    // layers, which the panels paint when they are laid
    this.pale = null;
    this.strong = null;
    this.canvas = canvas;
    this.time = time;
    this.look = look;
  }

  /** xAxis, yAxis: {limits, ticks: [{value, text}], name}. */
  layAxes(xAxis, yAxis, pixels) {
    const {
      sheet,
      look: { colours },
    } = this;
    const left = this.look.left();
    const width = Math.max(sheet.width - left - 10, 20);
    const height = Math.max(sheet.height - 6 - 2.9 * pixels - 6, 10);
    this.frame = new Frame({ left, top: 6, width, height }, xAxis.limits, yAxis.limits);
    const { frame } = this;
    this.fixed = sheet.layer((context) => {
      drawAxes(context, frame, colours, xAxis.ticks(context, frame), yAxis.ticks(context, frame), {
        pixels,
      });
      drawUpright(context, frame, yAxis.name, colours, pixels);
      context.fillStyle = colours.ink;
      setFont(context, pixels);
      const words = fitting(context, xAxis.name, width);
      context.fillText(words, left + width / 2, frame.bottom + 2.15 * pixels + 5);
    });
  }

  /** The size of letters. */
  get pixels() {
    return this.sheet.width < 480 ? 11 : 12;
  }

  /**
   * Draw up to an epoch; others: how strong what is not pointed at is drawn; over(context): what is
   * drawn on top.
   */
  drawUntil(epoch, { others = 1, over = null } = {}) {
    const context = this.sheet.begin();
    const { frame, look, time } = this;
    // which way time goes is said by AlongX and Downward
    /** @type {any} */
    const panel = this;
    const now = panel.pixelOf(time.place(epoch));
    this.sheet.paste(this.fixed);
    context.globalAlpha = others;
    this.sheet.paste(this.pale);
    panel.pasteUntil(now);
    context.globalAlpha = 1;
    context.strokeStyle = look.colours.faint;
    context.lineWidth = 1;
    context.beginPath();
    panel.traceNow(context, frame, Math.round(now) + 0.5);
    context.stroke();
    if (over) over(context, now);
  }
}

/** A panel along whose axis of x time goes. */
class AlongX extends TimePanel {
  pixelOf(place) {
    return this.frame.x(place);
  }

  pasteUntil(now) {
    this.sheet.paste(this.strong, now);
  }

  traceNow(context, frame, now) {
    line(context, now, frame.top, now, frame.bottom);
  }

  epochAt(px) {
    return this.time.epochAt(clamp(this.frame.fromX(px), 0, this.time.length));
  }
}

/** A panel in which time goes down. */
class Downward extends TimePanel {
  pixelOf(place) {
    return this.frame.y(place);
  }

  pasteUntil(now) {
    this.sheet.paste(this.strong, this.sheet.width, now);
  }

  traceNow(context, frame, now) {
    line(context, frame.left, now, frame.right, now);
  }

  epochAt(_px, py) {
    return this.time.epochAt(clamp(this.frame.fromY(py), 0, this.time.length));
  }
}

/** Those of the ticks, in the order of their worth, whose labels stay apart. */
function spread(context, frame, ticks, pixels) {
  setFont(context, pixels);
  const kept = [];
  for (const tick of ticks) {
    const half = context.measureText(tick.text).width / 2 + 6;
    const at = frame.x(tick.value);
    if (kept.every(([other, otherHalf]) => Math.abs(other - at) >= half + otherHalf))
      kept.push([at, half, tick]);
  }
  return kept.map(([, , tick]) => tick);
}

/** Those of the ticks, in the order of their worth, that stay apart along an upright axis. */
function spreadDown(frame, ticks, pixels) {
  const kept = [];
  for (const tick of ticks) {
    const at = frame.y(tick.value);
    if (kept.every(([other]) => Math.abs(other - at) >= 1.4 * pixels)) kept.push([at, tick]);
  }
  return kept.map(([, tick]) => tick);
}

class ErrorPanel extends AlongX {
  /** curves: [{run, name, colour, dash}]. */
  lay(curves, told, xName, perEpoch) {
    this.curves = curves;
    const [low, high] = told.limits.error;
    const { time, pixels } = this;
    this.layAxes(
      {
        limits: time.limits,
        ticks: (context, frame) => spread(context, frame, time.ticks(perEpoch), pixels),
        name: xName,
      },
      {
        limits: [low, high],
        ticks: () => this.errorTicks(told),
        name: told.name || (told.error ? errorName(told.error) : "error"),
      },
      pixels,
    );
    this.place = (error) => {
      if (error > 0) return clamp(Math.log10(error), low, high);
      return error === 0 ? low : NaN;
    };
    this.pale = this.sheet.layer((context) => this.drawCurves(context, told, 1.1, 0.45));
    this.strong = this.sheet.layer((context) => this.drawCurves(context, null, 2, 1));
  }

  /** The errors of an experiment as it went on, and where they are now. */
  drawTrace(context, experiment) {
    const { frame, time, look } = this;
    const { run, trace, epoch } = experiment;
    const errors = experiment.errors();
    const x = (at) => frame.x(time.place(at));
    for (const { run: recorded, name, colour } of this.curves) {
      if (recorded !== run) continue;
      const y = (error) => frame.y(this.place(error));
      frame.clip(context);
      Object.assign(context, { strokeStyle: colour, lineWidth: 2, lineJoin: "round" });
      trace.draw(context, (entry) => [x(experiment.epochOf(entry.step)), y(entry.errors[name])]);
      context.restore();
      const here = y(errors[name]);
      if (Number.isFinite(here)) diamond(context, x(epoch), here, 5, colour, look.colours.ink);
    }
  }

  errorTicks({
    limits: {
      error: [low, high],
    },
  }) {
    return logTicks(low, high, clamp(Math.round(this.sheet.height / 34), 2, 6));
  }

  drawCurves(context, told, width, alpha) {
    const { frame } = this;
    frame.clip(context);
    if (told && told.noise) this.drawNoise(context, told.noise);
    for (const { run, name, colour, dash } of this.curves) {
      const { value, low, high } = run.errors[name];
      const stop = this.time.last;
      if (told && low) this.drawBand(context, run, low, high, colour);
      Object.assign(context, {
        strokeStyle: colour,
        lineWidth: width,
        globalAlpha: alpha,
        lineJoin: "round",
      });
      context.setLineDash(dash);
      context.beginPath();
      let begun = false;
      [...run.epoch, stop].forEach((epoch, i) => {
        const y = frame.y(this.place(value[Math.min(i, value.length - 1)]));
        const x = frame.x(this.time.place(epoch));
        if (Number.isNaN(y)) begun = false;
        else if (begun) context.lineTo(x, y);
        else {
          context.moveTo(x, y);
          begun = true;
        }
      });
      context.stroke();
      context.setLineDash([]);
    }
    context.restore();
  }

  /** The range of the snapshots that are not in the page. */
  drawBand(context, run, low, high, colour) {
    const { frame } = this;
    const x = (i) => frame.x(this.time.place(run.epoch[i]));
    Object.assign(context, { fillStyle: colour, globalAlpha: 0.13 });
    context.beginPath();
    for (let i = 0; i < run.length; i++)
      if (high[i] > 0) context.lineTo(x(i), frame.y(this.place(high[i])));
    for (let i = run.length - 1; i >= 0; i--)
      if (high[i] > 0) context.lineTo(x(i), frame.y(this.place(Math.max(low[i], 1e-300))));
    context.fill();
    context.globalAlpha = 1;
  }

  drawNoise(context, noise) {
    const y = this.frame.y(Math.log10(noise));
    const { colours } = this.look;
    Object.assign(context, { strokeStyle: colours.ink, lineWidth: 1 });
    context.setLineDash([5, 3]);
    context.beginPath();
    line(context, this.frame.left, y, this.frame.right, y);
    context.stroke();
    context.setLineDash([]);
    context.fillStyle = colours.faint;
    setFont(context, this.pixels - 1, "left", "bottom");
    Object.assign(context, { strokeStyle: colours.paper, lineWidth: 3 });
    context.strokeText("noise²", this.frame.left + 5, y - 2);
    context.fillText("noise²", this.frame.left + 5, y - 2);
  }

  draw(epoch, experiment) {
    this.drawUntil(epoch, {
      over: (context, now) => {
        if (experiment.on) this.drawTrace(context, experiment);
        for (const { run, name, colour } of this.curves) {
          const y = this.frame.y(this.place(run.errors[name].value[run.rowAt(epoch)]));
          if (Number.isFinite(y)) ring(context, now, y, 4, colour, this.look.colours.paper, 1);
        }
      },
    });
  }
}

const MOST_PATHS = 250;
const MOST_TURNS = 400; // of more units the strongest, of more snapshots some are drawn

/** The elbows of a run over time, on the axis of x of its function. */
class PathPanel extends Downward {
  lay(run, told, timeName, perEpoch) {
    const { time, pixels } = this;
    const limits = limitsOfX(told);
    const [early, late] = time.limits;
    this.run = run;
    this.layAxes(
      {
        limits,
        ticks: (context, frame) => fittingTicks(context, ...limits, frame.width, pixels),
        name: run.points.names[0],
      },
      {
        limits: [late, early],
        ticks: (_context, frame) => spreadDown(frame, time.ticks(perEpoch), pixels),
        name: timeName,
      },
      pixels,
    );
    const network = run.network(run.length - 1);
    const strength = Float64Array.from({ length: run.width }, (_, j) =>
      relative(network.bending(j), told.scales.unit),
    );
    this.units = Array.from(strength, (_, j) => j)
      .sort((i, j) => strength[i] - strength[j])
      .slice(-MOST_PATHS);
    const crowd = Math.min(1, Math.sqrt(60 / run.width));
    const paint = (shade) => (context) => {
      for (const unit of this.units)
        this.drawPath(
          context,
          unit,
          network,
          0.8 + 1.4 * crowd * strength[unit],
          shade * crowd * (0.35 + 0.6 * strength[unit]),
        );
    };
    this.pale = this.sheet.layer(paint(0.4));
    this.strong = this.sheet.layer(paint(1));
  }

  drawPath(context, unit, network, width, alpha) {
    const {
      frame,
      run,
      time,
      look: { colours },
    } = this;
    const turns = Math.max(1, Math.ceil(run.length / MOST_TURNS));
    frame.clip(context);
    Object.assign(context, { lineWidth: width, globalAlpha: alpha, lineJoin: "round" });
    context.strokeStyle = signColour(colours, network, unit);
    context.beginPath();
    let begun = false;
    let x = 0;
    let y = 0;
    for (
      let row = 0;
      row < run.length;
      row = row === run.length - 1 ? run.length : Math.min(row + turns, run.length - 1)
    ) {
      const elbow = run.elbowAt(row, unit);
      if (!Number.isFinite(elbow)) {
        begun = false;
        continue;
      }
      [x, y] = [frame.x(elbow), frame.y(time.place(run.epoch[row]))];
      if (begun) context.lineTo(x, y);
      else {
        context.moveTo(x, y);
        begun = true;
      }
    }
    if (begun) context.lineTo(x, frame.y(time.place(time.last)));
    context.stroke();
    context.restore();
  }

  draw(epoch, unit, experiment) {
    const over = (context, now) => {
      if (experiment.run === this.run) this.drawTraces(context, experiment);
      if (unit === null) return;
      const network = this.run.network(this.run.rowAt(epoch));
      this.drawPath(context, unit, network, 2.6, 1);
      const x = this.frame.x(this.run.points.toX(network.elbow(unit)));
      if (x >= this.frame.left && x <= this.frame.right)
        ring(context, x, now, 4.5, this.look.colours.ink, this.look.colours.paper, 1);
    };
    this.drawUntil(epoch, { others: unit === null ? 1 : 0.3, over });
  }

  /** The elbows of an experiment as it went on. */
  drawTraces(context, experiment) {
    const { course, network } = experiment;
    const {
      frame,
      time,
      look: { colours },
    } = this;
    frame.clip(context);
    context.lineWidth = 1.6;
    for (const unit of this.units) {
      context.strokeStyle = signColour(colours, network, unit);
      course.trace.draw(context, (entry) => [
        frame.x(course.elbowAt(entry, unit)),
        frame.y(time.place(experiment.epochOf(entry.step))),
      ]);
    }
    context.restore();
  }

  /** The unit whose path is near a pixel, or null. */
  unitNear(px, py) {
    const row = this.run.rowAt(this.epochAt(px, py));
    const network = this.run.network(row);
    let found = null;
    let nearest = 7;
    for (const unit of this.units) {
      const distance = Math.abs(this.frame.x(this.run.points.toX(network.elbow(unit))) - px);
      if (distance < nearest) [found, nearest] = [unit, distance];
    }
    return found;
  }
}
