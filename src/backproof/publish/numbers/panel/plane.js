/**
 * What a network predicts over the plane of its two inputs, with the points of the sample in it,
 * which can be taken and moved.
 *
 * Every point of the grid goes through the very function that the page trains with.
 */
class Plane {
  /** `chosen(sample)` is called when a point is taken; `describe` tells what the picture shows. */
  constructor(numbers, chosen, describe) {
    this.numbers = numbers;
    this.chosen = chosen;
    this.describe = describe;
    this.sample = 0;
    this.entry = 0; // which entry of the prediction is shown
    this.canvas = node("canvas", { role: "img" });
    this.cells = node("canvas", { width: CELLS, height: CELLS });
    this.canvas.addEventListener("pointerdown", (event) => this.take(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.canvas.addEventListener(end, () => this.leave());
    }
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.canvas);
    const recolour = () => {
      this.colours = undefined;
      this.draw();
    };
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.onchange = recolour;
    this.themed = new MutationObserver(recolour);
    this.themed.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  /** Nothing is drawn any more. */
  end() {
    this.resized.disconnect();
    this.themed.disconnect();
    this.dark.onchange = null;
  }

  /** For each sample the entries of a quantity. */
  each(plain) {
    const rows = this.numbers.value(plain);
    const axis = this.numbers.sample.axes[plain];
    return axis === undefined ? [rows.flat()] : axis === 1 ? transposed(rows) : rows;
  }

  get points() {
    return this.each(this.numbers.sample.surface.input);
  }

  draw() {
    const size = this.canvas.clientWidth;
    const scale = window.devicePixelRatio || 1;
    if (size === 0) {
      return;
    }
    if (this.canvas.width !== Math.round(size * scale)) {
      this.canvas.width = this.canvas.height = Math.round(size * scale);
    }
    this.colours ??= coloursOf(this.canvas);
    this.frame();
    const pen = this.canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    this.paint(pen, size);
    this.ticks(pen, size);
    this.points.forEach((point, i) => this.point(pen, size, point, i));
    this.canvas.setAttribute("aria-label", this.describe());
  }

  /** The part of the plane that is shown. It grows with the points; while one is moved it stays. */
  frame() {
    if (this.taken === undefined) {
      const all = this.points.flat();
      const room = Math.max(1, Math.max(...all) - Math.min(...all));
      this.low = Math.min(...all) - 0.35 * room;
      this.high = Math.max(...all) + 0.35 * room;
    }
  }

  paint(pen, size) {
    const at = (k) => this.low + ((k + 0.5) / CELLS) * (this.high - this.low);
    const places = Array.from({ length: CELLS }, (_, k) => k);
    const grid = places.flatMap((j) => places.map((i) => [at(i), at(CELLS - 1 - j)]));
    const found = this.numbers.predicted(grid);
    const reading = this.reading(found);
    this.cells.getContext("2d").putImageData(shaded(found, reading, this.colours), 0, 0);
    pen.drawImage(this.cells, 0, 0, size, size);
    pen.strokeStyle = css(this.colours.ink);
    pen.lineWidth = 2;
    pen.lineCap = "round";
    for (const field of borders(found, reading)) {
      zeroLine(pen, field, size);
    }
  }

  /** How the prediction is read: for a value, which ones the two colours stand for. */
  reading(found) {
    const { kind, level } = this.numbers.sample.surface;
    const entry = Math.min(this.entry, found.length - 1);
    const given = this.points.map((_, sample) => this.targetOf(sample));
    const all = [...given, ...found[entry]].filter(Number.isFinite);
    const [least, most] = [Math.min(...all), Math.max(...all)];
    if (kind === "value") {
      this.range = [least, most];
      return { kind, entry, middle: (least + most) / 2, span: (most - least) / 2 || 1 };
    }
    return { kind, entry, middle: level, span: level || Math.max(1, most, -least) };
  }

  /** A place of the plane on the canvas, and back. */
  there([x, y], size) {
    const scale = size / (this.high - this.low);
    return [(x - this.low) * scale, (this.high - y) * scale];
  }

  /** Where on the screen the point of a sample lies. */
  where(sample) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = this.there(this.points[sample], box.width);
    return [box.left + x, box.top + y];
  }

  back(event) {
    const box = this.canvas.getBoundingClientRect();
    const scale = (this.high - this.low) / box.width;
    return [
      this.low + (event.clientX - box.left) * scale,
      this.high - (event.clientY - box.top) * scale,
    ];
  }

  ticks(pen, size) {
    const wide = this.high - this.low;
    const step = [0.5, 1, 2, 5, 10, 50, 100].find((s) => wide / s < 8) ?? wide / 4;
    pen.font = "11px system-ui, sans-serif";
    pen.fillStyle = css(this.colours.ink);
    for (let k = Math.ceil(this.low / step); k * step <= this.high; k++) {
      const [x, y] = this.there([k * step, k * step], size);
      pen.textAlign = "center";
      pen.fillText(shown(k * step, 3), x, size - 5);
      pen.textAlign = "left";
      if (y < size - 20) {
        pen.fillText(shown(k * step, 3), 4, y + 4);
      }
    }
  }

  /** A point with its number: a disc for one class, a square or a triangle for others. */
  point(pen, size, place, sample) {
    const [x, y] = this.there(place, size);
    const radius = sample === this.sample ? 9 : 7;
    pen.beginPath();
    outline(pen, this.shape(sample), x, y, radius);
    pen.fillStyle = css(this.colours.classes[this.shape(sample) % this.colours.classes.length]);
    pen.fill();
    pen.lineWidth = sample === this.sample ? 3 : 1.5;
    pen.strokeStyle = css(this.colours.ink);
    pen.stroke();
    pen.textAlign = "left";
    pen.font = "bold 12px system-ui, sans-serif";
    pen.lineWidth = 3;
    pen.strokeStyle = css(this.colours.paper);
    pen.strokeText(String(sample + 1), x + 11, y - 6);
    pen.fillStyle = css(this.colours.ink);
    pen.fillText(String(sample + 1), x + 11, y - 6);
  }

  /** The class of a sample: 0 for the first. */
  shape(sample) {
    const { kind, target, level } = this.numbers.sample.surface;
    if (kind === "classes") {
      const entries = this.each(target)[sample];
      return entries.indexOf(Math.max(...entries));
    }
    const middle = kind === "value" ? (this.range[0] + this.range[1]) / 2 : level;
    return Number(this.targetOf(sample) > middle);
  }

  /** The target of a sample, of the entry that is shown. */
  targetOf(sample) {
    const entries = this.each(this.numbers.sample.surface.target)[sample];
    return entries[Math.min(this.entry, entries.length - 1)];
  }

  take(event) {
    const size = this.canvas.clientWidth;
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const far = this.points.map((p) =>
      Math.hypot(...this.there(p, size).map((c, i) => c - [x, y][i])),
    );
    const nearest = far.indexOf(Math.min(...far));
    if (far[nearest] < 24) {
      this.taken = nearest;
      this.canvas.setPointerCapture(event.pointerId);
      this.chosen(nearest);
      event.preventDefault();
    }
  }

  move(event) {
    if (this.taken === undefined) {
      return;
    }
    const { input } = this.numbers.sample.surface;
    const axis = this.numbers.sample.axes[input];
    const place = this.back(event).map((x) => Math.min(this.high, Math.max(this.low, x)));
    place.forEach((x, feature) => {
      const column = axis === undefined && this.numbers.value(input).length === 2;
      const [row, at] = axis === 1 || column ? [feature, this.taken] : [this.taken, feature];
      this.numbers.set(input, row, at, Math.round(20 * x) / 20);
    });
  }

  leave() {
    this.taken = undefined;
    this.draw();
  }
}

function outline(pen, shape, x, y, radius) {
  if (shape % 4 === 0) {
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    return;
  }
  const corners = shape % 4 === 1 ? 4 : shape % 4 === 2 ? 3 : 6;
  for (let c = 0; c < corners; c++) {
    const angle = (2 * Math.PI * (c + (corners === 4 ? 0.5 : 0))) / corners - Math.PI / 2;
    pen[c ? "lineTo" : "moveTo"](
      x + 1.2 * radius * Math.cos(angle),
      y + 1.2 * radius * Math.sin(angle),
    );
  }
  pen.closePath();
}
