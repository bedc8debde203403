// A layer on which traces are drawn as they grow: what stands there already is not drawn again.

class GrowingLayer {
  constructor(sheet) {
    this.canvas = sheet.layer(() => {});
    this.context = this.canvas.getContext("2d");
    this.context.setTransform(sheet.ratio, 0, 0, sheet.ratio, 0, 0);
    /** trace → {count: of its entries that are drawn, thinnings: how often it was thinned then}. */
    this.drawn = new Map();
  }

  clear() {
    const { canvas, context } = this;
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.restore();
    this.drawn.clear();
  }

  /**
   * Draw what is new of these traces, or all of them anew where a trace is another one, or was
   * thinned. draw(context, trace, first): a trace from its entry with index first on.
   */
  grow(traces, draw) {
    const isOld = (trace) => {
      const known = this.drawn.get(trace);
      return known ? known.thinnings === trace.thinnings : this.drawn.size < traces.length;
    };
    if (!traces.every(isOld)) this.clear();
    for (const trace of traces) {
      const { count } = this.drawn.get(trace) || { count: 0 };
      const { length } = trace.entries;
      if (length > count) draw(this.context, trace, count);
      this.drawn.set(trace, { count: length, thinnings: trace.thinnings });
    }
  }
}
