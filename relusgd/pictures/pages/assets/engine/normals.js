// Normal random numbers: by Box and Muller for the noise of batches, by Marsaglia's polar method,
// as numpy.random.RandomState has it, for points and initial networks.

const LN_2 = 0.6931471805599453;
const ROOT_HALF_HIGH = 0x3fe6a09e; // the halves of the bits of √½
const ROOT_HALF_LOW = 0x667f3bcd;

/** The coefficients of s, s³, s⁵, … of artanh s, and of φ, φ³, φ⁵, … of sin φ. */
const ARTANH = Array.from({ length: 11 }, (_, k) => 1 / (2 * k + 1));
const SINE = Array.from({ length: 9 }, (_, k) => (k % 2 ? -1 : 1) / factorial(2 * k + 1));

function factorial(n) {
  return n < 2 ? 1 : n * factorial(n - 1);
}

/** Standard normal numbers of a source of doubles in [0, 1). */
class PolarNormals {
  constructor(fractions) {
    this.fractions = fractions;
    this.kept = null;
  }

  next() {
    if (this.kept !== null) {
      const kept = this.kept;
      this.kept = null;
      return kept;
    }
    let x = 0;
    let y = 0;
    let square = 0;
    do {
      x = 2 * this.fractions.next() - 1;
      y = 2 * this.fractions.next() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const factor = Math.sqrt((-2 * Math.log(square)) / square);
    this.kept = factor * x;
    return factor * y;
  }
}

/** The normal numbers that belong to the steps of a training, a row for each. */
class NoiseRows {
  /** seed, purpose: of the stream; size: numbers in a row. */
  constructor(seed, purpose, size) {
    this.stream = new Philox(seed, purpose);
    this.size = size;
    this.blockSteps = Math.max(1, Math.floor(BLOCK_DRAWS / size));
    const most = size + 2;
    this.high = new Uint32Array(most);
    this.low = new Uint32Array(most);
    this.numbers = new Float64Array(most);
  }

  /** The numbers of a step, counted from 0. They are read before the next call. */
  row(step) {
    const block = Math.floor(step / this.blockSteps);
    const first = (step % this.blockSteps) * this.size;
    const begin = first - (first % 2);
    const end = first + this.size + ((first + this.size) % 2);
    const count = end - begin;
    this.stream.fill(block, begin, this.high.subarray(0, count), this.low.subarray(0, count));
    for (let i = 0; i < count; i += 2) this.makePair(i);
    return this.numbers.subarray(first - begin, first - begin + this.size);
  }

  /** Two numbers of two words: r cos 4φ and r sin 4φ with r = √(−2 ln U), φ in [−π/4, π/4). */
  makePair(i) {
    const { high, low, numbers } = this;
    const U = fractionOf(high[i], low[i]) + 2 ** -53;
    const radius = Math.sqrt(-2 * naturalLogarithm(U));
    const turn = fractionOf(high[i + 1], low[i + 1]) - 0.5;
    let sine = oddSeries(SINE, turn * (0.5 * Math.PI));
    let cosine = Math.sqrt(1 - sine * sine);
    for (let doubling = 0; doubling < 2; doubling++) {
      const doubled = 1 - 2 * sine * sine;
      sine = 2 * sine * cosine;
      cosine = doubled;
    }
    numbers[i] = radius * cosine;
    numbers[i + 1] = radius * sine;
  }
}

const oneDouble = new Float64Array(1);
const itsHalves = new Int32Array(oneDouble.buffer);

/**
 * ln of a positive normal double, by operations that round alike everywhere: the mantissa m in
 * [√½, √2) has ln m = 2 artanh((m − 1)/(m + 1)).
 */
function naturalLogarithm(value) {
  oneDouble[0] = value;
  const borrow = itsHalves[0] >>> 0 < ROOT_HALF_LOW ? 1 : 0;
  const exponent = (itsHalves[1] - ROOT_HALF_HIGH - borrow) >> 20;
  itsHalves[1] -= exponent << 20;
  const [mantissa] = oneDouble;
  const s = (mantissa - 1) / (mantissa + 1);
  return exponent * LN_2 + 2 * oddSeries(ARTANH, s);
}

/** c₀ x + c₁ x³ + c₂ x⁵ + …, by Horner's rule. */
function oddSeries(coefficients, x) {
  const square = x * x;
  let total = coefficients[coefficients.length - 1];
  for (let k = coefficients.length - 2; k >= 0; k--) total = total * square + coefficients[k];
  return total * x;
}
