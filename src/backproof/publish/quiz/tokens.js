"use strict";
// What a student typed, as tokens: plain characters, Unicode mathematics and LaTeX in any mixture.
//
// A token is {kind, text, start, end}: `word` (a run of letters and digits, or the name of a
// command), `number`, `sup` and `sub` (with `text` what stands in them), `prime` (with how many),
// `mark` (an accent, over what follows), `op`, `(`, `)`, `{`, `}`, `end`. Places are places in the
// text as it was typed.

class Unreadable extends Error {
  // `key` names the sentence, `fields` go into it, `start` and `end` say where.
  constructor(key, start, end, fields = {}) {
    super(key);
    Object.assign(this, { key, start, end, fields });
  }
}

const Tokens = (() => {
  const GREEK = Object.fromEntries(
    ("α alpha β beta γ gamma δ delta ε epsilon ϵ epsilon ζ zeta η eta θ theta ϑ theta ι iota " +
      "κ kappa λ lambda μ mu µ mu ν nu ξ xi π pi ρ rho σ sigma ς sigma τ tau υ upsilon φ phi " +
      "ϕ phi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Φ Phi Ψ Psi Ω Omega ℓ ell " +
      "ℒ L 𝓛 L ℰ E 𝔼 E ℝ R")
      .split(" ")
      .reduce((pairs, x, i, all) => (i % 2 ? pairs : [...pairs, [x, all[i + 1]]]), []),
  );
  const RAISED = pairs("⁰0¹1²2³3⁴4⁵5⁶6⁷7⁸8⁹9⁺+⁻-⁼=⁽(⁾)ᵀTᵗtⁱiʲjᵏkˡlᵐmⁿnˢsᵃaᵇbʰhˣxʸyᶻz");
  const LOWERED = pairs("₀0₁1₂2₃3₄4₅5₆6₇7₈8₉9₊+₋-₌=₍(₎)ₐaₑeₕhᵢiⱼjₖkₗlₘmₙnₒoₚpᵣrₛsₜtᵤuᵥvₓx");
  const SIGNS = {
    "−": "-", "–": "-", "—": "-", "＋": "+", "＝": "=", "（": "(", "）": ")", "，": ",",
    "·": "·", "⋅": "·", "•": "·", "∙": "·", "∗": "*", "×": "×", "✕": "×", "∘": "⊙", "⊙": "⊙",
    "⊗": "⊗", "÷": "/", "∕": "/", "⁄": "/", "∂": "∂", "∑": "∑", "Σ": "∑", "√": "√",
    "∥": "‖", "‖": "‖", "［": "[", "］": "]", "≥": "≥", "≤": "≤", "↦": "→", "…": "…",
  };
  const ACCENTS = { "\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar", "\u0307": "dot" };
  const MARKS = { hat: "hat", widehat: "hat", tilde: "tilde", widetilde: "tilde", bar: "bar", overline: "bar", dot: "dot" };
  const COMMANDS = {
    cdot: "·", times: "×", odot: "⊙", circ: "⊙", ast: "*", star: "*", bullet: "·", otimes: "⊗",
    div: "/", partial: "∂", sum: "∑", sqrt: "√", Vert: "‖", lVert: "‖", rVert: "‖", "|": "‖",
    vert: "|", lvert: "|", rvert: "|", mid: "|", ge: "≥", geq: "≥", le: "≤", leq: "≤", gt: ">", lt: "<",
    to: "→", dots: "…", ldots: "…", cdots: "…",
    lbrace: "{", rbrace: "}", lbrack: "[", rbrack: "]", langle: "(", rangle: ")",
  };
  const FRACTIONS = new Set(["frac", "dfrac", "tfrac", "cfrac"]);
  const FONTS = new Set(
    ("mathbf mathrm mathit mathsf mathtt mathcal mathscr mathbb mathfrak boldsymbol bm bf rm " +
      "text textbf textrm textit operatorname boldmath vec").split(" "),
  );
  const SILENT = new Set(
    ("left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr displaystyle " +
      "textstyle limits nolimits quad qquad, ; : ! > enspace thinspace").replace("qquad,", "qquad ,").split(" "),
  );
  const TURNS = new Set(["top", "intercal", "T", "transpose"]);
  // A single symbol in braces that scripts follow: {\bf a}_1.
  const LETTERED = /^\{\s*(?:\\(?:bf|rm|it|cal)\s+)?\\?([A-Za-z]+)\s*\}(?=\s*[_^'])/;
  const LETTER = /[A-Za-z\u0370-\u03ff\u1e00-\u1eff\u00c0-\u024fℓℒℰ]/u;

  function pairs(text) {
    const all = [...text];
    const made = {};
    for (let i = 0; i + 1 < all.length; i += 2) made[all[i]] = all[i + 1];
    return made;
  }

  function isLetter(c) {
    return c !== undefined && LETTER.test(c) && !(c in SIGNS) && !(c in RAISED) && !(c in LOWERED);
  }

  const isDigit = (c) => c !== undefined && c >= "0" && c <= "9";

  // The end of the group that opens at `i`, one past its closing bracket.
  function groupEnd(source, i) {
    const close = { "{": "}", "(": ")", "[": "]" }[source[i]];
    let depth = 0;
    for (let k = i; k < source.length; k++) {
      if (source[k] === source[i]) depth++;
      else if (source[k] === close && --depth === 0) return k + 1;
    }
    throw new Unreadable("open", i, i + 1, { bracket: source[i] });
  }

  // Where the script that begins at `i` ends: a group, a command, or what one would type there.
  function scriptEnd(source, i, kind) {
    while (source[i] === " ") i++;
    const c = source[i];
    if (c === undefined) return i;
    if (c === "{" || (c === "(" && kind === "sup") || (c === "[" && kind === "sup")) return groupEnd(source, i);
    if (c === "(" || c === "[") return groupEnd(source, i);
    if (c === "\\") {
      let end = i + 1;
      while (/[A-Za-z]/.test(source[end] ?? "")) end++;
      return source[end] === "{" ? groupEnd(source, end) : end;
    }
    let end = i;
    if (c === "-" || c === "+") end++;
    if (isDigit(source[end])) {
      while (isDigit(source[end]) || (source[end] === "." && isDigit(source[end + 1]))) end++;
      return end;
    }
    if (kind === "sup" && /^T(?![a-z])/.test(source.slice(i))) return i + 1;
    if (kind === "sup") return i + 1;
    while (isLetter(source[end]) || isDigit(source[end]) || (kind === "sub" && end > i && /^-\d/.test(source.slice(end)))) {
      end += source[end] === "-" ? 2 : 1;
    }
    return Math.max(end, i + 1);
  }

  function inside(raw) {
    const text = raw.trim();
    return /^\{.*\}$/s.test(text) ? text.slice(1, -1) : text;
  }

  // Raised and lowered characters, accents and full-width signs spelled out; places are kept.
  function spelledOut(typed) {
    const out = [];
    const put = (text, from, to) => [...text].forEach((c) => out.push([c, from, to]));
    const characters = [];
    let place = 0;
    for (const c of typed) {
      characters.push([c, place, place + c.length]);
      place += c.length;
    }
    for (let i = 0; i < characters.length; i++) {
      const [c, from, to] = characters[i];
      const table = c in RAISED ? RAISED : c in LOWERED ? LOWERED : null;
      if (table) {
        let run = "";
        let k = i;
        while (k < characters.length && characters[k][0] in table) run += table[characters[k++][0]];
        put((table === RAISED ? "^{" : "_{") + run + "}", from, characters[k - 1][2]);
        i = k - 1;
        continue;
      }
      const [base, ...marks] = [...c.normalize("NFD")];
      const after = [];
      while (characters[i + 1] && characters[i + 1][0] in ACCENTS) after.push(characters[++i][0]);
      const accents = [...marks, ...after].map((m) => ACCENTS[m]).filter(Boolean);
      if (accents.length && isLetter(base)) {
        put(accents.map((m) => `\\${m}{`).join("") + base + "}".repeat(accents.length), from, characters[i][2]);
      } else if (/[\u2000-\u200a\u00a0\u3000\u202f\t\n\r]/.test(c)) put(" ", from, to);
      else if (/[\u200b-\u200f\ufeff\u2061-\u2064]/.test(c)) continue;
      else if (c === "½") put("(1/2)", from, to);
      else if (c === "𝟏" || c === "𝟙") put("\\mathbf{1}", from, to);
      else put(c.normalize("NFKC").length === 1 && !(c in SIGNS) && !(c in GREEK) ? c.normalize("NFKC") : c, from, to);
    }
    return { source: out.map((x) => x[0]).join(""), spans: out.flatMap((x) => Array(x[0].length).fill([x[1], x[2]])) };
  }

  function tokens(typed) {
    const { source, spans } = spelledOut(typed);
    const place = (i) => (i < spans.length ? spans[i][0] : typed.length);
    const made = [];
    const push = (kind, text, from, to) =>
      made.push({ kind, text, start: place(from), end: to > from ? spans[to - 1][1] : place(from), spaced: source[from - 1] === " " });
    const failing = (work) => {
      try {
        return work();
      } catch (error) {
        if (error instanceof Unreadable) {
          error.start = place(error.start);
          error.end = Math.max(error.start + 1, place(error.end));
        }
        throw error;
      }
    };
    let i = 0;
    while (i < source.length) {
      const c = source[i];
      const from = i;
      if (c === " " || c === "$" || c === "&" || c === "~") i++;
      else if (c === "\\") i = command(i);
      else if (isDigit(c) || (c === "." && isDigit(source[i + 1]))) {
        const [whole] = /^(\d+\.?\d*|\.\d+)([eE][-+]?\d+(?![A-Za-z]))?/.exec(source.slice(i));
        i += whole.length;
        push("number", whole, from, i);
      } else if (isLetter(c)) {
        while (isLetter(source[i]) || isDigit(source[i])) i++;
        if (source[i] === "." && /^(np|numpy|torch|jnp|math)$/.test(source.slice(from, i))) i++;
        else push("word", greek(source.slice(from, i)), from, i);
        const layer = /^\[\d+\]/.exec(source.slice(i));
        if (layer) script("sup", layer[0], i, i, (i += layer[0].length));
      } else if (c === "^" || c === "_" || (c === "*" && source[i + 1] === "*")) {
        const kind = c === "_" ? "sub" : "sup";
        i += c === "*" ? 2 : 1;
        while (source[i] === " ") i++;
        const at = i;
        i = failing(() => scriptEnd(source, at, kind));
        if (i === at) throw new Unreadable("script", place(from), place(from) + 1, { mark: c });
        script(kind, source.slice(at, i), from, at, i);
      } else if (c === "'" || c === "′" || c === "’" || c === "`") {
        while ("'′’`".includes(source[i] ?? " ")) i++;
        push("prime", String(i - from), from, i);
      } else if (c === "." && /^\.T(?![A-Za-z])/.test(source.slice(i))) {
        i += 2;
        push("sup", "T", from, i);
        made[made.length - 1].inner = "T";
      } else if (c === "." && /^\.(sum|mean)\(/.test(source.slice(i))) {
        const word = /^\.([a-z]+)/.exec(source.slice(i))[1];
        i += word.length + 1;
        push("method", word, from, i);
      } else if (c === ".") {
        i += 1;
        push("op", source[i] === "*" || source[i] === "/" ? "" : ".", from, i);
        if (source[i] === "*") push("op", "⊙", i, ++i);
        else if (source[i] === "/") push("op", "/", i, ++i);
      } else if (c === "{" && LETTERED.test(source.slice(i))) {
        const [whole, name] = LETTERED.exec(source.slice(i));
        push("word", greek(name), from, (i += whole.length));
      } else if ("(){}[]".includes(c)) push(c, c, from, ++i);
      else if ("+-*/@=,|<>:;?!".includes(c) || c in SIGNS) {
        i += 1;
        push("op", SIGNS[c] ?? c, from, i);
      } else throw new Unreadable("character", place(i), spans[i][1], { character: c });
    }
    made.push({ kind: "end", text: "", start: typed.length, end: typed.length });
    return made.filter((t) => t.kind !== "op" || t.text !== "");

    // A script; the transpose in W^{(2)\top} is one of its own.
    function script(kind, raw, from, at, to) {
      const [, own, turn] = /^(.*?[)\]\d])\s*(\\top|\\intercal|T|\\prime|')$/.exec(inside(raw)) ?? [];
      push(kind, raw, from, to);
      Object.assign(made[made.length - 1], { inner: own ?? inside(raw), at: place(at) });
      if (turn && kind === "sup") push("turn", "T", to, to);
      else if (turn) made[made.length - 1].inner = inside(raw);
    }

    function command(at) {
      const word = /^\\([A-Za-z]+|.)/s.exec(source.slice(at));
      if (!word) throw new Unreadable("character", place(at), place(at) + 1, { character: "\\" });
      const name = word[1];
      let end = at + word[0].length;
      if (SILENT.has(name) || name === " ") {
        if (/^(left|right|big|Big)/.test(name) && source[end] === ".") end++;
        return end;
      }
      if (name === "{" || name === "}") push(name === "{" ? "(" : ")", name, at, end);
      else if (FRACTIONS.has(name)) push("frac", name, at, end);
      else if (name in MARKS) push("mark", MARKS[name], at, end);
      else if (name === "prime") push("prime", "1", at, end);
      else if (TURNS.has(name)) push("turn", "T", at, end);
      else if (name in COMMANDS) push("op", COMMANDS[name], at, end);
      else if (FONTS.has(name)) {
        let k = end;
        while (source[k] === " ") k++;
        if (source[k] === "{") {
          const stop = failing(() => groupEnd(source, k));
          const words = source.slice(k + 1, stop - 1);
          if (/^\s*[01]\s*$/.test(words)) push("ones", words.trim(), at, stop);
          else if (/^\s*\\?[A-Za-z][\s\w]*$/.test(words)) push("word", greek(words.replace(/[\s\\]+/g, "")), at, stop);
          else return end; // the font changes nothing about what stands in it
          return stop;
        }
        return end;
      } else {
        while (isDigit(source[end])) end++; // \delta2 is how some type it
        push("word", greek(source.slice(at + 1, end)), at, end);
        made[made.length - 1].command = true;
      }
      return end;
    }
  }

  // Greek letters by name, so that σ and sigma are one word.
  function greek(word) {
    return [...word].map((c) => GREEK[c] ?? c).join("").replace(/^var(epsilon|theta|phi|sigma|rho)/, "$1");
  }

  return { tokens, greek, spelledOut, inside };
})();
