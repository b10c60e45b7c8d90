"use strict";
/* Where a long formula may go on in the next line: before a sign, the outermost signs first. */

const SIGNS = new Set([..."+−-±⊙∘⋅·×=→"]);
const OPENING = new Set([..."([{⟨"]);
const CLOSING = new Set([...")]}⟩"]);
const DEEPEST = 8;

/* A formula as formulas that follow each other, broken before the signs that stand in fewer than
   `deep` rows and brackets. Brackets that are torn apart keep their height. */
function pieces(math, deep) {
  const groups = [[]];
  for (const { node, breaks, form } of leaves(math, deep)) {
    if (breaks && groups.at(-1).length) {
      groups.push([]);
    }
    groups.at(-1).push(settled(node, form));
  }
  return groups.map((group) => {
    const part = math.cloneNode(false);
    part.append(...group);
    return part;
  });
}

/* What stands in a row, rows that are not too deep opened. */
function* leaves(row, deep) {
  const children = [...row.children];
  let brackets = 0;
  for (const [i, node] of children.entries()) {
    const own = node.nodeName === "mo" ? node.textContent.trim() : "";
    brackets -= CLOSING.has(own) ? 1 : 0;
    const open = deep - brackets;
    const inner = isRow(node) && open > 0 ? [...leaves(node, open - (children.length > 1 ? 1 : 0))] : [];
    const focus = node.classList.contains("focus");
    if (inner.length && !(focus && !inner.some(({ breaks }) => breaks))) {
      yield* focus ? inner.map((leaf) => ({ ...leaf, node: markedCopy(leaf.node) })) : inner;
    } else {
      const form = node.getAttribute("form") ?? (i === 0 && children.length > 1 ? "prefix" : "infix");
      const breaks = open > 0 && SIGNS.has(own) && form !== "prefix";
      yield { node, breaks, form: SIGNS.has(own) ? form : null };
    }
    brackets += OPENING.has(own) ? 1 : 0;
  }
}

function isRow(node) {
  return node.nodeName === "mrow" && !node.hasAttribute("data-quantity");
}

/* A part of what is in focus, which stays marked when the rest goes to another line. */
function markedCopy(node) {
  const row = document.createElementNS(node.namespaceURI, "mrow");
  row.classList.add("focus", "part");
  row.append(node.cloneNode(true));
  row.original = node;
  return row;
}

/* A copy that looks the same outside of its row. */
function settled(node, form) {
  if (node.original) {
    return node;
  }
  const copy = node.cloneNode(true);
  if (form) {
    copy.setAttribute("form", form);
  } else if (copy.nodeName === "mo" && copy.getAttribute("stretchy") !== "false") {
    const { height } = node.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(node).fontSize);
    if (height && size) {
      const high = `${(height / size).toFixed(2)}em`;
      copy.setAttribute("minsize", high);
      copy.setAttribute("maxsize", high);
    }
  }
  return copy;
}
