// Philox4x64-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): random words
// that depend on a key and a counter alone. Words of 64 bits are held as two halves of 32, because
// arithmetic on BigInt would be a hundred times slower.

const ROUNDS = 10;
// the constants by their halves, as signed numbers of 32 bits
const M0_HIGH = 0xd2e7470e | 0;
const M0_LOW = 0xe14c6c93 | 0;
const M1_HIGH = 0xca5a8263 | 0;
const M1_LOW = 0x95121157 | 0;
const WEYL = Int32Array.of(0x9e3779b9, 0x7f4a7c15, 0xbb67ae85, 0x84caa73b);
const TWO_32 = 4294967296;

/** What the words of a seed are drawn for; each purpose has a stream of its own. */
const PURPOSES = { initialNetwork: 0, batchOrder: 1, labelNoise: 3, inputNoise: 4 };

/** A stream of words; the same as `random_words` of the Python engines. */
class Philox {
  /** seed: 0 … 2^53; purpose: one of PURPOSES. */
  constructor(seed, purpose) {
    this.seedHigh = Math.floor(seed / TWO_32);
    this.seedLow = seed >>> 0;
    this.purpose = purpose;
    this.counter = new Int32Array(8); // four words, the high half of each first
    this.key = new Int32Array(4);
    this.product = new Int32Array(4);
  }

  /**
   * Write the words first … first + high.length − 1 of a block, their high halves and their low
   * ones.
   */
  fill(block, first, high, low) {
    const { counter } = this;
    let group = Math.floor(first / 4);
    let skipped = first - 4 * group;
    for (let i = 0; i < high.length; group++) {
      this.drawGroup(block, group);
      for (; skipped < 4 && i < high.length; skipped++, i++) {
        high[i] = counter[2 * skipped];
        low[i] = counter[2 * skipped + 1];
      }
      skipped = 0;
    }
  }

  /** The four words of a group, into the counter. The generator counts before it draws. */
  drawGroup(block, group) {
    const { counter, key, product } = this;
    counter.fill(0);
    counter[0] = Math.floor((group + 1) / TWO_32);
    counter[1] = group + 1;
    counter[4] = Math.floor(block / TWO_32);
    counter[5] = block;
    key[0] = this.seedHigh;
    key[1] = this.seedLow;
    key[2] = 0;
    key[3] = this.purpose;
    for (let turn = 0; turn < ROUNDS; turn++) {
      if (turn > 0) turnKey(key);
      mix(counter, key, product);
    }
  }
}

/** Add Weyl's constants to the two words of a key. */
function turnKey(key) {
  for (let half = 0; half < 4; half += 2) {
    const low = (key[half + 1] + WEYL[half + 1]) | 0;
    key[half] = (key[half] + WEYL[half] + isBelow(low, WEYL[half + 1])) | 0;
    key[half + 1] = low;
  }
}

/** A round: two products, whose halves change places. */
function mix(c, key, product) {
  multiply(M1_HIGH, M1_LOW, c[4], c[5], product);
  const newHigh = product[0] ^ c[2] ^ key[0];
  const newLow = product[1] ^ c[3] ^ key[1];
  const lastHigh = product[2];
  const lastLow = product[3];
  multiply(M0_HIGH, M0_LOW, c[0], c[1], product);
  c[0] = newHigh;
  c[1] = newLow;
  c[2] = lastHigh;
  c[3] = lastLow;
  c[4] = product[0] ^ c[6] ^ key[2];
  c[5] = product[1] ^ c[7] ^ key[3];
  c[6] = product[2];
  c[7] = product[3];
}

/** The product of two words of 64 bits as four halves of 32, the highest first. */
function multiply(aHigh, aLow, bHigh, bLow, product) {
  const one = Math.imul(aLow, bHigh);
  const other = Math.imul(aHigh, bLow);
  const top = Math.imul(aHigh, bHigh);
  const low = highOfProduct(aLow, bLow);
  const some = (low + one) | 0;
  const across = (some + other) | 0;
  const carry = isBelow(some, one) + isBelow(across, other);
  const oneHigh = highOfProduct(aLow, bHigh);
  const otherHigh = highOfProduct(aHigh, bLow);
  const both = (oneHigh + otherHigh) | 0;
  const most = (both + top) | 0;
  const middle = (most + carry) | 0;
  const carried = isBelow(both, oneHigh) + isBelow(most, top) + isBelow(middle, carry);
  product[0] = highOfProduct(aHigh, bHigh) + carried;
  product[1] = middle;
  product[2] = across;
  product[3] = Math.imul(aLow, bLow);
}

/** 1 where a sum of 32 bits is below one of its terms, so that it has a carry; else 0. */
const isBelow = (sum, term) => (sum >>> 0 < term >>> 0 ? 1 : 0);

/** The high half of a product of two numbers of 32 bits, by their halves of 16. */
function highOfProduct(a, b) {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const lowest = Math.imul(aLow, bLow) >>> 16;
  const one = (Math.imul(aHigh, bLow) + lowest) | 0;
  const other = (Math.imul(aLow, bHigh) + (one & 0xffff)) | 0;
  return (Math.imul(aHigh, bHigh) + (one >>> 16) + (other >>> 16)) | 0;
}

/** A word as a double in [0, 1), of its highest 53 bits. */
const fractionOf = (high, low) => (high * 2097152 + (low >>> 11)) / 9007199254740992;

/** Doubles in [0, 1), one after the other, of a stream's block 0. */
class PhiloxFractions {
  constructor(seed, purpose) {
    this.stream = new Philox(seed, purpose);
    this.position = 0;
    this.high = new Uint32Array(1);
    this.low = new Uint32Array(1);
  }

  next() {
    this.stream.fill(0, this.position, this.high, this.low);
    this.position += 1;
    return fractionOf(this.high[0], this.low[0]);
  }
}
