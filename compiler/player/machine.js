"use strict";
/*
A run of a transition table, whose configurations can be visited in any order.

Configuration n is the one after n transitions. Those between two checkpoints are computed again
when they are needed, so that the memory does not grow with the length of the run. Nothing in this
file touches the page.
*/

const ACCEPT = -1;
const MAX_CHECKPOINTS = 256;
const MAX_CHECKPOINT_BYTES = 1 << 26;
const TRANSITIONS_PER_CHECKPOINT = 1024;
const NO_CASE = -1;

class Machine {
  /**
   * @param {object} data `tapes` ({size, input}), `trees`, `rows` and `actions`, as the Python
   *   module `compiler.player.data` writes them, and `transitions`, at which the run ends.
   */
  constructor(data) {
    this.limit = data.transitions;
    this.rows = data.rows;
    this.actions = data.actions;
    this._sizes = data.tapes.map((tape) => tape.size);
    this._compile(data.trees);
    this.time = 0;
    this.state = 0;
    this.cells = data.tapes.map((tape) => Uint8Array.from(tape.input.length ? tape.input : [0]));
    this.heads = data.tapes.map(() => 0); // indices into `cells`
    this.origins = data.tapes.map(() => 0); // the number of the cell at index 0
    this._interval = TRANSITIONS_PER_CHECKPOINT;
    this._bytes = 0;
    this._checkpoints = [];
    this._remember();
  }

  /** Whether the machine has halted, or has made all transitions of its run. */
  get ended() {
    return this.state < 0 || this.time >= this.limit;
  }

  /** Return the symbol of any cell of a tape. */
  symbol(tape, cell) {
    const index = cell - this.origins[tape];
    return index >= 0 && index < this.cells[tape].length ? this.cells[tape][index] : 0;
  }

  /** Return the number of the cell under the head of a tape. */
  head(tape) {
    return this.heads[tape] + this.origins[tape];
  }

  /** Return the index of the row that applies now, or null if none does. */
  row() {
    if (this.ended) return null;
    let node = this._roots[this.state];
    while (node >= 0) {
      const tape = this._nodes[node];
      node = this._nodes[node + 1 + this.cells[tape][this.heads[tape]]];
    }
    const leaf = leafOf(node);
    return node === NO_CASE || leaf < 0 ? null : leaf;
  }

  /**
   * Make transitions until the run ends, the configuration is number `target`, or `stop` returns
   * true after a transition.
   * @returns {boolean} Whether `stop` returned true.
   */
  advance(target, stop = null) {
    const end = Math.min(target, this.limit);
    while (this.time < end && this.state >= 0) {
      const row = this.row();
      if (row === null) return false;
      this._apply(this.actions[this.rows[row][2]]);
      if (this.time % this._interval === 0) this._remember();
      if (stop !== null && stop(this)) return true;
    }
    return false;
  }

  /** Go back to the latest checkpoint at or before a configuration; return its number. */
  rewind(time) {
    let index = this._checkpoints.length - 1;
    while (this._checkpoints[index].time > time) index -= 1;
    const checkpoint = this._checkpoints[index];
    this.time = checkpoint.time;
    this.state = checkpoint.state;
    this.cells = checkpoint.cells.map((cells) => cells.slice());
    this.heads = checkpoint.heads.slice();
    this.origins = checkpoint.origins.slice();
    return this.time;
  }

  /** Return the number of the checkpoint from which a configuration is reached soonest. */
  nearest(time) {
    let index = this._checkpoints.length - 1;
    while (this._checkpoints[index].time > time) index -= 1;
    const checkpoint = this._checkpoints[index].time;
    return this.time <= time && this.time >= checkpoint ? this.time : checkpoint;
  }

  _apply([next, writes, moves]) {
    for (const [tape, symbol] of writes) this.cells[tape][this.heads[tape]] = symbol;
    for (const [tape, move] of moves) {
      this.heads[tape] += move;
      if (this.heads[tape] < 0 || this.heads[tape] >= this.cells[tape].length) this._grow(tape);
    }
    this.time += 1;
    this.state = next;
  }

  /** Add blank cells on both sides of a tape. */
  _grow(tape) {
    const old = this.cells[tape];
    const before = old.length + 15;
    this.cells[tape] = new Uint8Array(old.length + 2 * before);
    this.cells[tape].set(old, before);
    this.heads[tape] += before;
    this.origins[tape] -= before;
  }

  /** Store the present configuration, and every other one only if there are too many. */
  _remember() {
    const last = this._checkpoints[this._checkpoints.length - 1];
    if (last && last.time >= this.time) return;
    this._checkpoints.push({
      time: this.time,
      state: this.state,
      cells: this.cells.map((cells) => cells.slice()),
      heads: this.heads.slice(),
      origins: this.origins.slice(),
    });
    this._bytes += sizeOf(this.cells);
    const isFull = () =>
      this._checkpoints.length > MAX_CHECKPOINTS || this._bytes > MAX_CHECKPOINT_BYTES;
    while (isFull() && this._checkpoints.length > 2) {
      this._interval *= 2;
      this._checkpoints = this._checkpoints.filter(({ time }) => time % this._interval === 0);
      this._bytes = this._checkpoints.reduce((sum, { cells }) => sum + sizeOf(cells), 0);
    }
  }

  /**
   * Write the decision trees into one array: a node is its tape, then for each symbol the next
   * node, a leaf below −1, or `NO_CASE`.
   */
  _compile(trees) {
    const nodes = [];
    const add = (tree) => {
      if (typeof tree === "number") return nodeOf(tree);
      const [tape, cases] = tree;
      const node = nodes.length;
      nodes.push(tape);
      for (let symbol = 0; symbol < this._sizes[tape]; symbol += 1) nodes.push(NO_CASE);
      for (const [symbols, subtree] of cases) {
        const next = add(subtree);
        for (const symbol of symbols) nodes[node + 1 + symbol] = next;
      }
      return node;
    };
    this._roots = trees.map(add);
    this._nodes = Int32Array.from(nodes);
  }
}

/** Return the node of a leaf: a row, or −1 for a situation without a transition. */
function nodeOf(leaf) {
  return -3 - leaf;
}

function leafOf(node) {
  return -3 - node;
}

function sizeOf(tapes) {
  return tapes.reduce((sum, cells) => sum + cells.length, 0);
}
