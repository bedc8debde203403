// Numbers: out of base64, found by bisection, and in words.

/** Little-endian float32 in base64, as a Float32Array. */
function unpack(text) {
  // new browsers do this by themselves, and faster
  /** @type {any} */
  const fast = Uint8Array;
  const bytes =
    typeof fast.fromBase64 === "function"
      ? fast.fromBase64(text)
      : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.length / 4);
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat32(4 * i, true);
  return values;
}

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

/** The number of items of an ascending list that are ≤ value. */
function countUpTo(list, value) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the item of an ascending list that is nearest to value. */
function nearestIndex(list, value) {
  const after = clamp(countUpTo(list, value), 1, Math.max(list.length - 1, 1));
  if (list.length === 1) return 0;
  return value - list[after - 1] < list[after] - value ? after - 1 : after;
}

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ",");
const minus = (text) => text.replace(/-/g, "−");

/** A whole number with commas. */
const wholeText = (value) => minus(grouped(String(Math.round(value))));

/** A count with its noun: 1 step, 2 steps. */
const counted = (count, noun) => `${wholeText(count)} ${noun}${count === 1 ? "" : "s"}`;

/**
 * A number in so many significant digits: 0.0140, 15,300, 1.23e−7; a dash for what does not exist.
 */
function numberText(value, digits = 3) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size >= 1e-3 && size < 1e3) return minus(value.toPrecision(digits).replace(/\.$/, ""));
  if (size >= 1e3 && size < 1e7) return wholeText(value);
  return minus(value.toExponential(digits - 1).replace("+", ""));
}

/**
 * A position along an axis of this length, to a thousandth of it at least, years as years:
 * 1996.093.
 */
function positionText(value, length) {
  if (!Number.isFinite(value)) return "–";
  const decimals = clamp(3 - Math.floor(Math.log10(length)), 0, 12);
  return Math.abs(value) < 1e4 && decimals < 7
    ? minus(value.toFixed(decimals))
    : numberText(value, 6);
}

/** About `most` round numbers between low and high, each with its text. */
function evenTicks(low, high, most) {
  const rough = (high - low) / Math.max(most, 1);
  const decade = 10 ** Math.floor(Math.log10(rough));
  const spacing = decade * [1, 2, 2.5, 5, 10].find((factor) => factor * decade >= rough * 0.999);
  const ticks = [];
  for (let k = Math.ceil(low / spacing - 1e-9); k * spacing <= high + 1e-9 * spacing; k++)
    ticks.push(k * spacing);
  const largest = Math.max(...ticks.map(Math.abs), spacing);
  return ticks.map((value) => ({ value, text: tickText(value, spacing, largest) }));
}

/**
 * A tick's number with as many decimals as its distance to the next one asks for; years keep their
 * four digits plain.
 */
function tickText(value, spacing, largest) {
  if (Math.abs(value) < spacing * 1e-6) return "0";
  if (largest >= 1e6 || largest < 1e-4)
    return minus(Number(value.toPrecision(4)).toExponential().replace("+", ""));
  let decimals = Math.max(0, -Math.floor(Math.log10(spacing * 1.0001)));
  if (Math.abs(Number(spacing.toFixed(decimals)) - spacing) > spacing * 1e-3) decimals += 1;
  const [whole, part] = Math.abs(value).toFixed(decimals).split(".");
  return (
    (value < 0 ? "−" : "") + (largest >= 1e4 ? grouped(whole) : whole) + (part ? `.${part}` : "")
  );
}

/** Ticks of a logarithmic axis whose ends are log10 of values. */
function logTicks(low, high, most) {
  const places = [];
  for (let power = Math.ceil(low); power <= Math.floor(high); power++) places.push(power);
  if (places.length >= 2) {
    const every = Math.ceil(places.length / Math.max(most, 1));
    return places
      .reverse()
      .filter((_, i) => i % every === 0)
      .map((place) => logTick(10 ** place));
  }
  const finer = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    for (const factor of [1, 2, 5])
      if (Math.log10(factor) + power >= low && Math.log10(factor) + power <= high)
        finer.push(factor * 10 ** power);
  }
  if (finer.length >= 2)
    return finer
      .filter((_, i) => i % Math.ceil(finer.length / Math.max(most, 1)) === 0)
      .map(logTick);
  return evenTicks(10 ** low, 10 ** high, most)
    .filter(({ value }) => value > 0)
    .map(({ value, text }) => ({ value: Math.log10(value), text }));
}

function logTick(value) {
  const plain = value >= 1e-4 && value < 1e5;
  let text = minus(value.toExponential(0).replace("+", ""));
  if (plain) text = value >= 1 ? wholeText(value) : String(Number(value.toPrecision(3)));
  return { value: Math.log10(value), text };
}
