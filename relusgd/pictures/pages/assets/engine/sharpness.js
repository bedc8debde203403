// Sharpness: the largest eigenvalue of the Hessian of the training error over the parameters that
// learn. Gradient descent on all points is stable near a minimum while its learning rate stays
// below 2/sharpness.

const LANCZOS_STEPS = 200;

/** The Hessian of the mean squared error, by products with vectors. Its network stands still. */
class Hessian {
  constructor(network, points, layers, outputBias) {
    const count = parameterCount(network.hidden);
    this.points = points;
    this.direction = new Float64Array(count);
    this.product = new Float64Array(count);
    this.pass = new CurvaturePass(
      network,
      partsOf(this.direction, network.hidden),
      partsOf(this.product, network.hidden),
    );
    const [first, last] = learningRange(network.hidden, layers, outputBias);
    this.first = first;
    this.last = last;
    this.size = last - first;
  }

  /** H v over the learning parameters, which stand in one row. */
  times(v) {
    const { x, y } = this.points;
    const n = x.length;
    this.direction.set(v, this.first);
    this.product.fill(0);
    for (let i = 0; i < n; i++) this.pass.add(x[i], y[i], 1 / n);
    return this.product.slice(this.first, this.last);
  }
}

/**
 * Pearlmutter's R-operator: with R = d/dt of everything as the parameters move from (W, b) along
 * (V, c), R of the gradient is H (V, c).
 */
class CurvaturePass extends ForwardPass {
  /** direction: (V, c); product: where H (V, c) is added up; both {weights, biases}. */
  constructor(network, direction, product) {
    super(network);
    const zeros = (part) => new Float64Array(part.length);
    this.V = direction.weights;
    this.c = direction.biases;
    this.HV = product.weights;
    this.Hc = product.biases;
    this.Ra = this.a.map(zeros);
    this.delta = this.a.map(zeros);
    this.Rdelta = this.a.map(zeros);
    this.nothing = network.biases.map(zeros);
    this.part = this.a.map(zeros);
  }

  /** Add R of the gradient of share · (f(x) − y)². */
  add(x, y, share) {
    const { layers, delta, Rdelta, Ra } = this;
    delta[layers][0] = 2 * share * (this.at(x) - y);
    this.forward();
    Rdelta[layers][0] = 2 * share * Ra[layers][0];
    for (let k = layers - 1; k >= 0; k--) this.backward(k);
  }

  /** R a_{k+1} = (R a_k W + a_k V + c) where a_{k+1} > 0; the output is not rectified. */
  forward() {
    const { network, layers, a, V, c, Ra, part } = this;
    for (let k = 0; k < layers; k++) {
      intoAffine(a[k], V[k], c[k], Ra[k + 1]);
      intoAffine(Ra[k], network.weights[k], this.nothing[k], part[k + 1]);
      for (let j = 0; j < Ra[k + 1].length; j++) {
        const isActive = k + 1 === layers || a[k + 1][j] > 0;
        Ra[k + 1][j] = isActive ? Ra[k + 1][j] + part[k + 1][j] : 0;
      }
    }
  }

  /** R ∂W = R aᵀ δ + aᵀ R δ,  R ∂b = R δ;  R of the δ before = R δ Wᵀ + δ Vᵀ where a > 0. */
  backward(k) {
    const { network, a, V, HV, Hc, Ra, delta, Rdelta, part } = this;
    const n = delta[k + 1].length;
    addOuter(a[k], Rdelta[k + 1], HV[k], Hc[k]);
    for (let i = 0; i < a[k].length; i++) {
      const value = Ra[k][i];
      if (value === 0) continue;
      for (let j = 0; j < n; j++) HV[k][i * n + j] += value * delta[k + 1][j];
    }
    if (k === 0) return;
    passBack(network.weights[k], a[k], Rdelta[k + 1], Rdelta[k]);
    passBack(V[k], a[k], delta[k + 1], part[k]);
    for (let i = 0; i < a[k].length; i++) Rdelta[k][i] += part[k][i];
    passBack(network.weights[k], a[k], delta[k + 1], delta[k]);
  }
}

/** ∂W += aᵀ δ, ∂b += δ. */
function addOuter(a, delta, dW, db) {
  const n = delta.length;
  for (let j = 0; j < n; j++) db[j] += delta[j];
  for (let i = 0; i < a.length; i++) {
    const value = a[i];
    if (value === 0) continue; // an inactive unit gets nothing
    for (let j = 0, at = i * n; j < n; j++, at++) dW[at] += value * delta[j];
  }
}

/** The δ of the layer before: before ← δ Wᵀ where a > 0, else 0. */
function passBack(W, a, delta, before) {
  const n = delta.length;
  for (let i = 0; i < a.length; i++) {
    let sum = 0;
    if (a[i] !== 0) for (let j = 0, at = i * n; j < n; j++, at++) sum += W[at] * delta[j];
    before[i] = sum;
  }
}

/** A generator of numbers in [0, 1) that always begins alike: Marsaglia's xorshift of 32 bits. */
function randomNumbers(seed = 2463534242) {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}

/**
 * The largest eigenvalue of the Hessian, by Lanczos with full reorthogonalisation (Golub & Van
 * Loan, Matrix Computations, section 10.3). A generator, so that a page may do other things between
 * two products: it yields nothing, and returns the eigenvalue, nan where it is not finite.
 */
function* sharpnessSearch(hessian) {
  const steps = Math.min(hessian.size, LANCZOS_STEPS);
  const random = randomNumbers();
  const basis = [];
  const alpha = [];
  const beta = [];
  let u = Float64Array.from({ length: hessian.size }, () => random() - 0.5);
  let length = norm(u, 0);
  let largest = NaN;
  let settled = 0;
  for (let j = 0; j < steps && length > 0; j++) {
    const q = u.map((value) => value / length);
    basis.push(q);
    u = hessian.times(q);
    alpha.push(dotProduct(q, u));
    // the second time removes what the rounding of the first left
    for (let turn = 0; turn < 2; turn++) for (const other of basis) removePart(u, other);
    length = norm(u, 0);
    if (!Number.isFinite(alpha[j] + length)) return NaN;
    const before = largest;
    largest = largestOfTridiagonal(alpha, beta);
    const size = Math.max(...alpha.map(Math.abs), ...beta);
    settled = Math.abs(largest - before) <= 1e-10 * size ? settled + 1 : 0;
    if (settled === 4 || length <= 1e-13 * size) break;
    beta.push(length);
    yield;
  }
  return largest;
}

function dotProduct(one, other) {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i] * other[i];
  return sum;
}

/** u ← u − (q·u) q. */
function removePart(u, q) {
  const amount = dotProduct(q, u);
  for (let i = 0; i < u.length; i++) u[i] -= amount * q[i];
}

/**
 * The largest eigenvalue of the symmetric tridiagonal matrix with this diagonal and these elements
 * beside it, by bisection between Gershgorin's bounds.
 */
function largestOfTridiagonal(diagonal, beside) {
  const n = diagonal.length;
  const radius = (i) => (i > 0 ? beside[i - 1] : 0) + (i + 1 < n ? beside[i] : 0);
  let low = Math.max(...diagonal);
  let high = Math.max(...diagonal.map((value, i) => value + radius(i)));
  for (let turn = 0; turn < 100 && low < high; turn++) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (isAbove(middle, diagonal, beside)) high = middle;
    else low = middle;
  }
  return high;
}

/** Whether all eigenvalues are below x: then x I − T has positive pivots alone. */
function isAbove(x, diagonal, beside) {
  let pivot = x - diagonal[0];
  for (let i = 1; i < diagonal.length; i++) {
    if (!(pivot > 0)) return false;
    pivot = x - diagonal[i] - beside[i - 1] ** 2 / pivot;
  }
  return pivot > 0;
}
