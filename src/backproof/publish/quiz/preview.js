"use strict";
// A tree as MathML, so that a student sees what was understood.

const Preview = (() => {
  const SPACE = "http://www.w3.org/1998/Math/MathML";
  const OPERATORS = { "*": "·", "·": "·", "×": "×", "@": "·", "": "\u2062", "⊙": "⊙", "⊗": "⊗", "-": "−" };
  // How tightly a node holds together; a looser one gets brackets inside of a tighter one.
  const LEVELS = { "+": 1, "-": 1, "⊙": 2, "/": 5, default: 3 };

  function element(name, ...children) {
    const made = document.createElementNS(SPACE, name);
    made.append(...children);
    return made;
  }

  const row = (...parts) => element("mrow", ...parts);
  const mark = (text) => element("mo", text);
  const brackets = (inside) => row(mark("("), inside, mark(")"));

  function level(node) {
    if (node.t === "bin") return LEVELS[node.op] ?? LEVELS.default;
    if (node.t === "neg" || node.t === "sum") return 1.5;
    return 9;
  }

  function held(node, least, lesson) {
    const made = draw(node, lesson);
    return level(node) < least ? brackets(made) : made;
  }

  function quantity(name, lesson) {
    const known = lesson.markup[name];
    if (!known) return element("mi", name);
    const holder = document.createElement("template");
    holder.innerHTML = `<math>${known}</math>`; // from the page itself, never from the student
    return row(...holder.content.firstChild.cloneNode(true).childNodes);
  }

  function draw(node, lesson) {
    const [a, b] = node.args ?? [];
    switch (node.t) {
      case "num":
        return element("mn", node.text);
      case "constant":
        return element("mi", node.name === "e" ? "e" : "π");
      case "size":
        return element("mi", lesson.names.sizes.find((s) => s.plain === node.name).shown);
      case "quantity":
        return quantity(node.name, lesson);
      case "entry": {
        const letters = node.letters.join(node.letters.includes(":") ? "," : "");
        const sub = letters ? element("msub", held(a, 9, lesson), element("mi", letters)) : held(a, 9, lesson);
        return node.sample ? element("msup", sub, element("mi", `(${node.sample})`)) : sub;
      }
      case "neg":
        return row(mark("−"), held(a, 2, lesson));
      case "bin":
        return binary(node, a, b, lesson);
      case "pow":
        return element("msup", held(a, 9, lesson), draw(b, lesson));
      case "turned":
        return element("msup", held(a, 9, lesson), element("mo", "⊤"));
      case "test":
        return row(mark("["), draw(a, lesson), mark(node.op), draw(b, lesson), mark("]"));
      case "sum": {
        const sign = node.mean ? element("mi", "mean") : mark("∑");
        const under = node.letters.length ? element("munder", sign, element("mi", node.letters.join(","))) : sign;
        return row(under, node.plain || node.axis != null ? brackets(draw(a, lesson)) : held(a, 2, lesson));
      }
      case "partial":
        return element("mfrac", row(mark("∂"), quantity(node.upper ?? lesson.loss, lesson)), row(mark("∂"), quantity(node.lower, lesson)));
      case "ones":
        return element("mn", "𝟏");
      case "call":
        return call(node, lesson);
    }
    throw new Error(`no picture of ${node.t}`);
  }

  function binary(node, a, b, lesson) {
    const { op } = node;
    if (op === "/") return element("mfrac", draw(a, lesson), draw(b, lesson));
    const least = LEVELS[op] ?? LEVELS.default;
    const right = b.t === "neg" ? brackets(draw(b, lesson)) : held(b, least + (op === "-" || least === 3 ? 0.6 : 0), lesson);
    let sign = OPERATORS[op] ?? op;
    // digits would run together
    if (op === "" && b.t === "num") sign = "·";
    const left = held(a, a.t === "neg" ? 1 : least, lesson);
    return row(left, mark(sign), right);
  }

  function call(node, lesson) {
    const inside = node.args.flatMap((x, i) => (i ? [mark(","), draw(x, lesson)] : [draw(x, lesson)]));
    if (node.f === "sqrt") return element("msqrt", ...inside);
    if (node.f === "abs") return row(mark("|"), ...inside, mark("|"));
    if (node.f === "norm") return row(mark("‖"), ...inside, mark("‖"));
    const name = element("mi", lesson.written[node.f] ?? node.f);
    const head = node.primes ? element("msup", name, element("mo", "′".repeat(node.primes))) : name;
    return row(head, mark("\u2061"), mark("("), ...inside, mark(")"));
  }

  function math(tree, lesson) {
    return element("math", draw(tree, lesson));
  }

  return { math, draw };
})();
