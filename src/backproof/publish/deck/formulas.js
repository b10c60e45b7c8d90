"use strict";
/* Formulas and sentences as elements. */

const FIRST_SYMBOL = 0xe000;
const parsed = new Map(); // formulas that were shown before, to be copied

/* The markup of a formula, its symbols put back. */
function markup(number) {
  return DATA.formulas[number].replace(
    /[\ue000-\uf8ff]/g,
    (c) => DATA.symbols[c.charCodeAt(0) - FIRST_SYMBOL] ?? c,
  );
}

/* What a formula says, without what it looks like: two of the same are one, whatever is marked. */
function plain(number) {
  return number < 0 ? "" : markup(number).replace(/<[^>]*>/g, "");
}

/* A formula as a `math` element. */
function formula(number, display = false) {
  if (!parsed.has(number)) {
    const holder = document.createElement("template");
    holder.innerHTML = `<math>${markup(number)}</math>`;
    const math = holder.content.firstChild;
    coloured(math);
    parsed.set(number, math);
  }
  const math = document.importNode(parsed.get(number), true);
  math.number = number;
  if (display) {
    math.setAttribute("displaystyle", "true");
  }
  return math;
}

/* A relation or a mark as a `math` element. */
function sign(character) {
  const holder = document.createElement("template");
  holder.innerHTML = `<math><mo>${character}</mo></math>`;
  return holder.content.firstChild;
}

/* What follows a formula without a gap: a full stop, a closing bracket, a Korean particle. */
const CLINGS = /^[)\].,;:!?%’”」』]*[가-힣]*[).,;:!?]*/;

/* Words with formulas between them, as nodes. No line ends between a formula and what clings to it;
   a long formula may be broken all the same. */
function said(text) {
  const out = [];
  let rest = null; // what is left of a text whose beginning clung to the formula before it
  text.forEach((part, i) => {
    if (typeof part === "string") {
      out.push(rest ?? part);
      rest = null;
      return;
    }
    const after = typeof text[i + 1] === "string" ? text[i + 1] : "";
    const [clinging] = after.match(CLINGS);
    if (clinging) {
      rest = after.slice(clinging.length);
      out.push(make("span", { class: "together" }, formula(part), clinging));
    } else {
      out.push(formula(part));
    }
  });
  return out;
}

/* The same as characters only, for titles and labels. */
function spelled(text) {
  return text.map((part) => (typeof part === "string" ? part : plain(part))).join("");
}

/* What is used again keeps its colour wherever it stands. */
function coloured(root) {
  for (const element of root.querySelectorAll("[data-quantity]")) {
    const colour = COLOURS.get(element.dataset.quantity);
    if (colour) {
      element.classList.add(`q${colour}`);
    }
  }
  for (const element of root.querySelectorAll("[data-lower]")) {
    const colour = COLOURS_BY.get(element.dataset.lower);
    if (colour && element.dataset.upper === DATA.loss) {
      element.classList.add(`q${colour}`);
    }
  }
}
