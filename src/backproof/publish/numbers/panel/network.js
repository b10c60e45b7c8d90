/**
 * Numbers in a drawing of a network: every unit shows its value or its gradient, every edge its
 * weight. Sign and size are told by the number, by the colour and by how thick an edge is.
 *
 * Works on the SVG of `show.diagram`, in which `data-quantity` names the quantity of each piece.
 * Where units are left out of the drawing, those that are drawn are the first ones and the last.
 */
class NetworkNumbers {
  /** `pick` is called with the place of an entry (plain, row, column) that somebody points at. */
  constructor(svg, numbers, pick = () => {}) {
    this.numbers = numbers;
    this.sample = 0;
    svg.style.maxWidth = `${LARGEST * svg.getAttribute("width")}px`;
    this.units = [];
    this.edges = [];
    this.boxes = [];
    const bundles = {};
    for (const piece of [...svg.querySelectorAll("[data-quantity]")]) {
      const plain = piece.dataset.quantity;
      const known = numbers.value(plain) !== undefined;
      for (const shape of known ? [...piece.children] : []) {
        if (shape.classList.contains("unit") && isNamed(plain, shape)) {
          this.units.push(...unitsOf(plain, shape));
        } else if (shape.classList.contains("edges")) {
          bundles[plain] = (bundles[plain] ?? -1) + 1;
          this.edges.push(...this.edgesOf(plain, shape, bundles[plain]));
        } else if (shape.classList.contains("body") && isBox(shape)) {
          this.boxes.push(boxOf(plain, shape));
        }
      }
    }
    const drawn = {};
    for (const unit of this.units) {
      unit.place = drawn[unit.plain] = (drawn[unit.plain] ?? -1) + 1;
    }
    this.drawn = drawn;
    for (const unit of this.units) {
      unit.piece.addEventListener("click", () => pick(this.entryOf(unit)));
    }
    for (const { plain, row, column, piece } of this.edges) {
      piece.addEventListener("click", () => pick({ plain, row, column }));
    }
  }

  /** The place of the entry that a unit shows. */
  entryOf({ plain, place }) {
    const matrix = this.numbers.value(plain);
    const axis = this.numbers.sample.axes[plain];
    const last = place === this.drawn[plain];
    if (axis === 1 || (axis === undefined && matrix[0].length === 1)) {
      return { plain, row: last ? matrix.length - 1 : place, column: axis === 1 ? this.sample : 0 };
    }
    const column = last ? matrix[0].length - 1 : place;
    return { plain, row: axis === 0 ? this.sample : 0, column };
  }

  /** Show the values, or the gradients, for one sample. */
  show(sample, gradients) {
    this.sample = sample;
    const read = (plain) => (gradients ? this.numbers.gradient(plain) : this.numbers.value(plain));
    const largest = {};
    for (const unit of this.units) {
      const { row, column } = this.entryOf(unit);
      const value = read(unit.plain)?.[row][column];
      unit.label.textContent = value === undefined ? "" : brief(value);
      mark(unit.piece, value, 1);
      unit.title.textContent = value === undefined ? "" : shown(value);
    }
    for (const edge of this.edges) {
      const matrix = read(edge.plain);
      const value = matrix?.[edge.row][edge.column];
      largest[edge.plain] ??= Math.max(1e-12, ...(matrix ?? []).flat().map(Math.abs));
      mark(edge.piece, value, largest[edge.plain]);
      edge.title.textContent = value === undefined ? "" : shown(value);
    }
    for (const box of this.boxes) {
      const entries = this.entries(read(box.plain), box.plain);
      const text = entries.slice(0, 3).map(brief).join(" ") + (entries.length > 3 ? " …" : "");
      box.label.textContent = text.length * WIDE <= roomOf(box, this.boxes) ? text : "";
      box.title.textContent = entries.map((x) => shown(x)).join(", ");
    }
  }

  /** The entries of a matrix that belong to the sample. */
  entries(matrix, plain) {
    const axis = this.numbers.sample.axes[plain];
    if (matrix === undefined || axis === undefined) {
      return (matrix ?? []).flat();
    }
    return axis === 1 ? matrix.map((row) => row[this.sample]) : matrix[this.sample];
  }

  /** A bundle of edges as an edge for each weight. */
  edgesOf(plain, bundle, use) {
    const matrix = this.numbers.value(plain);
    const ways = bundle.getAttribute("d").split(/(?=M)/);
    const sources = this.numbers.sample.sources[plain]?.[use] ?? 1;
    const count = sources === 1 ? matrix.length : matrix[0].length; // units at the far end
    if (ways.length !== matrix.length * matrix[0].length) {
      return [];
    }
    const edges = ways.map((d, i) => {
      const [source, target] = [Math.floor(i / count), i % count];
      const title = svgElement("title");
      const piece = svgElement("path", { class: "edges", d }, title);
      const [row, column] = sources === 1 ? [target, source] : [source, target];
      return { plain, row, column, piece, title };
    });
    bundle.replaceWith(...edges.map((edge) => edge.piece));
    return edges;
  }
}

const LARGEST = 1.4; // how much larger than life a drawing may become
const SMALL = 10; // a radius of units that have their number beside them
const WIDE = 5.4; // a character of a number
const BOXES = ".parameter, .target, .loss";
const ROOM = 52; // what three numbers take on either side of a box

/** Whether a box stands for a quantity that has its numbers nowhere else in the drawing. */
function isBox(shape) {
  return shape.closest(`${BOXES}, .operation, .grid`)?.matches(BOXES) ?? false;
}

/** Whether units bear the name of a quantity: others only stand on the way to it. */
function isNamed(plain, shape) {
  const names = shape.closest(".layer")?.querySelectorAll(".name") ?? [];
  return [...names].some((name) => name.parentElement.dataset.quantity === plain);
}

/** What is drawn for the units of a quantity, discs or halves of discs, with room for a number. */
function unitsOf(plain, shape) {
  const halves = shape.localName === "path" ? shape.getAttribute("d").split(/(?<=Z)/) : [];
  const side = shape.classList.contains("before") ? -1 : shape.classList.contains("after") ? 1 : 0;
  const pieces = halves.length
    ? halves.map((d) => svgElement("path", { class: shape.getAttribute("class"), d }))
    : [shape];
  if (halves.length) {
    shape.replaceWith(...pieces);
  }
  return pieces.map((piece) => {
    const label = svgElement("text", { class: "in-unit", ...labelled(piece, side) });
    const title = svgElement("title");
    piece.append(title);
    (piece.closest("g.layer") ?? piece.parentElement).append(label);
    return { plain, piece, label, title };
  });
}

/** Where the number of a unit stands: in a disc or beside a small one; below or in half of one. */
function labelled(piece, side) {
  if (side === 0) {
    const [x, y, radius] = ["cx", "cy", "r"].map((key) => Number(piece.getAttribute(key)));
    const beside =
      radius < SMALL
        ? { x: x + radius + 2, "text-anchor": "start" }
        : { x, "text-anchor": "middle" };
    return { ...beside, y: y + 3.5 };
  }
  const [x1, y1, radius, , , , , x2, y2] = piece
    .getAttribute("d")
    .match(/-?[\d.]+/g)
    .map(Number);
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
  if (y1 === y2) {
    return {
      x,
      y: y + 3 + side * radius * 0.45,
      "text-anchor": "middle",
      class: "in-unit in-half",
    };
  }
  const anchor = side < 0 ? "end" : "start";
  if (radius < SMALL) {
    return { x: x + side * (radius + 2), y: y + 3.5, "text-anchor": anchor };
  }
  return { x: x + 2 * side, y: y + radius + 9.5, "text-anchor": anchor };
}

/** A box, with room for its numbers below it, or inside at the bottom of that for the loss. */
function boxOf(plain, shape) {
  const [x, y, width, height] = ["x", "y", "width", "height"].map((key) =>
    Number(shape.getAttribute(key)),
  );
  const [left, top] = offset(shape);
  const middle = left + x + width / 2;
  const wide = shape.ownerSVGElement.viewBox.baseVal.width;
  const isLoss = shape.closest(BOXES).matches(".loss");
  let place = { x: x + width / 2, "text-anchor": "middle" };
  if (!isLoss && middle < ROOM) {
    place = { x, "text-anchor": "start" };
  } else if (!isLoss && middle > wide - ROOM) {
    place = { x: x + width, "text-anchor": "end" };
  }
  const line = y + height + (isLoss ? -4 : 11);
  const label = svgElement("text", { class: "in-unit", ...place, y: line });
  const title = svgElement("title");
  shape.append(title);
  shape.parentElement.parentElement.append(label);
  return { plain, label, title, at: [middle, top + line] };
}

/** How far right and down an element stands, by the groups that it is in. */
function offset(element) {
  const group = element.parentElement?.closest("[transform]");
  if (!group) {
    return [0, 0];
  }
  const own = group
    .getAttribute("transform")
    .match(/-?[\d.]+/g)
    .map(Number);
  const outer = offset(group);
  return [own[0] + outer[0], own[1] + outer[1]];
}

/** How wide the numbers of a box may be, with other boxes beside it. */
function roomOf(box, boxes) {
  const beside = boxes.filter((other) => other !== box && Math.abs(other.at[1] - box.at[1]) < 12);
  return Math.min(2 * ROOM, ...beside.map((other) => Math.abs(other.at[0] - box.at[0])));
}

/** Sign and size of a number, for the style sheet. */
function mark(element, value, largest) {
  const size =
    value === undefined || Number.isNaN(value) ? 0 : Math.min(1, Math.abs(value) / largest);
  element.classList.toggle("positive", value > 0);
  element.classList.toggle("negative", value < 0);
  element.style.setProperty("--size", size.toFixed(3));
}
