// Which training points each step sees: the same batches as those of the Python engines.

const BLOCK_DRAWS = 2 ** 18;

/**
 * Batches of a training. sampling: replacement (every batch is drawn anew), shuffle (every epoch is
 * a permutation cut into batches, of which the last may be shorter) or full (all points in order).
 */
class BatchOrder {
  constructor(seed, n, size, sampling) {
    this.n = n;
    this.size = sampling === "full" ? n : size;
    this.sampling = sampling;
    this.stream = new Philox(seed, PURPOSES.batchOrder);
    this.stepsPerEpoch = Math.ceil(n / this.size);
    const words = sampling === "shuffle" ? n : this.size;
    this.high = new Uint32Array(words);
    this.low = new Uint32Array(words);
    this.indices = Int32Array.from({ length: words }, (_, i) => i);
    this.shuffled = -1;
  }

  /** The indices of the points of a step, counted from 0. They are read before the next call. */
  batch(step) {
    if (this.sampling === "replacement") return this.drawn(step);
    if (this.sampling === "full") return this.indices;
    const epoch = Math.floor(step / this.stepsPerEpoch);
    if (epoch !== this.shuffled) this.shuffle(epoch);
    const first = (step % this.stepsPerEpoch) * this.size;
    return this.indices.subarray(first, Math.min(first + this.size, this.n));
  }

  /** The high half of a word, as a fraction of 2^32, times n. */
  drawn(step) {
    const { size, n, high, low, indices } = this;
    const blockSteps = Math.max(1, Math.floor(BLOCK_DRAWS / size));
    const block = Math.floor(step / blockSteps);
    this.stream.fill(block, (step % blockSteps) * size, high, low);
    for (let i = 0; i < size; i++) indices[i] = Math.floor((high[i] * n) / TWO_32);
    return indices;
  }

  /** A permutation is made by sorting words that carry their index in the low bits. */
  shuffle(epoch) {
    const { n, high, low, indices } = this;
    const blockEpochs = Math.max(1, Math.floor(BLOCK_DRAWS / n));
    const block = Math.floor(epoch / blockEpochs);
    this.stream.fill(block, (epoch % blockEpochs) * n, high, low);
    const bits = Math.max(1, 32 - Math.clz32(n - 1));
    for (let i = 0; i < n; i++) {
      indices[i] = i;
      low[i] = ((low[i] >>> bits) << bits) | i;
    }
    indices.sort((i, j) => high[i] - high[j] || low[i] - low[j]);
    this.shuffled = epoch;
  }
}
