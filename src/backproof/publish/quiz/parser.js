"use strict";
// Tokens to a tree. A node has `t` (its type), `start` and `end` (places in the typed text):
// num, quantity, entry, size, constant, neg, bin (op), pow, turned, call, sum, partial, ones, test.

class Parser {
  // `tight`: a product without a mark binds tighter than `/`, as some people write.
  constructor(typed, names, tight = false) {
    this.typed = typed;
    this.names = names;
    this.tight = tight;
    this.tokens = Tokens.tokens(typed);
    this.at = 0;
    this.depth = 0;
  }

  static read(typed, names, tight = false) {
    const parser = new Parser(typed, names, tight);
    return parser.whole();
  }

  whole() {
    let tree = this.sum();
    while (this.is("op", "=")) { // what stands left of it is the question
      this.at++;
      tree = this.sum();
    }
    const rest = this.now;
    if (rest.kind === "end") return tree;
    if (")]}".includes(rest.kind)) this.fail("closed", rest, { bracket: rest.kind });
    return this.fail("unexpected", rest, { found: this.typed.slice(rest.start, rest.end) });
  }

  get now() {
    return this.tokens[this.at];
  }

  is(kind, text) {
    return this.now.kind === kind && (text === undefined || this.now.text === text);
  }

  next() {
    return this.tokens[this.at++];
  }

  fail(key, token, fields = {}) {
    throw new Unreadable(key, token.start, Math.max(token.end, token.start + 1), fields);
  }

  expect(kind, opened) {
    if (this.is(kind)) return this.next();
    if (this.is("end")) this.fail("open", opened, { bracket: opened.kind });
    return this.fail("unexpected", this.now, { found: this.typed.slice(this.now.start, this.now.end) });
  }

  sum() {
    if (++this.depth > 200) this.fail("deep", this.now);
    let left = this.hadamard();
    while (this.now.kind === "op" && "+-".includes(this.now.text)) {
      const op = this.next().text;
      const right = this.hadamard();
      left = { t: "bin", op, args: [left, right], start: left.start, end: right.end };
    }
    this.depth--;
    return left;
  }

  hadamard() {
    let left = this.product();
    while (this.is("op", "⊙")) {
      this.next();
      const right = this.product();
      left = { t: "bin", op: "⊙", args: [left, right], start: left.start, end: right.end };
    }
    return left;
  }

  product() {
    let left = this.run();
    for (;;) {
      let op = null;
      if (this.now.kind === "op" && "*·×@/⊗".includes(this.now.text)) op = this.next().text;
      else if (this.startsFactor()) op = "";
      else return left;
      const right = this.run();
      left = { t: "bin", op, args: [left, right], start: left.start, end: right.end };
    }
  }

  // One factor; with `tight`, all that stand side by side.
  run() {
    let left = this.signed();
    while (this.tight && this.startsFactor()) {
      const right = this.signed();
      left = { t: "bin", op: "", args: [left, right], start: left.start, end: right.end };
    }
    return left;
  }

  startsFactor() {
    const { kind, text } = this.now;
    if (kind === "op") return "∑∂√‖".includes(text);
    return ["number", "word", "(", "[", "{", "frac", "mark", "ones"].includes(kind);
  }

  signed() {
    if (this.now.kind === "op" && "+-".includes(this.now.text)) {
      const sign = this.next();
      if (++this.depth > 200) this.fail("deep", sign);
      const of = this.signed();
      this.depth--;
      return sign.text === "+" ? of : { t: "neg", args: [of], start: sign.start, end: of.end };
    }
    return this.after(this.primary());
  }

  // Powers, transposes, indices and methods behind a factor.
  after(node) {
    for (;;) {
      const token = this.now;
      const letters = token.kind === "sub" ? this.letters(token, this.typed.slice(node.start, node.end)) : this.bracketIndices(node);
      if (letters.length) {
        if (token.kind === "sub") this.next();
        node = { t: "entry", letters, args: [node], start: node.start, end: this.tokens[this.at - 1].end };
        continue;
      }
      const over = (t, more = {}) => ({ t, args: [node], start: node.start, end: token.end, ...more });
      if (token.kind === "turn" || (token.kind === "prime" && node.t !== "call")) node = over("turned");
      else if (token.kind === "sup") node = this.raised(node, token);
      else if (token.kind === "method") {
        this.next();
        node = this.called(token, [node]);
        continue;
      } else if (token.kind === "op" && token.text === "!") this.fail("unexpected", token, { found: "!" });
      else return node;
      this.next();
    }
  }

  raised(node, token) {
    const mark = token.inner.replace(/\\(mathsf|mathrm|mathit|mathbf|text|rm)(?![a-z])|[{}\s\\]/g, "");
    if (/^(top|intercal|T|t|prime|')$/.test(mark)) {
      return { t: "turned", args: [node], start: node.start, end: token.end };
    }
    const power = this.within(token);
    return { t: "pow", args: [node, power], start: node.start, end: token.end };
  }

  // What stands in a script, read by itself.
  within(token) {
    try {
      return Parser.read(token.inner, this.names, this.tight);
    } catch (error) {
      if (error instanceof Unreadable) {
        const at = token.at + token.text.indexOf(token.inner);
        Object.assign(error, { start: at + error.start, end: at + error.end });
      }
      throw error;
    }
  }

  primary() {
    const token = this.next();
    switch (token.kind) {
      case "number":
        if (this.is("sub")) return this.condition(token);
        return { t: "num", value: Number(token.text), text: token.text, start: token.start, end: token.end };
      case "(":
      case "[":
      case "{":
        return this.group(token);
      case "frac":
        return this.fraction(token);
      case "ones":
        if (this.is("sub")) return this.condition(token);
        return this.afterOnes(token);
      case "mark":
      case "word":
        return this.word(token);
      case "op":
        if (token.text === "∑") return this.bigSum(token);
        if (token.text === "∂") return this.partial(token);
        if (token.text === "√") return this.root(token);
        if (token.text === "|" || token.text === "‖") return this.bars(token);
    }
    if (token.kind === "end") this.fail(this.at === 1 ? "empty" : "ends", { start: Math.max(0, token.start - 1), end: token.end });
    if (")]}".includes(token.kind)) this.fail("closed", token, { bracket: token.kind });
    return this.fail("operand", token, { found: this.typed.slice(token.start, token.end) });
  }

  // A bold 1: of a comparison in brackets the indicator, else a vector of ones, or the number 0.
  afterOnes(token) {
    const { start, end } = token;
    const ones = token.text === "0" ? { t: "num", value: 0, text: "0", start, end } : { t: "ones", start, end };
    if (!["[", "{", "("].includes(this.now.kind)) return ones;
    const group = this.group(this.next());
    if (group.t === "test") return { ...group, start };
    return { t: "bin", op: "", args: [ones, this.after(group)], start, end: group.end };
  }

  group(open) {
    const close = { "(": ")", "[": "]", "{": "}" }[open.kind];
    const inside = this.compared();
    const end = this.expect(close, open);
    return { ...inside, bracketed: true, start: open.start, end: end.end };
  }

  // A sum, or a comparison of two: 1 where it is true and 0 elsewhere.
  compared() {
    const left = this.sum();
    if (this.now.kind !== "op" || !"<>≤≥".includes(this.now.text)) return left;
    let op = this.next().text;
    if (this.is("op", "=")) {
      this.next();
      op = { "<": "≤", ">": "≥" }[op];
    }
    const right = this.sum();
    return { t: "test", op, args: [left, right], start: left.start, end: right.end };
  }

  condition(one) {
    const script = this.next();
    const parser = new Parser(script.inner, this.names, this.tight);
    const test = parser.compared();
    if (test.t !== "test" || !parser.is("end")) this.fail("subscript", script);
    return { ...test, start: one.start, end: script.end };
  }

  // An argument in braces, or the next digit or factor: \frac12, \sqrt a.
  argument() {
    if (this.is("{")) return this.group(this.next());
    const token = this.now;
    if (token.kind === "number" && /^\d\d+$/.test(token.text)) {
      const [digit, rest] = [token.text[0], token.text.slice(1)];
      this.tokens[this.at] = { ...token, text: rest, start: token.start + 1 };
      return { t: "num", value: Number(digit), text: digit, start: token.start, end: token.start + 1 };
    }
    return this.primary();
  }

  fraction(token) {
    const derivative = this.tried(() => {
      const above = this.is("{") ? this.differential(true) : null;
      const below = above && this.is("{") ? this.differential(true) : null;
      return below && { above, below };
    });
    if (derivative) return this.derivative(token, derivative.above, derivative.below);
    const above = this.argument();
    const below = this.argument();
    return { t: "bin", op: "/", stacked: true, args: [above, below], start: token.start, end: below.end };
  }

  // `∂ q` or `d q`, in braces or not: {of, start}, `of` without a name for a bare ∂; null if it is
  // none.
  differential(braced) {
    return this.tried(() => {
      const open = braced ? this.next() : this.now;
      const of = this.changed(braced ? "}" : "/");
      if (!of || (braced && !this.is("}"))) return null;
      if (braced) this.next();
      return { of, start: open.start };
    });
  }

  changed(end) {
    const token = this.now;
    const known = (word) => this.names.resolve(word, [], this.scriptsAhead(1), 0);
    if (token.kind === "op" ? token.text === "∂" : token.kind === "word" && /^(d|partial)$/.test(token.text) && !known("d")) {
      this.next();
      if (this.is("op", end) || this.is(end)) return {};
      const open = this.is("(") || this.is("{") ? this.next() : null;
      const of = this.quantity(this.now);
      if (open && of) this.next();
      return of;
    }
    if (token.kind !== "word" || token.text[0] !== "d" || known(token.text)) return null;
    return this.quantity({ ...token, text: token.text.slice(1), start: token.start + 1 });
  }

  derivative(token, above, below) {
    const end = this.tokens[this.at - 1].end;
    if (!above.of.name || !below.of.name) this.fail("operator", { start: token.start, end });
    return { t: "partial", upper: above.of.name, lower: below.of.name, start: token.start, end };
  }

  // What `work` reads; what it has used is put back if that is nothing.
  tried(work) {
    const [start, tokens] = [this.at, this.tokens.slice()];
    let found = null;
    try {
      found = work();
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
    if (!found) [this.at, this.tokens] = [start, tokens];
    return found;
  }

  // A quantity and nothing else, beginning with a token in the place of the next one; null if it
  // is none.
  quantity(token) {
    return this.tried(() => {
      this.at++;
      const node = this.word(token);
      return node.t === "quantity" ? node : null;
    });
  }

  partial(token) {
    this.at--;
    return this.quotient() ?? this.fail("derivative", token);
  }

  // `∂ a / ∂ b` in one line; null if it is none.
  quotient() {
    const found = this.tried(() => {
      const above = this.differential(false);
      if (!above || !this.is("op", "/")) return null;
      this.next();
      const below = this.differential(false);
      return below && { above, below };
    });
    return found && this.derivative(found.above, found.above, found.below);
  }

  root(token) {
    if (this.is("[")) this.fail("root", this.now);
    const of = this.argument();
    return { t: "call", f: "sqrt", primes: 0, args: [of], start: token.start, end: of.end };
  }

  bars(open) {
    const of = this.sum();
    if (!this.is("op", open.text)) this.fail("open", open, { bracket: open.text });
    let end = this.next();
    let f = open.text === "|" ? "abs" : "norm";
    if (f === "abs" && end.end === this.now.start && this.is("op", "|")) end = this.next();
    return { t: "call", f, primes: 0, args: [of], start: open.start, end: end.end };
  }

  bigSum(token) {
    const letters = [];
    while (this.now.kind === "sub" || this.now.kind === "sup") {
      const script = this.next();
      if (script.kind === "sub") letters.push(...script.inner.replace(/\\in.*|[=∈].*/s, "").split(",").map((x) => Names.canonical(x)).filter(Boolean));
    }
    const of = this.hadamard();
    return { t: "sum", letters, args: [of], start: token.start, end: of.end };
  }

  scriptsAhead(from = 0) {
    const found = [];
    for (let i = this.at + from; ["sup", "sub"].includes(this.tokens[i].kind); i++) found.push(this.tokens[i]);
    return found;
  }
}
