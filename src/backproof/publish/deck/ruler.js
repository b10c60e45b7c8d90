"use strict";
/* How wide formulas are, in parts of their letters. Each is measured once, apart from the slides, so
   that to fit a slide nothing on it has to be set on trial. */

const RULED = 64; // px; the size of letters at which formulas are measured
const SHORT = 6; // ems; a formula that is shorter is never broken
const rulings = new Map();

/* The width of a formula, `whole`, and the ways to break it: for each how wide its widest part is.
   `breaks` go from few parts to many. */
function ruling(math) {
  const key = math.number === undefined ? null : `${math.number} ${math.hasAttribute("displaystyle")}`;
  const known = rulings.get(key);
  if (known) {
    return known;
  }
  const ruler = document.getElementById("ruler");
  const copy = math.cloneNode(true);
  copy.removeAttribute("style");
  ruler.replaceChildren(copy);
  const found = { whole: ems(copy), breaks: [] };
  if (found.whole > SHORT) {
    for (let deep = 1, count = 1; deep <= DEEPEST; deep += 1) {
      const parts = pieces(copy, deep);
      if (parts.length > count) {
        count = parts.length;
        found.breaks.push({ parts, widest: 0 });
      }
    }
    ruler.replaceChildren(...found.breaks.flatMap(({ parts }) => parts));
    for (const way of found.breaks) {
      way.widest = Math.max(...way.parts.map(ems));
    }
  }
  ruler.replaceChildren();
  if (key !== null) {
    rulings.set(key, found);
  }
  return found;
}

function ems(math) {
  return math.getBoundingClientRect().width / RULED;
}
