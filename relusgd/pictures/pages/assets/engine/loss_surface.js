// The training error over two of the parameters, all others as they are.

/**
 * Errors in original units at size × size places: x runs over the values of one parameter, y of the
 * other; in rows of equal y. row: all parameters; one, other: {index, low, high}.
 */
function lossSurface({ row, hidden, points, yUnit, one, other, size }) {
  const network = networkOn(row.slice(), hidden);
  const theta = network.weights[0].buffer;
  const parameters = new Float64Array(theta);
  const values = new Float64Array(size * size);
  const along = evenlySpaced(one.low, one.high, size);
  const up = evenlySpaced(other.low, other.high, size);
  for (let j = 0; j < size; j++) {
    parameters[other.index] = up[j];
    for (let i = 0; i < size; i++) {
      parameters[one.index] = along[i];
      values[j * size + i] = network.mse(points) * yUnit ** 2;
    }
  }
  return values;
}
