/**
 * The colours of a prediction over a grid of the plane, and the lines along which it is decided.
 */
const CELLS = 56;

/** A picture of a prediction: `found` holds, by entry, a value for every point of the grid. */
function shaded(found, reading, colours) {
  const shade =
    reading.kind === "classes" ? byClass(found, colours) : byValue(found, reading, colours);
  const image = new ImageData(CELLS, CELLS);
  for (let k = 0; k < CELLS * CELLS; k++) {
    image.data.set([...shade(k), 255], 4 * k);
  }
  return image;
}

/** The colour of the class with the largest entry, stronger where it is larger. */
function byClass(found, { paper, classes }) {
  return (k) => {
    const values = found.map((row) => row[k]);
    const best = values.indexOf(Math.max(...values));
    return best === -1
      ? paper
      : mixed(paper, classes[best % classes.length], 0.1 + 0.6 * Math.min(1, values[best]));
  };
}

/** Two colours on the two sides of a value, stronger farther from it. */
function byValue(found, { middle, span, entry }, { paper, low, high }) {
  const values = found[entry];
  return (k) => {
    const share = Math.max(-1, Math.min(1, (values[k] - middle) / span)) || 0;
    return mixed(paper, share < 0 ? low : high, 0.06 + 0.64 * Math.abs(share));
  };
}

function mixed(one, other, share) {
  return one.map((c, i) => Math.round(c + share * (other[i] - c)));
}

/** The fields of numbers whose zero lines are the borders of what is decided. */
function borders(found, { kind, middle, entry }) {
  if (kind === "value") {
    return [];
  }
  if (kind === "sides") {
    return [found[entry].map((x) => x - middle)];
  }
  return found.map((row, c) =>
    row.map((x, k) => x - Math.max(...found.map((other, d) => (d === c ? -Infinity : other[k])))),
  );
}

/** Draw the zero line of a field over a square: marching squares, each crossing interpolated. */
function zeroLine(pen, field, size) {
  const step = size / CELLS;
  const at = (i, j) => [(i + 0.5) * step, (j + 0.5) * step];
  pen.beginPath();
  for (let j = 0; j + 1 < CELLS; j++) {
    for (let i = 0; i + 1 < CELLS; i++) {
      const corners = [
        [i, j],
        [i + 1, j],
        [i + 1, j + 1],
        [i, j + 1],
      ];
      const values = corners.map(([x, y]) => field[y * CELLS + x]);
      const crossings = [];
      for (let c = 0; c < 4; c++) {
        const [a, b] = [values[c], values[(c + 1) % 4]];
        if (a > 0 !== b > 0) {
          const share = a / (a - b);
          const [from, to] = [at(...corners[c]), at(...corners[(c + 1) % 4])];
          crossings.push(from.map((x, axis) => x + share * (to[axis] - x)));
        }
      }
      for (let c = 0; c + 1 < crossings.length; c += 2) {
        pen.moveTo(...crossings[c]);
        pen.lineTo(...crossings[c + 1]);
      }
    }
  }
  pen.stroke();
}

/** The colours of the page as they are now, as [red, green, blue]. */
function coloursOf(element) {
  const probe = node("span", { hidden: "" });
  element.after(probe);
  const read = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe)
      .color.match(/[\d.]+/g)
      .slice(0, 3)
      .map(Number);
  };
  const classes = ["--numbers-low", "--numbers-high", "--numbers-third", "--numbers-fourth"].map(
    read,
  );
  const colours = {
    paper: read("--numbers-paper"),
    ink: read("--numbers-ink"),
    classes,
    low: classes[0],
    high: classes[1],
  };
  probe.remove();
  return colours;
}

function css(colour) {
  return `rgb(${colour.join(" ")})`;
}
