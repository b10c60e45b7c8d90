"use strict";
// What a student has done so far, kept in the browser where it lets us, else only while the page is
// open. `id` tells quizzes apart.

class Progress {
  constructor(id, count) {
    this.key = `backproof quiz ${id}`;
    this.count = count;
    this.items = this.#empty();
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      if (Array.isArray(kept) && kept.length === count && kept.every((x) => x && typeof x.typed === "string")) {
        this.items = kept;
      }
    } catch {
      // private mode, a full disk, something else's data: begin anew
    }
  }

  #empty() {
    return Array.from({ length: this.count }, () => ({ typed: "", hints: 0, solved: false, shown: false }));
  }

  change(i, what) {
    Object.assign(this.items[i], what);
    this.#keep();
  }

  clear() {
    this.items = this.#empty();
    this.#keep();
  }

  #keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.items));
    } catch {
      // as above
    }
  }

  get right() {
    return this.items.filter((x) => x.solved).length;
  }

  // Solved without a hint.
  get alone() {
    return this.items.filter((x) => x.solved && !x.hints).length;
  }

  get done() {
    return this.items.every((x) => x.solved || x.shown);
  }
}
