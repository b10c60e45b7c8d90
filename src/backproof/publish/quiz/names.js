"use strict";
// Which quantity a word with its scripts means: a2, a_2, a^{(2)}, a^{[2]} and a⁽²⁾ are one.
//
// `Names` is made from what the page ships about each name: its base, accents, layer, subscript and
// primes. A script that no name asks for is left over, for the parser: an index, a power.

const LONGEST_RUN = 40; // characters of names without anything between them

class Names {
  // `list`: {plain, base, marks, layer, subs, primes, called}; `layers`: how layers are written.
  constructor(list, sizes, functions, layers) {
    this.list = list;
    this.sizes = sizes;
    this.functions = functions;
    this.layers = layers;
    this.bases = new Set([...list, ...sizes].map((n) => n.base));
    this.alone = new Set(list.filter((n) => !n.layer && !n.subs.length && !n.marks.length).map((n) => n.base));
    this.stems = new Map(); // a word without scripts -> names, and what each still asks for
    for (const name of list) this.#learn(name, "quantity");
    for (const name of sizes) this.#learn(name, "size");
  }

  #learn(name, kind) {
    const add = (word, wants) => {
      if (!this.stems.has(word)) this.stems.set(word, []);
      this.stems.get(word).push({ name, kind, wants });
    };
    const { base, layer, marks } = name;
    const subs = name.subs;
    const bare = { layer, sub: subs.length > 0, marks };
    const bases = new Set([base, ...(marks.length === 1 ? [base + marks[0]] : [])]);
    for (const word of bases) {
      const rest = word === base ? bare : { ...bare, marks: [] };
      add(word, rest);
      if (layer) add(word + layer, { ...rest, layer: "" });
      for (const sub of subs) {
        if (!/^[A-Za-z0-9]+$/.test(sub)) continue;
        add(word + sub, { ...rest, sub: false });
        if (layer) add(word + sub + layer, { ...rest, sub: false, layer: "" });
        if (layer) add(word + layer + sub, { ...rest, sub: false, layer: "" });
      }
    }
  }

  // A script without brackets, fonts and spaces: "(2)" is 2, "\hat{y}" is haty.
  static canonical(raw) {
    let text = Tokens.spelledOut(raw).source.replace(/\\(mathrm|mathbf|boldsymbol|text|operatorname|mathit|mathsf|mathcal|vec)(?![a-zA-Z])/g, "");
    text = text.replace(/[\\{}\s$]|\^|_/g, "");
    while (/^\(.*\)$|^\[.*\]$/.test(text)) text = text.slice(1, -1);
    return Tokens.greek(text);
  }

  // The best reading of a word with accents and scripts: {name, kind, left: scripts left over,
  // primes left over}; null if it means nothing.
  resolve(word, marks, scripts, primes) {
    let best = null;
    for (const { name, kind, wants } of this.stems.get(word) ?? []) {
      const found = this.#fit(name, wants, marks, scripts, primes);
      if (!found) continue;
      const score = (found.taken + (name.primes > 0 ? 1 : 0)) * 10 + (kind === "quantity" ? 1 : 0) + word.length;
      if (!best || score > best.score) best = { name, kind, ...found, score };
    }
    return best;
  }

  #fit(name, wants, marks, scripts, primes) {
    if (name.primes > primes) return null;
    const subs = scripts.filter((s) => s.kind === "sub").map((s) => Names.canonical(s.inner));
    let left = scripts.slice();
    let bare = 0; // scripts that could be powers as well: in h_3^2 the layer is 3
    const take = (wanted) => {
      for (const script of left) {
        const text = Names.canonical(script.inner);
        if (wanted.includes(text) && this.#mayBeLayer(script, name)) {
          left = left.filter((s) => s !== script);
          if (script.kind === "sup" && !/^[[(]/.test(script.inner.trim())) bare++;
          return true;
        }
      }
      return false;
    };
    let need = wants.marks.filter((m) => !marks.includes(m));
    if (marks.some((m) => !wants.marks.includes(m))) return null;
    // delta_y_hat: several subscripts that only together are what the name asks for
    if (wants.sub && subs.length > 1 && ["_", ","].some((x) => name.subs.includes(subs.join(x)))) {
      left = left.filter((s) => s.kind !== "sub");
      if (wants.layer && !take([wants.layer])) return null;
      return { left, primes: primes - name.primes, taken: 2 };
    }
    if (need.length && take([need.join("_"), need.join("")])) need = [];
    if (need.length) return null;
    const together = name.subs.flatMap((s) => [s + wants.layer, wants.layer + s, `${s},${wants.layer}`, `${wants.layer},${s}`]);
    let taken = wants.marks.length;
    if (wants.layer && wants.sub && take(together)) taken += 2;
    else {
      if (wants.layer) {
        if (!take([wants.layer])) return null;
        taken++;
      }
      if (wants.sub) {
        if (!take(name.subs)) return null;
        taken++;
      }
    }
    return { left, primes: primes - name.primes, taken: taken - bare / 5 };
  }

  // a^2 is a power where there is an `a` and layers are not written so.
  #mayBeLayer(script, name) {
    if (script.kind !== "sup" || /^[[(]/.test(script.inner.trim())) return true;
    return this.layers === "^" || !this.alone.has(name.base);
  }

  // A word in pieces that all mean something: ab is a b, W2a1 is W2 a1. The scripts go with the
  // last piece. null if there is no such way.
  pieces(word, marks, scripts, primes) {
    const whole = this.resolve(word, marks, scripts, primes);
    if (whole) return [{ word, ...whole }];
    if (word.length > LONGEST_RUN) return null;
    for (let cut = word.length - 1; cut > 0; cut--) {
      const head = this.resolve(word.slice(0, cut), [], [], 0);
      if (!head || /\d/.test(word[cut])) continue;
      const rest = this.pieces(word.slice(cut), marks, scripts, primes);
      if (rest) return [{ word: word.slice(0, cut), ...head }, ...rest];
    }
    return null;
  }

  // The operation that a word stands for: "ReLU" and "relu" are one.
  function(word) {
    return this.functions[word] ?? this.functions[word.toLowerCase()] ?? null;
  }

  // Names a little like a word, to be offered instead.
  like(word) {
    const near = this.list.filter((n) => n.base[0]?.toLowerCase() === word[0]?.toLowerCase());
    return [...new Set((near.length ? near : this.list).map((n) => n.shown))].slice(0, 6);
  }
}
