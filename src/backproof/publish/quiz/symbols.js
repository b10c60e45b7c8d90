"use strict";
// The part of the parser that reads words: quantities with their indices, functions, constants.

// a_{2,s} has two subscripts.
function apartAtCommas(script) {
  if (script.kind !== "sub" || !script.inner.includes(",")) return [script];
  return script.inner.split(",").map((inner) => ({ ...script, inner }));
}

Object.assign(Parser.prototype, {
  word(token) {
    const marks = [];
    let word = token;
    let braces = 0;
    while (word.kind === "mark") {
      marks.push(word.text);
      for (word = this.next(); word.kind === "{"; word = this.next()) braces++;
    }
    if (word.kind !== "word") this.fail("operand", word, { found: this.typed.slice(word.start, word.end) });
    for (; braces; braces--) this.expect("}", token);
    this.primesUp();
    const ahead = this.scriptsAhead();
    const scripts = ahead.flatMap(apartAtCommas);
    const after = this.tokens[this.at + ahead.length];
    const count = after.kind === "prime" ? Number(after.text) : 0;
    const found = this.names.pieces(word.text, marks, scripts, count);
    const whole = found?.length === 1 && found[0].kind === "quantity";
    const f = this.names.function(word.text);
    if (f && !whole) return this.application(word, f);
    if (found) return this.named(found, word.start, ahead.length, count);
    if (/^(e|pi)$/.test(word.text)) return { t: "constant", name: word.text, start: word.start, end: word.end };
    if (word.text[0] === "d" && !marks.length) {
      this.at--;
      const derivative = this.quotient();
      if (derivative) return derivative;
      const of = this.changed("/");
      if (of?.name) return { t: "partial", upper: null, lower: of.name, start: word.start, end: of.end };
      this.at++;
    }
    return this.fail("unknown", word, { name: this.typed.slice(token.start, this.tokens[this.at - 1].end) });
  },

  // s'_j and s^{\prime}_j have their prime behind their subscripts, as s_j' has.
  primesUp() {
    const found = [];
    let i = this.at;
    for (; ["sup", "sub", "prime"].includes(this.tokens[i].kind); i++) {
      const token = this.tokens[i];
      const count = token.kind === "sup" && /^(\\prime|')+$/.test(token.inner.trim()) ? (token.inner.match(/prime|'/g) ?? []).length : 0;
      found.push(count ? { ...token, kind: "prime", text: String(count) } : token);
    }
    const primes = found.filter((t) => t.kind === "prime");
    if (!primes.length || found.length === 1) return this.tokens.splice(this.at, found.length, ...found);
    const total = primes.reduce((sum, t) => sum + Number(t.text), 0);
    const rest = found.filter((t) => t.kind !== "prime");
    return this.tokens.splice(this.at, found.length, ...rest, { ...primes[0], text: String(total) });
  },

  // The pieces of a word side by side; the scripts that the last one leaves over become its index,
  // or stay for what comes next.
  named(found, start, count, primes) {
    const wordEnd = this.tokens[this.at - 1].end; // with the braces of an accent
    const nodes = found.map((piece) => ({ t: piece.kind, name: piece.name.plain, start, end: wordEnd }));
    const last = found[found.length - 1];
    const left = last.left;
    const indices = left.filter((s) => s.kind === "sub");
    const sample = left.find((s) => s.kind === "sup" && this.isSample(s));
    const kept = left.filter((s) => s.kind === "sup" && s !== sample);
    const eaten = primes > last.primes ? 1 : 0;
    const end = this.tokens[this.at + count + eaten - 1].end;
    this.tokens.splice(this.at, count + eaten, ...kept);
    let node = nodes.pop();
    if (count + eaten && !kept.length) node.end = end;
    if (last.kind === "quantity") {
      if (last.name.called) this.skipCall(last.name.called);
      const letters = indices.flatMap((s) => this.letters(s, last.name.shown));
      if (letters.length || sample) node = { ...node, t: "entry", letters, args: [node] };
      if (sample) node.sample = Names.canonical(sample.inner);
    } else if (indices.length) this.fail("subscript", indices[0]);
    if (nodes.length) node = this.after(node); // in ab^2 only b is squared
    return [...nodes, node].reduce((left, right) => ({ t: "bin", op: "", args: [left, right], start: left.start, end: right.end }));
  },

  // x^{(i)}: the column of sample i.
  isSample(script) {
    const text = script.inner.trim();
    return /^[([]\s*[a-z]\s*[)\]]$/.test(text) && !this.names.resolve(Names.canonical(text), [], [], 0);
  },

  // The letters of an index; `name` is what it is the index of.
  letters(script, name) {
    const text = Names.canonical(script.inner);
    const found = text.includes(",") ? text.split(",") : [...text];
    if (!found.length || !found.every((x) => /^[a-z:]$/.test(x))) {
      this.fail("index", script, { name, index: text });
    }
    return found;
  },

  // h(x) where h(x) is the name.
  skipCall(argument) {
    const tokens = this.tokens.slice(this.at, this.at + 12);
    if (tokens[0].kind !== "(") return;
    const close = tokens.findIndex((t) => t.kind === ")");
    if (close < 0) return;
    const inside = this.typed.slice(tokens[0].end, tokens[close].start);
    if (Names.canonical(inside) === argument) this.at += close + 1;
  },

  // [k, s] and [:, s] right behind something, as programs write it; none if it is no index.
  bracketIndices(node) {
    const open = this.now;
    if (open.kind !== "[" || open.start !== node.end) return [];
    const found = [];
    for (let i = this.at + 1; ; i++) {
      const token = this.tokens[i];
      const one = token.kind === "op" && token.text === ":" ? ":" : token.kind === "word" && /^[a-z]$/.test(token.text) ? token.text : null;
      if (!one) return [];
      found.push(one);
      const after = this.tokens[++i];
      if (after.kind === "]") {
        this.at = i + 1;
        return found;
      }
      if (after.kind !== "op" || after.text !== ",") return [];
    }
  },

  application(word, f) {
    if (f === "sum" && ["sub", "sup"].includes(this.now.kind)) return this.bigSum(word);
    if (f === "ones" && !this.is("(")) return { t: "ones", start: word.start, end: word.end };
    let primes = 0;
    while (["prime", "sup", "sub"].includes(this.now.kind)) {
      const token = this.next();
      if (token.kind === "prime") primes += Number(token.text);
      else if (/^\{?\s*(\\prime|')+\s*\}?$/.test(token.inner)) primes += (token.inner.match(/prime|'/g) ?? []).length;
      else if (!/^[([]/.test(token.inner.trim())) this.fail("power", token, { name: word.text });
    }
    if (this.is("(")) return this.called(word, [], f, primes);
    if (this.is("{") || this.is("[")) {
      const of = this.group(this.next());
      return { t: "call", f, primes, args: [of], start: word.start, end: of.end };
    }
    if (!this.startsFactor() && !this.is("op", "-")) this.fail("argument", word, { name: word.text });
    const of = this.signed();
    return { t: "call", f, primes, args: [of], start: word.start, end: of.end };
  },

  // The arguments in brackets, `axis=1` among them; `before` are those that came before a method.
  called(word, before, f = word.text, primes = 0) {
    const open = this.expect("(", word);
    const args = [...before];
    let axis = null;
    while (!this.is(")")) {
      const [key, equals] = [this.now, this.tokens[this.at + 1]];
      if (key.kind === "word" && equals.kind === "op" && equals.text === "=") {
        this.at += 2;
        const value = this.next();
        if (/^(axis|dim)$/.test(key.text) && value.kind === "number") axis = Number(value.text);
      } else {
        if (this.is("end")) this.fail("open", open, { bracket: "(" });
        args.push(this.compared());
      }
      if (this.is("op", ",")) this.next();
      else break;
    }
    const end = this.expect(")", open).end;
    const node = { f, primes, args, start: word.start, end };
    if (f === "ones") return { ...node, t: "ones", args: [] };
    if (!args.length) this.fail("argument", word, { name: word.text });
    if (f === "transpose") return { ...node, t: "turned", args: [args[0]] };
    if (f === "sum" || f === "mean") {
      if (axis === null && args[1]?.t === "num") axis = args[1].value === 0 ? 0 : 1;
      return { ...node, t: "sum", letters: [], axis, plain: axis === null, mean: f === "mean", args: [args[0]] };
    }
    return { ...node, t: "call" };
  },
});
