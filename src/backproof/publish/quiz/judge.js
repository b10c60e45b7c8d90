"use strict";
// Whether what a student typed is right, by its value; and if it is not, what it is instead.
//
// A verdict is {state, key, fields, tree, start, end}: `state` is `empty`, `unread` (it cannot be
// read or has no value), `right`, `nearly` (right but not in the form asked for) or `wrong`; `key`
// names the sentence that says so.

const Judge = (() => {
  const LONGEST = 2000; // characters

  // `lesson`: what all questions share (names, points, ...), `question`: its `check` opened.
  function judge(lesson, check, typed) {
    if (!typed.trim()) return { state: "empty" };
    if (typed.length > LONGEST) return { state: "unread", key: "long", fields: { count: String(LONGEST) } };
    if (check.kind === "shape") return shape(lesson, check, typed);
    let tree;
    try {
      tree = Parser.read(typed, lesson.names);
    } catch (error) {
      if (error instanceof Unreadable) return unread(lesson, error);
      throw error;
    }
    if (check.kind === "link") return link(lesson, check, tree);
    return { tree, ...formula(lesson, check, typed, tree) };
  }

  function unread(lesson, error) {
    const fields = { ...error.fields };
    if (error.key === "unknown") fields.names = lesson.names.like(fields.name).join(", ");
    return { state: "unread", key: error.key, fields, start: error.start, end: error.end };
  }

  function formula(lesson, check, typed, tree) {
    const own = forbidden(lesson, check, tree);
    if (own) return own;
    const first = attempt(lesson, check, tree, {});
    if (first.right) return { state: "right", key: "right" };
    // What can be meant in more than one way is right if one of them is.
    for (const options of otherWays(tree)) {
      if (attempt(lesson, check, tree, options).right) return { state: "right", key: "right" };
    }
    const near = nearly(lesson, check, typed, tree);
    if (near) return near;
    if (first.values && everyEntry(first.values)) return { state: "nearly", key: "one entry" };
    if (first.problem) return problem(lesson, first.problem);
    return wrong(lesson, check, first);
  }

  // The answer by its own name is none: dL/dW = dL/dW.
  function forbidden(lesson, check, tree) {
    for (const node of Evaluator.walk(tree)) {
      const ofLoss = node.t === "partial" && (node.upper ?? lesson.loss) === lesson.loss;
      const named = ofLoss && check.hidden.includes(`d${node.lower}`);
      if (named || (node.t === "quantity" && check.hidden.includes(node.name))) {
        return { state: "unread", key: "itself", fields: {}, start: node.start, end: node.end };
      }
    }
    return null;
  }

  function otherWays(tree) {
    const nodes = [...Evaluator.walk(tree)];
    const ways = [];
    if (nodes.some((n) => n.t === "sum" && n.plain)) ways.push({ axis: "other" }, { axis: "all" });
    if (nodes.some((n) => n.t === "bin" && n.op === "*")) ways.push({ square: "entries" });
    return ways;
  }

  // The values at all points: {right, values} or {right: false, problem}.
  function attempt(lesson, check, tree, options) {
    const values = [];
    let right = true;
    try {
      lesson.points.forEach((point, k) => {
        for (const answer of check.answers[k]) {
          const at = new Evaluator(lesson, point, { entry: check.entry, indices: answer.indices, options });
          let value = at.plain(tree);
          const wanted = answer.value;
          if (value.flexible && Matrices.fits(value, wanted)) value = Matrices.pairwise((x) => x, value, wanted);
          values.push({ value, wanted, point });
          if (!Matrices.finite(value)) throw new Misfit("number", {});
          right &&= Matrices.close(value, wanted);
        }
      });
    } catch (error) {
      if (error instanceof Misfit) return { right: false, problem: error };
      throw error;
    }
    return { right, values };
  }

  // A number where the answer is a matrix with that number everywhere.
  function everyEntry(values) {
    return values.every(({ value, wanted }) =>
      Matrices.isScalar(value) && !Matrices.isScalar(wanted) && Matrices.close(Matrices.pairwise((x) => x, value, wanted), wanted));
  }

  // Right with brackets, with the other product, or for one entry.
  function nearly(lesson, check, typed, tree) {
    const nodes = [...Evaluator.walk(tree)];
    if (nodes.some((n) => n.t === "bin" && n.op === "/" && !n.stacked)) {
      const tight = Parser.read(typed, lesson.names, true);
      if (attempt(lesson, check, tight, {}).right) return { state: "nearly", key: "brackets" };
    }
    if (nodes.some((n) => n.op === "⊙") && attempt(lesson, check, tree, { matrices: true }).right) {
      return { state: "nearly", key: "matrices" };
    }
    if (!check.entry && nodes.some((n) => n.t === "entry") && oneEntry(lesson, check, tree)) {
      return { state: "nearly", key: "one entry" };
    }
    return null;
  }

  // Whether a formula with free indices is each entry of the answer.
  function oneEntry(lesson, check, tree) {
    const summed = new Set([...Evaluator.walk(tree)].filter((n) => n.t === "sum").flatMap((n) => n.letters));
    const free = [...new Set([...Evaluator.walk(tree)].filter((n) => n.t === "entry").flatMap((n) => n.letters))];
    const letters = free.filter((x) => !summed.has(x) && x !== ":");
    if (letters.length > 2) return false;
    const orders = letters.length === 2 ? [letters, [...letters].reverse()] : [letters];
    return orders.some((order) =>
      lesson.points.every((point, k) => {
        const [{ value: wanted }] = check.answers[k];
        const sides = [wanted.length, wanted[0].length];
        const used = order.length === 1 ? [sides[0] === 1 ? 1 : 0] : [0, 1];
        if (order.length === 1 && Math.min(...sides) > 1) return false;
        return wanted.every((row, i) =>
          row.every((x, j) => {
            const indices = Object.fromEntries(order.map((letter, n) => [letter, used[n] ? j : i]));
            try {
              const value = new Evaluator(lesson, point, { indices }).plain(tree);
              return Matrices.isScalar(value) && Matrices.close(value, [[x]]);
            } catch (error) {
              if (error instanceof Misfit) return false;
              throw error;
            }
          }),
        );
      }),
    );
  }

  // ------------------------------------------------------------------------- what is wrong

  const every = (values, test) => values.every(({ value, wanted, point }) => test(value, wanted, point));

  function wrong(lesson, check, { values }) {
    const M = Matrices;
    const said = (key, fields = {}) => ({ state: "wrong", key, fields });
    if (every(values, (v, w) => M.close(M.map((x) => -x, v), w))) return said("sign");
    if (!check.entry && every(values, (v, w) => !M.isScalar(w) && M.close(M.turned(v), w))) return said("transposed");
    for (const other of check.wrongs) {
      let i = 0;
      const matches = lesson.points.every((_, k) => other.answers[k].every((a) => M.close(values[i++].value, a.value)));
      if (matches && i === values.length) return said(`as ${other.key}`);
    }
    const scale = constantFactor(values);
    if (scale) return said(...scaled(lesson, values, scale));
    const { value, wanted, point } = values[0];
    if (!every(values, (v, w) => M.sameShape(v, w))) {
      return said("shape", { yours: sides(lesson, point, value), wanted: sides(lesson, point, wanted) });
    }
    if (every(values, (v, w) => M.close(M.map(Math.abs, v), M.map(Math.abs, w)))) return said("signs");
    return said("wrong");
  }

  // The number by which each value is too large; null if there is none.
  function constantFactor(values) {
    const factors = [];
    for (const { value, wanted } of values) {
      if (!Matrices.sameShape(value, wanted)) return null;
      const top = Matrices.largest(wanted);
      const [i, j] = value.flatMap((row, r) => row.map((_, c) => [r, c])).find(([r, c]) => Math.abs(wanted[r][c]) === top);
      const factor = value[i][j] / wanted[i][j];
      if (!Number.isFinite(factor) || !Matrices.close(Matrices.map((x) => x * factor, wanted), value)) return null;
      factors.push(factor);
    }
    return factors;
  }

  function scaled(lesson, values, factors) {
    const is = (f) => factors.every((x, i) => Math.abs(x - f(values[i].point)) < 1e-7 * Math.abs(x));
    if (factors.every((x) => x === 0)) return ["zero"];
    for (const sign of [1, -1]) {
      const tail = sign < 0 ? " and sign" : "";
      for (const size of lesson.names.sizes) {
        if (is((p) => sign * p.sizes[size.plain])) return [`mean lost${tail}`, { size: size.shown }];
        if (is((p) => sign / p.sizes[size.plain])) return [`mean twice${tail}`, { size: size.shown }];
      }
    }
    const [first] = factors;
    const alike = factors.every((x) => Math.abs(x - first) < 1e-7 * Math.abs(first));
    if (!alike) return ["wrong"];
    const close = [2, 3, 4, 0.5, 0.25, 1 / 3].find((x) => Math.abs(Math.abs(first) - x) < 1e-7);
    if (!close) return ["wrong"];
    const number = close >= 1 ? String(close) : `1/${Math.round(1 / close)}`;
    return ["factor", { number: first < 0 ? `−${number}` : number }];
  }

  // A shape in the letters of the note, where the sizes at this point tell which they are.
  function sides(lesson, point, value) {
    const name = (n) => {
      if (n === 1) return "1";
      const found = lesson.names.sizes.filter((s) => point.sizes[s.plain] === n);
      return found.length === 1 ? found[0].shown : String(n);
    };
    return `${name(value.length)} × ${name(value[0].length)}`;
  }

  function problem(lesson, misfit) {
    const { key, fields, node } = misfit;
    const told = {};
    const [point] = lesson.points;
    for (const side of ["left", "right"]) if (fields[side]) told[side] = sides(lesson, point, fields[side]);
    const at = fields.node ?? node ?? {};
    if (at.name) told.name = lesson.names.list.find((n) => n.plain === at.name)?.shown ?? at.name;
    if (at.f) told.name = at.f;
    for (const field of ["letter", "count"]) if (fields[field]) told[field] = fields[field];
    const shapes = "left" in told && "right" in told;
    const turned = key === "product" && wouldFit(fields.left, fields.right) ? " turned" : "";
    const start = misfit.start ?? at.start;
    return { state: shapes ? "wrong" : "unread", key: `no ${key}${turned}`, fields: told, start, end: misfit.end ?? at.end };
  }

  // Whether a product fits with one of its factors transposed.
  function wouldFit(left, right) {
    const { rows, columns } = Matrices;
    return rows(left) === rows(right) || columns(left) === columns(right);
  }

  // ------------------------------------------------------------------- links and shapes

  function link(lesson, check, tree) {
    if (tree.t !== "partial") return { state: "unread", key: "derivative asked", fields: {}, tree };
    const upper = tree.upper ?? lesson.loss;
    const same = (a, b) => a === b || (lesson.same[a] ?? a) === (lesson.same[b] ?? b);
    if (same(upper, check.upper) && same(tree.lower, check.lower)) return { state: "right", key: "right", tree };
    let key = "other link";
    if (same(upper, check.lower) && same(tree.lower, check.upper)) key = "upside down";
    else if (check.others.some(([a, b]) => same(upper, a) && same(tree.lower, b))) key = "there already";
    else if (same(upper, check.upper)) key = "upper right";
    else if (same(tree.lower, check.lower)) key = "lower right";
    return { state: "wrong", key, fields: {}, tree };
  }

  // A shape: "n1 x m", "(n_1, m)", "n_{1} \times m".
  function shape(lesson, check, typed) {
    const text = Tokens.spelledOut(typed).source.replace(/\\(times|left|right|,|;)/g, (_, c) => (c === "times" ? "×" : " "));
    const body = text.trim().replace(/^\$|\$$/g, "").replace(/^[([]|[)\]]$/g, "");
    const parts = body.split(/×|\*|,|;|\bby\b|(?<=[\s\d}])x(?=[\s\dA-Za-z\\])|\s+x\s*|X(?=\s)/).map((x) => Names.canonical(x).replace(/x$/, "")).filter(Boolean);
    const known = new Set([...lesson.names.sizes.flatMap((s) => s.spellings), "1"]);
    const side = (x) => lesson.names.sizes.find((s) => s.spellings.includes(x))?.plain ?? x;
    if (parts.length === 1 && check.rows === "1" && check.columns === "1" && parts[0] === "1") return { state: "right", key: "right" };
    const strange = parts.find((p) => !p.split("+").every((x) => known.has(x) || /^\d+$/.test(x)));
    if (strange !== undefined || parts.length !== 2) {
      const sizes = lesson.names.sizes.map((s) => s.shown).join(", ");
      return { state: "unread", key: "sides", fields: { sizes } };
    }
    const [rows, columns] = parts.map((p) => p.split("+").map(side).sort().join("+"));
    const wanted = [check.rows, check.columns].map((p) => p.split("+").sort().join("+"));
    if (rows === wanted[0] && columns === wanted[1]) return { state: "right", key: "right" };
    return { state: "wrong", key: rows === wanted[1] && columns === wanted[0] ? "sides turned" : "other shape", fields: {} };
  }

  return { judge };
})();
