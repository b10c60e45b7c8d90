"use strict";
// The value of a tree at one point.
//
// `at`: {point, names, entry, indices, options}. A point has `sizes`, `values` and `derivatives` of
// the loss by name. With `entry` every quantity stands for one entry, told by `indices` (letters to
// numbers from 0) and `entry.bare` (which entry a name without indices is).

class Evaluator {
  constructor(lesson, point, { entry = null, indices = {}, options = {} } = {}) {
    Object.assign(this, { lesson, point, entry, indices, options });
  }

  value(node) {
    const M = Matrices;
    switch (node.t) {
      case "num":
        return M.scalar(node.value);
      case "constant":
        return M.scalar(node.name === "e" ? Math.E : Math.PI);
      case "size":
        return M.scalar(this.point.sizes[node.name]);
      case "quantity":
        return this.quantity(node);
      case "entry":
        return this.entryOf(node);
      case "neg":
        return M.map((x) => -x, this.plain(node.args[0]));
      case "bin":
        return this.binary(node);
      case "pow":
        return this.power(node);
      case "turned":
        return this.turned(node);
      case "test": {
        const [a, b] = node.args.map((x) => this.plain(x));
        const test = { ">": (x, y) => x > y, "<": (x, y) => x < y, "≥": (x, y) => x >= y, "≤": (x, y) => x <= y }[node.op];
        return this.placed(node, () => M.pairwise((x, y) => Number(test(x, y)), a, b, "entries"));
      }
      case "sum":
        return this.sum(node);
      case "partial":
        return this.partial(node);
      case "ones":
        return Object.assign(M.scalar(1), { ones: "column", flexible: true });
      case "call":
        return this.placed(node, () => this.call(node));
    }
    throw new Error(`no value for ${node.t}`);
  }

  // A value in which a bare vector of ones counts as the number 1.
  plain(node) {
    const value = this.value(node);
    return value.ones ? Object.assign(Matrices.scalar(1), { flexible: true }) : value;
  }

  // What goes wrong with shapes is told of the node where it does.
  placed(node, work) {
    try {
      return work();
    } catch (error) {
      if (error instanceof Misfit && error.start === undefined) {
        Object.assign(error, { start: node.start, end: node.end, node });
      }
      throw error;
    }
  }

  quantity(node) {
    const value = this.point.values[node.name] ?? this.parameters?.[node.name];
    if (value === undefined) throw new Misfit("hidden", { node });
    if (this.parameters && node.name in this.parameters) return this.parameters[node.name];
    if (!this.entry) return value;
    const [row, column] = this.entry.bare[node.name] ?? this.entry.usual;
    return Matrices.scalar(value[this.side(row, value.length)][this.side(column, value[0].length)]);
  }

  side(letter, length) {
    return length === 1 ? 0 : Math.min(this.indices[letter] ?? 0, length - 1);
  }

  // The whole matrix that an index picks from, also where names stand for entries.
  whole(node) {
    return Object.create(this, { entry: { value: null } }).plain(node);
  }

  entryOf(node) {
    const [of] = node.args;
    const value = this.whole(of);
    const letters = [...node.letters];
    const [rows, columns] = [value.length, value[0].length];
    const byColumn = this.lesson.columns;
    if (node.sample) letters.splice(byColumn ? letters.length : 0, 0, node.sample);
    let [row, column] = [":", ":"];
    if (letters.length === 2) [row, column] = letters;
    else if (letters.length !== 1) throw this.wrongIndices(of, rows, columns);
    else if (rows === 1) [column] = letters;
    else if (columns === 1) [row] = letters;
    else if (!node.sample && !this.isSampleLetter(value)) throw this.wrongIndices(of, rows, columns);
    else if (byColumn) [column] = letters;
    else [row] = letters;
    const pick = (letter, length) => {
      if (letter === ":") return [...Array(length).keys()];
      if (length === 1) return [0];
      const i = this.indices[letter];
      if (i === undefined) throw new Misfit("letter", { node: of, letter });
      if (i >= length) throw new Misfit("range", { node: of, letter });
      return [i];
    };
    const down = pick(row, rows);
    const across = pick(column, columns);
    const made = down.map((i) => across.map((j) => value[i][j]));
    // one sample is a column vector, whichever way it lies
    return node.sample && !byColumn && made.length === 1 ? Matrices.turned(made) : made;
  }

  wrongIndices(node, rows, columns) {
    return new Misfit("indices", { node, count: String(Number(rows > 1) + Number(columns > 1)) });
  }

  isSampleLetter(value) {
    return (this.lesson.columns ? value[0].length : value.length) === this.point.sizes[this.lesson.samples];
  }

  binary(node) {
    const M = Matrices;
    const [a, b] = node.args.map((x) => this.value(x));
    const { op } = node;
    return this.placed(node, () => {
      if (op !== "⊙" && op !== "/" && op !== "+" && op !== "-" && (a.ones || b.ones)) return this.withOnes(a, b);
      if (op === "+") return M.pairwise((x, y) => x + y, a, b, "entries");
      if (op === "-") return M.pairwise((x, y) => x - y, a, b, "entries");
      if (op === "/") return M.pairwise((x, y) => x / y, a, b, "entries");
      if (op === "⊙" && !this.options.matrices) return M.pairwise((x, y) => x * y, a, b, "hadamard");
      if (op === "⊗" && M.columns(a) === 1 && M.rows(b) !== 1) return M.times(a, M.turned(b), "", this.options.square);
      return M.times(a, b, op, this.options.square);
    });
  }

  // A vector of ones adds up what it is multiplied with, or repeats it.
  withOnes(a, b) {
    const M = Matrices;
    if (a.ones && b.ones) return Object.assign(M.scalar(1), { flexible: true });
    const [x, ones, left] = a.ones ? [b, a, true] : [a, b, false];
    const flexible = () => Object.assign(x.map((row) => row.slice()), { flexible: true });
    if (M.isScalar(x)) return flexible();
    if (left) return ones.ones === "row" && M.rows(x) > 1 ? M.total(x, "rows") : flexible();
    return ones.ones === "column" && M.columns(x) > 1 ? M.total(x, "columns") : flexible();
  }

  power(node) {
    const [a, b] = node.args.map((x) => this.plain(x));
    if (!Matrices.isScalar(b) && !Matrices.isScalar(a)) throw Object.assign(new Misfit("power", {}), { start: node.start, end: node.end });
    return Matrices.pairwise((x, y) => x ** y, a, b, "entries");
  }

  turned(node) {
    const value = this.value(node.args[0]);
    if (value.ones) return Object.assign(Matrices.scalar(1), { ones: value.ones === "row" ? "column" : "row", flexible: true });
    return Matrices.turned(value);
  }

  sum(node) {
    const [body] = node.args;
    const letters = node.letters.filter((x) => Evaluator.uses(body, x));
    if (letters.length) return this.overLetters(node, letters, body);
    const value = this.plain(body);
    const samples = this.lesson.columns ? "columns" : "rows";
    let axis = samples;
    if (node.axis === 0) axis = "rows";
    else if (node.axis !== null && node.axis !== undefined) axis = "columns";
    else if (this.options.axis) axis = this.options.axis === "other" ? { columns: "rows", rows: "columns" }[samples] : "all";
    const made = Matrices.total(value, axis);
    const count = value.flat().length / made.flat().length;
    return node.mean ? Matrices.map((x) => x / count, made) : made;
  }

  overLetters(node, [letter, ...others], body) {
    const count = this.length(body, letter);
    if (count === null) throw new Misfit("letter", { node, letter });
    let made = null;
    for (let i = 0; i < count; i++) {
      const inner = Object.create(this, { indices: { value: { ...this.indices, [letter]: i } } });
      const term = others.length ? inner.overLetters(node, others, body) : inner.value(body);
      made = made ? Matrices.pairwise((x, y) => x + y, made, term, "entries") : term;
    }
    return made;
  }

  // How far an index runs: as far as what it is an index of.
  length(tree, letter) {
    for (const node of Evaluator.walk(tree)) {
      if (node.t !== "entry" || !(node.letters.includes(letter) || node.sample === letter)) continue;
      const value = this.whole(node.args[0]);
      const [rows, columns] = [value.length, value[0].length];
      if (node.letters.length === 2) return node.letters[0] === letter ? rows : columns;
      if (node.sample === letter || (rows > 1 && columns > 1)) return this.lesson.columns ? columns : rows;
      return Math.max(rows, columns);
    }
    return null;
  }

  partial(node) {
    const { loss } = this.lesson;
    const known = this.point.derivatives[node.lower];
    const upper = node.upper ?? loss;
    if (this.entry || upper !== loss || known === undefined) throw new Misfit("partial", { node });
    return known;
  }

  call(node) {
    const M = Matrices;
    const { f, primes } = node;
    const args = node.args.map((x) => this.plain(x));
    const [a] = args;
    if (f in M.FUNCTIONS && args.length === 1) {
      if (primes > 1) throw new Misfit("primes", {});
      return M.map(M.FUNCTIONS[f][primes], a);
    }
    if (f in this.lesson.bodies) return this.own(this.lesson.bodies[f], args, primes);
    if (primes) throw new Misfit("primes", {});
    if (f === "softmax" || f === "log_softmax") return M.softmax(a, this.lesson.columns, f === "log_softmax");
    if (f === "max" || f === "min") {
      if (args.length !== 2) throw new Misfit("two", {});
      return M.pairwise(f === "max" ? Math.max : Math.min, a, args[1], "entries");
    }
    if (f === "where" && args.length === 3) {
      return M.pairwise((x, y) => x + y, M.pairwise((x, y) => (x ? y : 0), a, args[1], "entries"), M.pairwise((x, y) => (x ? 0 : y), a, args[2], "entries"), "entries");
    }
    if (f === "diag") return M.diagonal(a);
    if (f === "trace") return M.trace(a);
    if (f === "norm") return M.norm(a);
    if (f === "sqnorm") return M.map((x) => x * x, M.norm(a));
    throw new Misfit("arguments", {});
  }

  // A function that the note defines; its derivative by differences, good to ten digits.
  own({ parameters, tree }, args, primes) {
    const values = parameters.map((p, i) => args[i] ?? this.point.values[p]);
    if (values.some((v) => v === undefined) || primes > 1) throw new Misfit("arguments", {});
    const at = (first) => {
      const inner = Object.create(this, {
        entry: { value: null },
        parameters: { value: Object.fromEntries(parameters.map((p, i) => [p, i ? values[i] : first])) },
        options: { value: { square: "entries" } },
      });
      return inner.value(tree);
    };
    if (!primes) return at(values[0]);
    const h = 1e-3;
    const moved = (k) => at(Matrices.map((x) => x + k * h, values[0]));
    const [a, b, c, d] = [-2, -1, 1, 2].map(moved);
    return a.map((row, i) => row.map((x, j) => (x - 8 * b[i][j] + 8 * c[i][j] - d[i][j]) / (12 * h)));
  }

  static *walk(tree) {
    yield tree;
    for (const node of tree.args ?? []) yield* Evaluator.walk(node);
  }

  static uses(tree, letter) {
    return [...Evaluator.walk(tree)].some((n) => n.t === "entry" && (n.letters.includes(letter) || n.sample === letter));
  }
}
