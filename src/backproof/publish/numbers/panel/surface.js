/**
 * What a network predicts over the plane of its two inputs, with the points of the sample in it.
 *
 * Every point of the grid goes through the very function that the page trains with.
 */
class Surface {
    constructor(numbers, names, words) {
        this.numbers = numbers;
        this.names = names;
        this.words = words;
        this.entry = 0; // which entry of the prediction is shown
        this.canvas = node("canvas", { class: "numbers-plane", role: "img", tabindex: "-1" });
        this.small = document.createElement("canvas");
        this.small.width = this.small.height = CELLS;
        this.bounds = null;
        this.colours = null;
        this.dragged = null;
        this.chosen = 0;
        this.onchoose = () => {};
        this.canvas.addEventListener("pointerdown", (event) => this.grab(event));
        this.canvas.addEventListener("pointermove", (event) => this.drag(event));
        this.canvas.addEventListener("pointerup", () => (this.dragged = null));
        this.canvas.addEventListener("pointercancel", () => (this.dragged = null));
        recoloured(() => {
            this.colours = null;
            this.draw();
        });
        new ResizeObserver(() => this.draw()).observe(this.canvas);
    }

    /** The points of the sample, as pairs. */
    get points() {
        const { input, axes } = this.numbers.sample.surface;
        const rows = this.numbers.value(input);
        if (axes[input] === null) {
            return [rows.flat()];
        }
        return axes[input] === 1 ? transposed(rows) : rows;
    }

    /** For each point of the sample the entries of its target. */
    get targets() {
        const { target, axes } = this.numbers.sample.surface;
        const rows = this.numbers.value(target);
        if (axes[target] === null || axes[target] === undefined) {
            return [rows.flat()];
        }
        return axes[target] === 1 ? transposed(rows) : rows;
    }

    /** The part of the plane that is shown: it grows with the points, and stays when they come back. */
    framed() {
        const xs = this.points.flat();
        const [low, high] = [Math.min(...xs), Math.max(...xs)];
        const room = Math.max(1, high - low);
        const wanted = [Math.floor(low - room * 0.3), Math.ceil(high + room * 0.3)];
        const old = this.bounds ?? wanted;
        this.bounds = [Math.min(old[0], wanted[0]), Math.max(old[1], wanted[1])];
        return this.bounds;
    }

    draw() {
        const width = this.canvas.clientWidth;
        if (width === 0) {
            return;
        }
        const scale = window.devicePixelRatio || 1;
        if (this.canvas.width !== Math.round(width * scale)) {
            this.canvas.width = this.canvas.height = Math.round(width * scale);
        }
        this.colours ??= coloursOf(this.canvas);
        const pen = this.canvas.getContext("2d");
        pen.setTransform(1, 0, 0, 1, 0, 0);
        this.paint(pen);
        pen.setTransform(scale, 0, 0, scale, 0, 0);
        this.axes(pen, width);
        this.points.forEach((point, i) => this.point(pen, width, point, i));
    }

    /** The prediction, as a colour for each cell of the grid, and the border of what is decided. */
    paint(pen) {
        const [low, high] = this.dragged === null ? this.framed() : this.bounds;
        const at = (k) => low + ((k + 0.5) / CELLS) * (high - low);
        const grid = [];
        for (let j = 0; j < CELLS; j++) {
            for (let i = 0; i < CELLS; i++) {
                grid.push([at(i), at(CELLS - 1 - j)]);
            }
        }
        const found = this.numbers.predicted(grid);
        const { kind, level } = this.numbers.sample.surface;
        const shade = kind === "classes" ? this.byClass(found) : this.byValue(found, kind, level);
        const image = new ImageData(CELLS, CELLS);
        const side = new Array(grid.length);
        for (let k = 0; k < grid.length; k++) {
            const { colour, region } = shade(k);
            image.data.set([...colour, 255], 4 * k);
            side[k] = region;
        }
        this.small.getContext("2d").putImageData(image, 0, 0);
        pen.imageSmoothingEnabled = true;
        pen.drawImage(this.small, 0, 0, pen.canvas.width, pen.canvas.height);
        this.border(pen, side);
    }

    byClass(found) {
        const { paper, classes } = this.colours;
        return (k) => {
            const values = found.map((row) => row[k]);
            const best = values.indexOf(Math.max(...values));
            const sure = best === -1 ? 0 : 0.25 + 0.45 * Math.min(1, Math.max(0, values[best]));
            return { colour: mixed(paper, classes[Math.max(0, best) % classes.length], sure), region: best };
        };
    }

    byValue(found, kind, level) {
        const { paper, low, high } = this.colours;
        const values = found[Math.min(this.entry, found.length - 1)];
        const finite = values.filter(Number.isFinite);
        let [middle, span] = [level, level || 1];
        if (kind === "value") {
            const targets = this.targets.map((t) => t[Math.min(this.entry, t.length - 1)]);
            const all = [...targets, Math.min(...finite), Math.max(...finite)].filter(Number.isFinite);
            middle = (Math.min(...all) + Math.max(...all)) / 2;
            span = Math.max(1e-9, Math.max(...all) - middle);
        }
        this.range = [middle - span, middle + span];
        return (k) => {
            const share = Math.max(-1, Math.min(1, (values[k] - middle) / span)) || 0;
            const colour = mixed(paper, share < 0 ? low : high, 0.08 + 0.62 * Math.abs(share));
            return { colour, region: kind === "value" ? 0 : values[k] > level };
        };
    }

    /** A line wherever neighbours in the grid are decided differently. */
    border(pen, side) {
        const step = pen.canvas.width / CELLS;
        pen.strokeStyle = css(this.colours.ink);
        pen.lineWidth = Math.max(1.5, step / 3);
        pen.lineCap = "round";
        pen.beginPath();
        for (let j = 0; j < CELLS; j++) {
            for (let i = 0; i < CELLS; i++) {
                const k = j * CELLS + i;
                if (i + 1 < CELLS && side[k] !== side[k + 1]) {
                    pen.moveTo((i + 1) * step, j * step);
                    pen.lineTo((i + 1) * step, (j + 1) * step);
                }
                if (j + 1 < CELLS && side[k] !== side[k + CELLS]) {
                    pen.moveTo(i * step, (j + 1) * step);
                    pen.lineTo((i + 1) * step, (j + 1) * step);
                }
            }
        }
        pen.stroke();
    }
}

const CELLS = 48;
