// The Mersenne twister (Matsumoto & Nishimura 1998), which draws the points of a target.

const TWISTER_WORDS = 624;

/** Doubles in [0, 1), those of numpy.random.RandomState(seed). */
class MersenneTwister {
  /** seed: 0 … 2^53; beyond 32 bits its two halves are taken, the lower one first. */
  constructor(seed) {
    this.words = new Uint32Array(TWISTER_WORDS);
    this.position = TWISTER_WORDS;
    if (seed < TWO_32) this.begin(seed);
    else this.beginWith([seed >>> 0, Math.floor(seed / TWO_32)]);
  }

  begin(seed) {
    const { words } = this;
    words[0] = seed;
    for (let i = 1; i < TWISTER_WORDS; i++) {
      const before = words[i - 1] ^ (words[i - 1] >>> 30);
      words[i] = Math.imul(1812433253, before) + i;
    }
  }

  beginWith(key) {
    const { words } = this;
    const last = TWISTER_WORDS - 1;
    this.begin(19650218);
    let i = 1;
    const mixed = (factor) => {
      const before = words[i - 1] ^ (words[i - 1] >>> 30);
      return words[i] ^ Math.imul(before, factor);
    };
    const next = () => {
      i += 1;
      if (i <= last) return;
      words[0] = words[last];
      i = 1;
    };
    for (let turn = 0; turn < TWISTER_WORDS; turn++) {
      const j = turn % key.length;
      words[i] = mixed(1664525) + key[j] + j;
      next();
    }
    for (let turn = 0; turn < last; turn++) {
      words[i] = mixed(1566083941) - i;
      next();
    }
    words[0] = 0x80000000;
  }

  twist() {
    const { words } = this;
    for (let i = 0; i < TWISTER_WORDS; i++) {
      const joined = (words[i] & 0x80000000) | (words[(i + 1) % TWISTER_WORDS] & 0x7fffffff);
      const odd = joined & 1 ? 0x9908b0df : 0;
      words[i] = words[(i + 397) % TWISTER_WORDS] ^ (joined >>> 1) ^ odd;
    }
    this.position = 0;
  }

  word() {
    if (this.position === TWISTER_WORDS) this.twist();
    let word = this.words[this.position];
    this.position += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    word ^= word >>> 18;
    return word >>> 0;
  }

  next() {
    const high = this.word() >>> 5;
    const low = this.word() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }
}
