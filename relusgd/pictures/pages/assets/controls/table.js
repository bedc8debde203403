// The units of a run as a table that draws only the rows in sight, so that a thousand cost no more
// than forty.

const ROW = 26; // pixels
const MOST_LETTERS = 9; // of a cell
const COLUMNS = [
  ["unit", "unit"],
  ["elbow", "elbow"],
  ["slope", "slope"],
  ["bias", "bias"],
  ["weight", "output weight"],
  ["change", "slope change"],
  ["active", "active points"],
];

class UnitTable {
  /** choose(unit): a row was pointed at or focused; pin(unit): it was clicked. */
  constructor(element, { choose, pin }) {
    this.element = element;
    this.choose = choose;
    this.pin = pin;
    // the units that bend the function most come first
    this.sorted = "change";
    this.falling = true;
    this.rows = [];
    this.order = [];
    this.head = element.appendChild(make("div", { class: "row head", role: "row" }));
    this.body = element.appendChild(make("div", { class: "body", role: "rowgroup" }));
    element.addEventListener("scroll", () => this.refresh());
    this.body.addEventListener("pointermove", ({ target }) => this.at(target, choose));
    this.body.addEventListener("pointerleave", () => choose(null));
    this.body.addEventListener("click", ({ target }) => this.at(target, pin));
    this.body.addEventListener("focusin", ({ target }) => this.at(target, choose));
    this.body.addEventListener("keydown", (event) => this.move(event));
  }

  at(target, act) {
    const row = target.closest(".row");
    if (row) act(Number(row.dataset.unit));
  }

  /** Show a network of a run; unit: the one that stands out. */
  show(run, network, unit) {
    if (run !== this.run) this.begin(run);
    this.network = network;
    this.unit = unit;
    this.refresh();
  }

  begin(run) {
    this.run = run;
    this.columns = COLUMNS.filter(([key]) => !(run.deep && (key === "weight" || key === "change")));
    if (this.columns.every(([key]) => key !== this.sorted)) {
      this.sorted = "unit";
      this.falling = false;
    }
    this.element.style.setProperty("--columns", this.columns.length - 1);
    this.head.replaceChildren(...this.columns.map(([key, words]) => this.header(key, words)));
    this.body.replaceChildren();
    this.rows = [];
    this.body.style.height = `${run.width * ROW}px`;
    this.element.setAttribute("aria-rowcount", run.width + 1);
    this.element.classList.toggle("deep", run.deep);
    this.focused = 0;
  }

  header(key, words) {
    const cell = make("span", { role: "columnheader", class: key });
    const button = cell.appendChild(make("button", { type: "button" }, words));
    button.addEventListener("click", () => {
      this.falling = this.sorted === key && !this.falling;
      this.sorted = key;
      this.refresh();
    });
    return cell;
  }

  refresh() {
    if (!this.run || !this.element.clientHeight) return;
    const { element, run, network } = this;
    const first = Math.max(0, Math.floor((element.scrollTop - ROW) / ROW));
    const count = Math.min(run.width - first, Math.ceil(element.clientHeight / ROW) + 2);
    this.sort();
    [...this.head.children].forEach((cell, i) => {
      const direction = this.falling ? "descending" : "ascending";
      const sorted = this.columns[i][0] === this.sorted;
      cell.setAttribute("aria-sort", sorted ? direction : "none");
    });
    while (this.rows.length < count) this.rows.push(this.body.appendChild(this.newRow()));
    while (this.rows.length > count) this.rows.pop().remove();
    this.rows.forEach((row, i) =>
      this.fill(row, first + i, run.unit(network, this.order[first + i])),
    );
  }

  sort() {
    const { run, network, sorted } = this;
    const H = run.width;
    this.order = Array.from({ length: H }, (_, j) => j);
    if (sorted !== "unit") {
      const values = this.order.map((j) =>
        sorted === "active" ? run.unit(network, j).active : quick(network, j, sorted),
      );
      const worth = (j) => (Number.isNaN(values[j]) ? Infinity : values[j]);
      this.order.sort((i, j) => worth(i) - worth(j));
    }
    if (this.falling) this.order.reverse();
  }

  newRow() {
    const row = make("div", { class: "row", role: "row" });
    row.append(
      ...this.columns.map(([key]) =>
        make(key === "unit" ? "span" : "data", {
          role: key === "unit" ? "rowheader" : "gridcell",
          class: key,
        }),
      ),
    );
    return row;
  }

  fill(row, place, facts) {
    const unit = this.order[place];
    row.dataset.unit = unit;
    row.style.transform = `translateY(${place * ROW}px)`;
    row.setAttribute("aria-rowindex", place + 2);
    row.setAttribute("aria-selected", unit === this.unit);
    row.tabIndex = place === this.focused ? 0 : -1;
    const [low, high] = this.run.points.domain;
    const special = {
      unit: wholeText,
      active: wholeText,
      elbow: (x) => {
        const text = positionText(x, high - low);
        return text.length <= MOST_LETTERS ? text : cellText(x);
      },
    };
    this.columns.forEach(([key], i) => {
      const value = key === "unit" ? unit : facts[key];
      setNumber(row.children[i], value, (special[key] || cellText)(value));
    });
  }

  /** Arrow keys go from row to row; Enter pins. */
  move(event) {
    const steps = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 10,
      PageUp: -10,
      Home: -Infinity,
      End: Infinity,
    }[event.key];
    if (event.key === "Enter" || event.key === " ") this.at(event.target, this.pin);
    else if (steps === undefined) return;
    else this.focusRow(clamp(this.focused + steps, 0, this.run.width - 1));
    event.preventDefault();
    event.stopPropagation();
  }

  /** Scroll to a unit's row if it is out of sight. */
  reveal(unit) {
    this.scrollTo(this.order.indexOf(unit));
  }

  scrollTo(place) {
    const { element } = this;
    const top = place * ROW;
    const head = this.head.offsetHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + head + ROW > element.scrollTop + element.clientHeight)
      element.scrollTop = top + head + ROW - element.clientHeight;
  }

  focusRow(place) {
    this.focused = place;
    this.scrollTo(place);
    this.refresh();
    const row = this.rows.find((item) => item.tabIndex === 0);
    if (row) row.focus({ preventScroll: true });
  }
}

/** A number that is never wider than a cell. */
function cellText(value) {
  return Number.isFinite(value) && Math.abs(value) >= 1e6
    ? minus(value.toExponential(2).replace("+", ""))
    : numberText(value);
}

/** What a column is sorted by, without counting points; of the slope change, its size. */
function quick(network, unit, key) {
  const value = {
    elbow: network.elbow(unit),
    slope: network.slope[unit],
    bias: network.bias[unit],
  }[key];
  if (value !== undefined) return value;
  const weight = network.outputWeight[unit];
  return key === "change" ? Math.abs(weight * network.slope[unit]) : weight;
}
