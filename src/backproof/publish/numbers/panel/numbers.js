/**
 * A network with numbers in it: a sample, weights, and everything that follows from them.
 *
 * `run(parameters, data)` is the emitted function; `sample` has `parameters` and `data` by plain
 * name (matrices as arrays of rows, a number for what is 1 x 1), `rate`, `trained` (the parameters
 * that a step changes), `axes` (along which side of a quantity the samples lie) and `surface`.
 */
class Numbers {
  constructor(run, sample) {
    this.run = run;
    this.sample = sample;
    this.listeners = new Set();
    this.reset();
  }

  /** A parameter, a datum or a quantity as an array of rows; undefined for an unknown name. */
  value(plain) {
    return rowsOf(this.parameters[plain] ?? this.data[plain] ?? this.result.values[plain]);
  }

  /** The derivative of the loss by a parameter or a quantity; undefined where there is none. */
  gradient(plain) {
    return rowsOf(this.result.gradients[plain] ?? this.result.deltas[plain]);
  }

  get loss() {
    return this.result.loss;
  }

  /** Whether the loss and everything that a step needs are numbers. */
  get finite() {
    const slopes = this.sample.trained.map((plain) => this.gradient(plain));
    return [[[this.loss]], ...slopes].every((m) => m.every((row) => row.every(Number.isFinite)));
  }

  /** Whether all that is shown are numbers, what a step does not need too. */
  get whole() {
    const { values, deltas } = this.result;
    const all = [...Object.values(values), ...Object.values(deltas)];
    return this.finite && all.flat(2).every(Number.isFinite);
  }

  /** How many steps were made since the start. */
  get steps() {
    return this.history.length - 1;
  }

  /** Change an entry of a parameter or of the data; false for what is not a number. */
  set(plain, row, column, number) {
    if (!Number.isFinite(number)) {
      return false;
    }
    const isParameter = plain in this.parameters;
    put(isParameter ? this.parameters : this.data, plain, row, column, number);
    if (isParameter && this.steps === 0) {
      put(this.start, plain, row, column, number);
    }
    this.result = this.run(this.parameters, this.data);
    this.history[this.steps] = this.loss;
    this.changed();
    return true;
  }

  /** Change the learning rate; false for what is no rate. */
  setRate(rate) {
    if (!Number.isFinite(rate) || rate < 0) {
      return false;
    }
    this.rate = rate;
    this.changed();
    return true;
  }

  /** Steps of gradient descent, w - rate * gradient, as long as there are numbers to step with. */
  step(count = 1) {
    for (let i = 0; i < count && this.finite; i++) {
      const moved = { ...this.parameters };
      for (const plain of this.sample.trained) {
        moved[plain] = stepped(this.parameters[plain], this.result.gradients[plain], this.rate);
      }
      this.parameters = moved;
      this.result = this.run(this.parameters, this.data);
      this.history.push(this.loss);
    }
    this.changed();
  }

  /** Back to the first step: what was changed by hand stays. */
  restart() {
    this.parameters = structuredClone(this.start);
    this.result = this.run(this.parameters, this.data);
    this.history = [this.loss];
    this.changed();
  }

  /** Everything as it was in the beginning. */
  reset() {
    this.data = structuredClone(this.sample.data);
    this.rate = this.sample.rate;
    this.start = structuredClone(this.sample.parameters);
    this.restart();
  }

  /** Call a function after every change; the result ends that. */
  onchange(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  changed() {
    for (const listener of this.listeners) {
      listener(this);
    }
  }

  /** The prediction at points of the plane, as a list of numbers for each of its entries. */
  predicted(points) {
    const { input, output } = this.sample.surface;
    const axes = this.sample.axes;
    const axis = axes[input];
    if (axis === undefined) {
      const column = this.data[input].length === 2;
      const found = points.map((point) => {
        const at = column ? point.map((x) => [x]) : [point];
        const { values } = this.run(this.parameters, { ...this.data, [input]: at });
        return rowsOf(values[output]).flat();
      });
      return found[0].map((_, entry) => found.map((values) => values[entry]));
    }
    const data = {};
    for (const [plain, given] of Object.entries(this.data)) {
      const along = axes[plain];
      data[plain] = along === undefined ? given : repeated(given, along, points.length);
    }
    data[input] = axis === 1 ? [0, 1].map((k) => points.map((point) => point[k])) : points;
    const found = rowsOf(this.run(this.parameters, data).values[output]);
    return axes[output] === 1 ? found : transposed(found);
  }
}

function rowsOf(value) {
  return typeof value === "number" ? [[value]] : value;
}

function put(values, plain, row, column, number) {
  if (typeof values[plain] === "number") {
    values[plain] = number;
  } else {
    values[plain][row][column] = number;
  }
}

function stepped(value, gradient, rate) {
  if (typeof value === "number") {
    return value - rate * gradient;
  }
  return value.map((row, i) => row.map((w, j) => w - rate * gradient[i][j]));
}

function transposed(rows) {
  return rows[0].map((_, j) => rows.map((row) => row[j]));
}

/** The first sample of some data, as often as there are points. */
function repeated(rows, axis, count) {
  if (axis === 1) {
    return rows.map((row) => new Array(count).fill(row[0]));
  }
  return new Array(count).fill(rows[0]);
}

const RAISED = { "-": "⁻", ...Object.fromEntries([..."⁰¹²³⁴⁵⁶⁷⁸⁹"].map((c, i) => [i, c])) };

/** A number with a few significant digits: 0.1235, −3, 1.2·10⁻⁷, ∞; a dash for what is none. */
function shown(number, digits = 4) {
  if (Number.isNaN(number)) {
    return "—";
  }
  const size = Math.abs(number);
  const sign = number < 0 ? "−" : "";
  if (size === Infinity) {
    return `${sign}∞`;
  }
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [mantissa, exponent] = size.toExponential(digits - 1).split("e");
    const power = [...String(Number(exponent))].map((c) => RAISED[c]).join("");
    return `${sign}${Number(mantissa)}·10${power}`;
  }
  const text = String(Number(size.toPrecision(digits)));
  return Number(text) === 0 ? "0" : sign + text;
}

/** A number in as little room as a unit of a drawing has: 0.62, −1.5, 12, 0.0034. */
function brief(number) {
  const size = Math.abs(number);
  if (size < 0.095 || size >= 999.5 || Number.isNaN(number) || Number.isInteger(number)) {
    return shown(number, 2);
  }
  const text = size.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
  return number < 0 ? `−${text}` : text;
}

/** The number in what somebody typed: a minus or a comma of any kind; NaN for anything else. */
function typed(text) {
  const plain = text.trim().replace(/[−–]/g, "-").replace(",", ".");
  return plain === "" ? NaN : Number(plain);
}
