"use strict";
// Matrices as arrays of rows, and the functions that one writes about them.

class Misfit extends Error {
  // What two shapes cannot do together; `key` names the sentence.
  constructor(key, fields = {}) {
    super(key);
    Object.assign(this, { key, fields });
  }
}

const Matrices = (() => {
  const rows = (a) => a.length;
  const columns = (a) => a[0].length;
  const scalar = (x) => [[x]];
  const isScalar = (a) => rows(a) === 1 && columns(a) === 1;
  const map = (f, a) => keepFlexible(a.map((row) => row.map(f)), a);
  const turned = (a) => keepFlexible(a[0].map((_, j) => a.map((row) => row[j])), a);

  function keepFlexible(made, ...from) {
    if (from.every((a) => a.flexible)) made.flexible = true;
    return made;
  }

  const fits = (small, large) =>
    (rows(small) === rows(large) || rows(small) === 1) && (columns(small) === columns(large) || columns(small) === 1);

  // Entry by entry; the smaller one is repeated where it has one row or one column.
  function pairwise(f, a, b, key) {
    if (!fits(a, b) && !fits(b, a)) throw new Misfit(key, { left: a, right: b });
    const large = fits(b, a) ? a : b;
    const at = (x, i, j) => x[rows(x) === 1 ? 0 : i][columns(x) === 1 ? 0 : j];
    const made = large.map((row, i) => row.map((_, j) => f(at(a, i, j), at(b, i, j))));
    // What has the size that it needs keeps it beside numbers.
    if ((a.flexible && (b.flexible || isScalar(b))) || (b.flexible && isScalar(a))) made.flexible = true;
    return made;
  }

  function product(a, b) {
    return a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
  }

  // The product that is meant: by a number, of matrices where the inner sides agree, else entry by
  // entry. `square` decides where both are possible.
  function times(a, b, op, square) {
    if (isScalar(a) || isScalar(b)) return pairwise((x, y) => x * y, a, b);
    const inner = columns(a) === rows(b);
    const alike = rows(a) === rows(b) && columns(a) === columns(b);
    if (inner && !(alike && op !== "@" && square === "entries")) return product(a, b);
    // Only a star repeats rows or columns, as programs do.
    const entries = op === "*" ? fits(a, b) || fits(b, a) : op !== "@" && alike;
    if (!entries) throw new Misfit("product", { left: a, right: b });
    return pairwise((x, y) => x * y, a, b);
  }

  function total(a, axis) {
    const sum = (xs) => xs.reduce((s, x) => s + x, 0);
    if (axis === "columns") return a.map((row) => [sum(row)]);
    const down = [a[0].map((_, j) => sum(a.map((row) => row[j])))];
    return axis === "rows" ? down : [[sum(down[0])]];
  }

  const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
  const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  // Entry by entry, each with its derivative.
  const FUNCTIONS = {
    sigmoid: [sigmoid, (x) => sigmoid(x) * (1 - sigmoid(x))],
    tanh: [Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
    relu: [(x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
    softplus: [softplus, sigmoid],
    exp: [Math.exp, Math.exp],
    log: [Math.log, (x) => 1 / x],
    sqrt: [Math.sqrt, (x) => 0.5 / Math.sqrt(x)],
    abs: [Math.abs, Math.sign],
    sign: [Math.sign, () => 0],
    step: [(x) => (x > 0 ? 1 : 0), () => 0],
    sin: [Math.sin, Math.cos],
    cos: [Math.cos, (x) => -Math.sin(x)],
    tan: [Math.tan, (x) => 1 + Math.tan(x) ** 2],
    sinh: [Math.sinh, Math.cosh],
    cosh: [Math.cosh, Math.sinh],
    log1p: [Math.log1p, (x) => 1 / (1 + x)],
    expm1: [Math.expm1, Math.exp],
    log1mexp: [(x) => Math.log(-Math.expm1(x)), (x) => -Math.exp(x) / -Math.expm1(x)],
    erf: [erf, (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x)],
    square: [(x) => x * x, (x) => 2 * x],
  };

  // By its series, and far out by its continued fraction: to the last few digits.
  function erf(x) {
    const z = Math.abs(x);
    if (z < 2.5) {
      let term = z;
      let sum = z;
      for (let n = 1; n < 80; n++) {
        term *= (-z * z) / n;
        sum += term / (2 * n + 1);
      }
      return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
    }
    let fraction = 0;
    for (let k = 60; k > 0; k--) fraction = k / 2 / (z + fraction);
    return Math.sign(x) * (1 - Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction));
  }

  // Down each column where samples are columns, else along each row.
  function softmax(a, byColumn, log) {
    const x = byColumn ? turned(a) : a;
    const made = x.map((row) => {
      const top = Math.max(...row);
      const whole = row.reduce((s, v) => s + Math.exp(v - top), 0);
      return row.map((v) => (log ? v - top - Math.log(whole) : Math.exp(v - top) / whole));
    });
    return byColumn ? turned(made) : made;
  }

  function norm(a) {
    return scalar(Math.sqrt(a.reduce((s, row) => s + row.reduce((t, x) => t + x * x, 0), 0)));
  }

  function diagonal(a) {
    if (columns(a) !== 1 && rows(a) !== 1) throw new Misfit("vector", { left: a });
    const entries = a.flat();
    return entries.map((x, i) => entries.map((_, j) => (i === j ? x : 0)));
  }

  function trace(a) {
    if (rows(a) !== columns(a)) throw new Misfit("square", { left: a });
    return scalar(a.reduce((s, row, i) => s + row[i], 0));
  }

  const largest = (a) => a.reduce((m, row) => row.reduce((n, x) => Math.max(n, Math.abs(x)), m), 0);
  const finite = (a) => a.every((row) => row.every(Number.isFinite));
  const sameShape = (a, b) => rows(a) === rows(b) && columns(a) === columns(b);

  // Whether two values agree, relative to the larger of what they are compared by.
  function close(a, b, tolerance = 1e-7) {
    if (!sameShape(a, b)) return false;
    const scale = Math.max(largest(b), 1e-12);
    return a.every((row, i) => row.every((x, j) => Math.abs(x - b[i][j]) <= tolerance * scale));
  }

  return {
    rows, columns, scalar, isScalar, map, turned, pairwise, times, total, FUNCTIONS, softmax, norm,
    diagonal, trace, largest, finite, sameShape, close, fits,
  };
})();
