// The loss surface: the training error over two parameters, and the path of the course on it.

const SURFACE_SIZE = 48; // places along each axis
const SHADES = 16; // steps of colour

class Landscape {
  constructor(lab) {
    this.lab = lab;
    this.sheet = new Sheet($("landscape"));
    this.values = null;
    /** The parameters: {index, low, high}. @type {any} */
    this.one = null;
    /** @type {any} */
    this.other = null;
    this.known = "";
    $("surface").addEventListener("toggle", () => this.want());
    for (const id of ["across", "up"])
      $(id).addEventListener("change", () => {
        this.known = "";
        this.want();
      });
  }

  get isOpen() {
    return $("surface").open;
  }

  /** The parameters that can be chosen: [{index, words}]. */
  parameters() {
    const [course] = this.lab.courses;
    const H = course.width;
    const units = Array.from({ length: H }, (_, j) => j);
    const named = units.flatMap((j) => [
      { index: j, words: `slope ${j}` },
      { index: H + j, words: `bias ${j}` },
    ]);
    if (!course.deep)
      named.push(...units.map((j) => ({ index: 2 * H + j, words: `output weight ${j}` })));
    return [...named, { index: course.row.length - 1, words: "output bias" }];
  }

  /** List the parameters anew where the network has another form. */
  list() {
    const [course] = this.lab.courses;
    const form = course.hidden.join();
    if (form === this.form) return;
    this.form = form;
    const items = this.parameters();
    const usual = { across: 0, up: Math.min(2 * course.width, items.length - 1) };
    for (const [id, index] of Object.entries(usual)) {
      $(id).replaceChildren(
        ...items.map((item) => make("option", { value: item.index }, item.words)),
      );
      $(id).value = String(items.some((item) => item.index === index) ? index : items[0].index);
    }
  }

  /** See to it that the surface of the network that is shown becomes known. */
  async want() {
    const { lab } = this;
    const [course] = lab.courses;
    if (!this.isOpen) return;
    this.list();
    const asked = `${course.number} ${course.version} ${$("across").value} ${$("up").value}`;
    if (asked === this.known || this.isAsking) return;
    this.isAsking = true;
    const one = this.rangeOf(Number($("across").value));
    const other = this.rangeOf(Number($("up").value));
    const values = await course.map({ one, other, size: SURFACE_SIZE });
    this.isAsking = false;
    Object.assign(this, { values, one, other, known: asked });
    this.draw();
    if (!course.running) this.want();
  }

  /** Between which values of a parameter the surface is shown: the path, with room around. */
  rangeOf(index) {
    const [course] = this.lab.courses;
    const path = this.path(index);
    const low = Math.min(...path);
    const high = Math.max(...path);
    const room = Math.max(0.35 * (high - low), 0.25 * Math.abs(course.row[index]), 0.25);
    return { index, low: low - room, high: high + room };
  }

  /** The values of a parameter along the course, the present one last. */
  path(index) {
    const [course] = this.lab.courses;
    const rows = course.trace.entries
      .filter((entry) => entry && entry.row.length === course.row.length)
      .filter(({ step }) => step <= course.steps)
      .map(({ row }) => row[index]);
    return [...rows, course.row[index]].filter(Number.isFinite);
  }

  draw() {
    if (!this.values || !this.isOpen) return;
    const { sheet, one, other, lab } = this;
    sheet.fit();
    const context = sheet.begin();
    const { colours } = lab;
    const yTicks = evenTicks(other.low, other.high, 5);
    const left = roomForLabels(context, yTicks, 11);
    const box = { left, top: 6, width: sheet.width - left - 6, height: sheet.height - 44 };
    const frame = new Frame(box, [one.low, one.high], [other.low, other.high]);
    this.paintShades(context, frame, colours);
    drawAxes(
      context,
      frame,
      colours,
      fittingTicks(context, one.low, one.high, box.width, 11),
      yTicks,
      {
        pixels: 11,
      },
    );
    drawUpright(context, frame, this.words("up"), colours, 11);
    context.fillStyle = colours.ink;
    setFont(context, 11);
    context.fillText(this.words("across"), left + box.width / 2, frame.bottom + 30);
    this.drawPath(context, frame, colours);
    $("landscape").setAttribute("aria-label", this.inWords());
  }

  words(id) {
    const [chosen] = $(id).selectedOptions;
    return chosen ? chosen.textContent : "";
  }

  inWords() {
    const [course] = this.lab.courses;
    const place = [this.one, this.other].map(({ index }) => numberText(course.row[index]));
    return (
      `Training error over ${this.words("across")} and ${this.words("up")}; ` +
      `now at ${place[0]} and ${place[1]}, error ${numberText(course.errors.train)}`
    );
  }

  /** Cells in steps of colour, the lowest the fullest, by the logarithm of the error. */
  paintShades(context, frame, colours) {
    const logs = Float64Array.from(this.values, (value) => Math.log10(Math.max(value, 1e-300)));
    const low = Math.min(...logs);
    const high = Math.max(...logs.filter(Number.isFinite), low + 1e-9);
    const width = frame.width / SURFACE_SIZE;
    const height = frame.height / SURFACE_SIZE;
    context.fillStyle = colours.learned;
    logs.forEach((value, k) => {
      const share = (high - value) / (high - low);
      context.globalAlpha = (0.75 * Math.round(share * SHADES)) / SHADES || 0;
      const i = k % SURFACE_SIZE;
      const j = Math.floor(k / SURFACE_SIZE);
      const left = Math.round(frame.left + i * width);
      const top = Math.round(frame.bottom - (j + 1) * height);
      const right = Math.round(frame.left + (i + 1) * width);
      const bottom = Math.round(frame.bottom - j * height);
      context.fillRect(left, top, right - left, bottom - top);
    });
    context.globalAlpha = 1;
  }

  drawPath(context, frame, colours) {
    const x = this.path(this.one.index);
    const y = this.path(this.other.index);
    frame.clip(context);
    Object.assign(context, { strokeStyle: colours.paper, lineWidth: 4, lineJoin: "round" });
    trace(context, frame, { x, y });
    context.stroke();
    Object.assign(context, { strokeStyle: colours.ink, lineWidth: 1.6 });
    context.stroke();
    const last = x.length - 1;
    ring(context, frame.x(x[last]), frame.y(y[last]), 5, colours.ink, colours.paper, 1.6);
    context.restore();
  }
}
