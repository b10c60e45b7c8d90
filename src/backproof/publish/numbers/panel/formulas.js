/**
 * Formulas with their numbers put in.
 *
 * In MathML that names its quantities (`data-quantity`, `data-entry`, `data-transpose`, and
 * fractions with `data-upper` and `data-lower`) every quantity that has a number is replaced by it.
 */
const MATHML = "http://www.w3.org/1998/Math/MathML";
const TIMES = "\u2062";
const MOST = 4; // rows and columns of a matrix that is written out, and terms of a sum

/**
 * A copy of a formula with numbers for its quantities. `at` gives a number, from 0 on, to each
 * letter of an index; an entry whose letters have none keeps its name.
 */
function substituted(element, numbers, at = {}) {
  const made = replacement(element, numbers, at);
  if (made !== null) {
    return made;
  }
  const copy = element.cloneNode(false);
  copy.append(...filledIn([...element.childNodes], numbers, at));
  separate(copy);
  return copy;
}

function filledIn(nodes, numbers, at) {
  const out = [];
  for (let i = 0; i < nodes.length; i++) {
    const terms = nodes.slice(i + 1, i + 1 + reach(nodes.slice(i + 1)));
    const sum = isElement(nodes[i]) ? writtenOut(nodes[i], terms, numbers, at) : null;
    if (sum !== null) {
      out.push(sum);
      i += terms.length;
    } else {
      out.push(isElement(nodes[i]) ? substituted(nodes[i], numbers, at) : nodes[i].cloneNode());
    }
  }
  return out;
}

function isElement(node) {
  return node.nodeType === Node.ELEMENT_NODE;
}

/** What stands for an element, null where it stays as it is. */
function replacement(element, numbers, at) {
  const { quantity, entry, transpose, upper, lower } = element.dataset;
  if (upper !== undefined && lower !== undefined) {
    const inner = element.lastElementChild?.querySelector("[data-entry]")?.dataset.entry;
    const known = upper === numbers.sample.loss;
    return known ? written(numbers.gradient(lower), inner, false, element, at) : null;
  }
  if (quantity !== undefined) {
    return written(numbers.value(quantity), entry, transpose !== undefined, element, at);
  }
  const size = element.closest("[data-entry]") ? undefined : sizeOf(element, numbers);
  return size === undefined ? null : math("mn", String(size));
}

/** A letter that counts something, such as m. */
function sizeOf(element, numbers) {
  const isName = element.localName === "mi" || element.localName === "msub";
  const sizes = numbers.sample.sizes;
  const name = isName ? element.textContent.trim() : "";
  return Object.hasOwn(sizes, name) ? sizes[name] : sizes[name.replace(/^(.)(.+)$/, "$1_$2")];
}

function written(matrix, entry, turned, element, at) {
  if (matrix === undefined) {
    return null;
  }
  let part = matrix;
  if (entry !== undefined) {
    const [row, column] = entry.split(",");
    const rows = row === ":" ? matrix : picked(matrix, index(row, at));
    part = rows && rows.map((line) => (column === ":" ? line : picked(line, index(column, at))));
    if (!part || part.some((line) => line === undefined)) {
      return null;
    }
  }
  if (part.length === 1 && part[0].length === 1) {
    return numeral(part[0][0], element);
  }
  if (part.length > MOST || part[0].length > MOST) {
    return null;
  }
  return table(turned ? transposed(part) : part);
}

/** One element of a list, in a list; undefined where there is no such element. */
function picked(list, place) {
  return place !== undefined && place in list ? [list[place]] : undefined;
}

/** The place that an index stands for, from 0 on. */
function index(letter, at) {
  if (letter === "") {
    return 0;
  }
  return /^\d+$/.test(letter) ? Number(letter) - 1 : at[letter];
}

function math(name, ...children) {
  const element = document.createElementNS(MATHML, name);
  element.append(...children);
  return element;
}

/** A number; in parentheses where a minus would run into what stands before it. */
function numeral(number, place) {
  const text = shown(number);
  const digits = math("mn", text.replace("−", ""));
  digits.setAttribute("title", String(number));
  if (!text.startsWith("−")) {
    digits.classList.add("put-in");
    return digits;
  }
  const minus = math("mo", "−");
  minus.setAttribute("form", "prefix");
  const inside = [minus, digits];
  const row = needsBrackets(place)
    ? math("mrow", fence("("), ...inside, fence(")"))
    : math("mrow", ...inside);
  row.classList.add("put-in");
  return row;
}

function fence(sign) {
  const element = math("mo", sign);
  element.setAttribute("stretchy", "false");
  return element;
}

/** Whether a negative number in a place is raised, or a sign stands right before it. */
function needsBrackets(place) {
  const around = place.parentElement?.localName;
  const other = neighbour(place, "previousElementSibling");
  if (["mfrac", "msqrt", "msup", "msub", "msubsup"].includes(around)) {
    return around.startsWith("msu") && other === null;
  }
  return other !== null && !["(", "[", "=", ","].includes(other.textContent);
}

function table(rows) {
  const lines = rows.map((row) => math("mtr", ...row.map((x) => math("mtd", entryOf(x)))));
  const made = math("mrow", math("mo", "["), math("mtable", ...lines), math("mo", "]"));
  made.classList.add("put-in");
  return made;
}

function entryOf(number) {
  const element = math("mn", shown(number));
  element.setAttribute("title", String(number));
  return element;
}

/** Numbers that are multiplied get a dot between them: 0.3 0.7 is no product. */
function separate(row) {
  for (const sign of [...row.children]) {
    if (sign.localName === "mo" && sign.textContent === TIMES) {
      const sides = ["previousElementSibling", "nextElementSibling"];
      if (sides.every((way) => isNumeric(neighbour(sign, way)))) {
        sign.textContent = "·";
      }
    }
  }
}

function neighbour(element, way) {
  let other = element[way];
  while (other && other.localName === "mspace") {
    other = other[way];
  }
  return other;
}

/** Whether something is neither a matrix nor a name without a number. */
function isNumeric(element) {
  const isName = ["mi", "msub", "msubsup"].includes(element?.localName);
  return element !== null && !isName && !element.querySelector("mtable, [data-quantity]");
}

// -- sums ------------------------------------------------------------------------------------

/** A sum over few terms with all of them written out, since each has numbers of its own. */
function writtenOut(sign, terms, numbers, at) {
  const isSum = ["munder", "munderover"].includes(sign.localName);
  if (!isSum || sign.firstElementChild.textContent !== "∑") {
    return null;
  }
  const letter = sign.children[1].textContent.split("=")[0].trim();
  const count = length(letter, terms.filter(isElement), numbers);
  if (letter in at || count === undefined || count > MOST) {
    return null;
  }
  const bare = terms.slice(terms.findIndex((t) => isElement(t) && t.localName !== "mspace"));
  const bracketed = count > 1 && isMinus(bare[0]); // `reach` stops at any other sign
  const row = math("mrow");
  for (let i = 0; i < count; i++) {
    const term = math("mrow", ...filledIn(bare, numbers, { ...at, [letter]: i }));
    separate(term);
    row.append(...(i > 0 ? [math("mo", "+")] : []));
    row.append(...(bracketed ? [fence("("), term, fence(")")] : [term]));
  }
  return count === 1 || !isFactor(sign) ? row : math("mrow", fence("("), row, fence(")"));
}

function isMinus(element) {
  return element.localName === "mo" && element.textContent === "−";
}

/** Whether something before a sum is multiplied by it, or has it taken off. */
function isFactor(sign) {
  let start = sign;
  while (!neighbour(start, "previousElementSibling") && start.parentElement?.localName === "mrow") {
    start = start.parentElement; // what a slide marks stands in a row of its own
  }
  const other = neighbour(start, "previousElementSibling");
  return other !== null && !["+", "=", "(", "["].includes(other.textContent);
}

/** How many of the nodes behind the sign of a sum belong to it: up to the next plus or minus. */
function reach(nodes) {
  let depth = 0;
  for (const [place, node] of nodes.entries()) {
    const text = node.localName === "mo" ? node.textContent : "";
    depth += (text === "(" || text === "[") - (text === ")" || text === "]");
    const ends =
      depth === 0 && (text === "+" || text === "−") && node.getAttribute("form") !== "prefix";
    if (depth < 0 || ends || text === "=") {
      return place;
    }
  }
  return nodes.length;
}

/** How far an index runs: as far as the quantity that it counts the rows or columns of. */
function length(letter, terms, numbers) {
  for (const term of terms) {
    for (const element of [term, ...term.querySelectorAll("[data-entry]")]) {
      const { quantity, entry } = element.dataset;
      const matrix = entry === undefined ? undefined : numbers.value(quantity);
      const side = matrix ? entry.split(",").indexOf(letter) : -1;
      if (side !== -1) {
        return side === 0 ? matrix.length : matrix[0].length;
      }
    }
  }
  return undefined;
}
