// Ridge regression of y on features: minimise |Φ a − y|² + λ |a|². By Householder's orthogonal
// triangles, which never square the condition number of Φ as the normal equations do (Golub & Van
// Loan, Matrix Computations, sections 5.2 to 5.6).

/** A matrix by columns: Float64Arrays of equal length. */
const columnsOf = (rows, n) =>
  Array.from({ length: n }, (_, j) => Float64Array.from(rows, (row) => row[j]));

/**
 * a with |Φ a − y|² + λ |a|² least; of minimum norm where λ = 0 leaves a choice. Φ: n columns of m
 * numbers; y: m numbers.
 */
function ridgeSolution(columns, y, penalty) {
  const n = columns.length;
  const m = y.length;
  const root = Math.sqrt(penalty);
  if (penalty === 0) return minimumNorm(columns, y);
  if (m >= n) {
    // least squares of [Φ; √λ I] a = [y; 0]
    const stacked = columns.map((column, j) => withDiagonal(column, n, j, root));
    const triangle = triangulate(stacked);
    const right = new Float64Array(m + n);
    right.set(y);
    triangle.reflect(right);
    return triangle.solve(right.subarray(0, n));
  }
  // fewer points than features: of all (a, u) with [Φ, √λ I] (a, u) = y the one of least norm has a
  // as wanted
  const stacked = Array.from({ length: m }, (_, i) =>
    withDiagonal(
      Float64Array.from(columns, (column) => column[i]),
      m,
      i,
      root,
    ),
  );
  const triangle = triangulate(stacked);
  const full = new Float64Array(n + m);
  full.set(triangle.solveTransposed(y));
  triangle.unreflect(full);
  return full.slice(0, n);
}

function withDiagonal(column, count, place, value) {
  const longer = new Float64Array(column.length + count);
  longer.set(column);
  longer[column.length + place] = value;
  return longer;
}

/**
 * λ = 0, by a complete orthogonal decomposition: pivoted columns up to their numerical rank, then
 * the least of all solutions.
 */
function minimumNorm(columns, y) {
  const n = columns.length;
  const m = y.length;
  const triangle = triangulate(
    columns.map((column) => column.slice()),
    true,
  );
  const right = Float64Array.from(y);
  triangle.reflect(right);
  const rank = triangle.rank(Number.EPSILON * Math.max(m, n));
  const rows = Array.from({ length: rank }, (_row, i) =>
    Float64Array.from({ length: n }, (_column, j) => (j < i ? 0 : triangle.at(i, j))),
  );
  const across = triangulate(rows);
  const full = new Float64Array(n);
  full.set(across.solveTransposed(right.subarray(0, rank)));
  across.unreflect(full);
  const solution = new Float64Array(n);
  triangle.order.forEach((from, to) => {
    solution[from] = full[to];
  });
  return solution;
}

/**
 * A = Q R by reflections, in place; pivoted: the longest remaining column first, so that |R_kk|
 * falls.
 */
function triangulate(columns, pivoted = false) {
  const n = columns.length;
  const m = n ? columns[0].length : 0;
  const steps = Math.min(m, n);
  const order = Array.from({ length: n }, (_, j) => j);
  const diagonal = new Float64Array(steps);
  const scale = new Float64Array(steps);
  for (let k = 0; k < steps; k++) {
    if (pivoted) bringLongest(columns, order, k);
    const column = columns[k];
    const length = norm(column, k);
    diagonal[k] = column[k] > 0 ? -length : length;
    if (length === 0) continue;
    // reflector I − scale·u uᵀ with u = column − diagonal·e_k below row k
    column[k] -= diagonal[k];
    scale[k] = -1 / (diagonal[k] * column[k]);
    for (let j = k + 1; j < n; j++) reflectOne(column, scale[k], columns[j], k);
  }
  return new Triangle(columns, diagonal, scale, order);
}

function norm(column, from) {
  let largest = 0;
  let sum = 0;
  for (let i = from; i < column.length; i++) largest = Math.max(largest, Math.abs(column[i]));
  if (largest === 0) return 0;
  for (let i = from; i < column.length; i++) sum += (column[i] / largest) ** 2;
  return largest * Math.sqrt(sum);
}

function bringLongest(columns, order, k) {
  let longest = k;
  for (let j = k, most = -1; j < columns.length; j++) {
    const length = norm(columns[j], k);
    if (length > most) [most, longest] = [length, j];
  }
  [columns[k], columns[longest]] = [columns[longest], columns[k]];
  [order[k], order[longest]] = [order[longest], order[k]];
}

function reflectOne(u, scale, vector, from) {
  let sum = 0;
  for (let i = from; i < vector.length; i++) sum += u[i] * vector[i];
  sum *= scale;
  for (let i = from; i < vector.length; i++) vector[i] -= sum * u[i];
}

class Triangle {
  constructor(columns, diagonal, scale, order) {
    this.columns = columns;
    this.diagonal = diagonal;
    this.scale = scale;
    this.order = order;
  }

  /** R_ij, i ≤ j. */
  at(i, j) {
    return i === j ? this.diagonal[i] : this.columns[j][i];
  }

  /** How many diagonal elements exceed so large a part of the first. */
  rank(part) {
    const least = part * Math.abs(this.diagonal[0]);
    const first = this.diagonal.findIndex((value) => !(Math.abs(value) > least));
    return first < 0 ? this.diagonal.length : first;
  }

  /** vector ← Qᵀ vector. */
  reflect(vector) {
    for (let k = 0; k < this.diagonal.length; k++)
      reflectOne(this.columns[k], this.scale[k], vector, k);
  }

  /** vector ← Q vector. */
  unreflect(vector) {
    for (let k = this.diagonal.length - 1; k >= 0; k--)
      reflectOne(this.columns[k], this.scale[k], vector, k);
  }

  /** R⁻¹ right, for as many rows as R is square. */
  solve(right) {
    const n = this.diagonal.length;
    const a = Float64Array.from(right);
    for (let i = n - 1; i >= 0; i--) {
      for (let j = i + 1; j < n; j++) a[i] -= this.at(i, j) * a[j];
      a[i] /= this.diagonal[i];
    }
    return a;
  }

  /** R⁻ᵀ right. */
  solveTransposed(right) {
    const a = Float64Array.from(right);
    for (let i = 0; i < a.length; i++) {
      for (let j = 0; j < i; j++) a[i] -= this.at(j, i) * a[j];
      a[i] /= this.diagonal[i];
    }
    return a;
  }
}

/**
 * The network with the output layer that ridge regression on the points gives; without outputBias
 * the constant stays 0.
 */
function ridgeNetwork(network, points, penalty, outputBias = true) {
  const rows = Array.from(points.x, (x) => network.features(x));
  const H = network.hidden[network.hidden.length - 1];
  const columns = columnsOf(rows, H);
  if (outputBias) columns.push(new Float64Array(points.x.length).fill(1));
  const solution = ridgeSolution(columns, points.y, penalty);
  const solved = network.copy();
  solved.outputWeight.set(solution.subarray(0, H));
  solved.biases[solved.biases.length - 1][0] = outputBias ? solution[H] : 0;
  return solved;
}
