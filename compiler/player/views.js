"use strict";
/*
The panels of the page. Each has a `show(machine)` that draws the present configuration. Texts go
into the page as text nodes only, never as markup.
*/

const CELL_WIDTH = 23; // pixels
const CELLS_BESIDE_HEAD = 2;
const MAX_PIECES = 400;
const MAX_RULES = 60;
const BLANK = "_"; // a tape that has the symbol _ shows it as '_'
const SPACE = "\u2423";

function byId(id) {
  return document.getElementById(id);
}

/** Return a new element with a class and a text. */
function element(tag, className = "", text = "") {
  const created = document.createElement(tag);
  if (className) created.className = className;
  if (text) created.textContent = text;
  return created;
}

/** Scroll a box, and not the page, until a line in it is visible. */
function scrollTo(box, line) {
  const offset = line.getBoundingClientRect().top - box.getBoundingClientRect().top;
  if (offset < 0 || offset + line.offsetHeight > box.clientHeight) {
    box.scrollTop += offset - box.clientHeight / 3;
  }
}

class TapesView {
  constructor(tapes) {
    this._tapes = tapes;
    this._first = tapes.map(() => null); // the number of the first cell shown
    this._rows = tapes.map((tape) => {
      const row = element("div", "tape");
      const name = element("div", "name", tape.name + " ");
      const position = element("small");
      name.append(position);
      const cells = element("div", "cells");
      cells.setAttribute("role", "img");
      row.append(name, cells);
      byId("tapes").append(row);
      return { position, cells };
    });
  }

  show(machine) {
    const width = this._rows[0].cells.clientWidth;
    const count = Math.max(8, Math.floor(width / CELL_WIDTH));
    this._rows.forEach((row, tape) => this._showTape(machine, row, tape, count));
  }

  _showTape(machine, { position, cells }, tape, count) {
    const head = machine.head(tape);
    let first = this._first[tape] ?? Math.min(0, head - CELLS_BESIDE_HEAD) - 1;
    const last = first + count - 1;
    if (head < first + CELLS_BESIDE_HEAD || head > last - CELLS_BESIDE_HEAD) {
      first = head - Math.floor(count / 3);
    }
    this._first[tape] = first;
    while (cells.children.length < count) cells.append(element("span", "cell"));
    while (cells.children.length > count) cells.lastChild.remove();
    const { symbols } = this._tapes[tape];
    for (let index = 0; index < count; index += 1) {
      const shown = symbols[machine.symbol(tape, first + index)];
      const cell = cells.children[index];
      const className =
        "cell" +
        (shown === BLANK ? " blank" : shown === SPACE ? " space" : "") +
        (shown.length > 1 ? " long" : "") +
        (first + index === 0 ? " zero" : "") +
        (first + index === head ? " head" : "");
      if (cell.textContent !== shown) cell.textContent = shown;
      if (cell.className !== className) cell.className = className;
    }
    const where = "cell " + head.toLocaleString("en");
    if (position.textContent !== where) position.textContent = where;
    const under = symbols[machine.symbol(tape, head)];
    const nearby = [];
    for (let cell = head - 8; cell <= head + 8; cell += 1) {
      const shown = symbols[machine.symbol(tape, cell)];
      nearby.push(cell === head ? `[${shown}]` : shown);
    }
    const label = `tape ${this._tapes[tape].name}, head on ${where}, symbol ` +
      `${under === BLANK ? "blank" : under}, around it ${nearby.join(" ")}`;
    cells.setAttribute("aria-label", label);
  }
}

class RulesView {
  constructor(data) {
    this._data = data;
    this._rows = data.states.map(() => []);
    data.trees.forEach((tree, state) => this._collect(tree, this._rows[state]));
    this._key = "";
  }

  _collect(tree, rows) {
    if (typeof tree === "number") {
      if (tree >= 0) rows.push(tree);
    } else {
      for (const [, subtree] of tree[1]) this._collect(subtree, rows);
    }
  }

  show(machine) {
    const current = machine.row();
    const key = machine.state + " " + current;
    if (key === this._key) return;
    this._key = key;
    const body = byId("rules");
    const all = machine.state < 0 ? [] : this._rows[machine.state];
    const start = Math.max(0, all.indexOf(current) - MAX_RULES / 2);
    const shown = all.slice(start, start + MAX_RULES);
    body.replaceChildren(...shown.map((row) => this._row(row, row === current)));
    if (!all.length) {
      const line = element("tr");
      line.append(element("td", "dim", "The machine has halted."));
      line.firstChild.colSpan = 3;
      body.append(line);
    }
    const here = body.querySelector(".here");
    if (here) scrollTo(body.closest(".wide"), here);
  }

  _row(index, isCurrent) {
    const [reads, effect, action] = this._data.rows[index];
    const next = this._data.actions[action][0];
    const line = element("tr", isCurrent ? "here" : "");
    if (isCurrent) line.setAttribute("aria-current", "true");
    const name = next < 0 ? this._data.halts[-1 - next] : this._data.states[next][0];
    line.append(...[reads, effect || "nothing", name].map((text) => element("td", "", text)));
    return line;
  }
}

class SourceView {
  constructor(data) {
    this._data = data;
    this._file = null;
    byId("source-section").hidden = data.sources.every(({ lines }) => !lines.length);
  }

  show(machine) {
    if (machine.state < 0) return;
    const [, file, line] = this._data.states[machine.state];
    const { name, lines } = this._data.sources[file];
    const box = byId("source");
    if (this._file !== file) {
      this._file = file;
      box.replaceChildren(...lines.map((text, index) => {
        const row = element("div");
        row.append(element("span", "number", String(index + 1)), text);
        return row;
      }));
    }
    byId("source-title").textContent = lines.length ? `Source: ${name}, line ${line}` : "Source";
    const row = box.children[line - 1];
    const old = box.querySelector(".here");
    if (!row || old === row) return;
    if (old) {
      old.classList.remove("here");
      old.removeAttribute("aria-current");
    }
    row.classList.add("here");
    row.setAttribute("aria-current", "true");
    scrollTo(box, row);
  }
}

class TextView {
  /**
   * @param {object} data The data of the page; `comparison` is null without a model's output.
   * @param {function} visit Called with the number of a span that was selected.
   */
  constructor(data, visit) {
    this._spans = data.spans;
    this._pieces = data.pieces;
    this._comparison = data.comparison;
    this._lines = data.comparison
      ? data.comparison.rows
      : data.pieces.map((_, piece) => [piece, null]);
    this._start = -1;
    this._shown = new Map(); // elements of the spans shown, by their numbers
    byId("text-section").hidden = !this._lines.length;
    byId("text").addEventListener("click", (event) => {
      const span = event.target.closest(".span");
      if (span) visit(Number(span.dataset.span));
    });
    byId("earlier").addEventListener("click", () => this._draw(this._start - MAX_PIECES));
    byId("later").addEventListener("click", () => this._draw(this._start + MAX_PIECES));
  }

  /** Return the number of the first span that the transition `time`, or a later one, writes. */
  spanAt(time) {
    let low = 0;
    let high = this._spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this._spans[middle][3] < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  show(machine) {
    if (!this._lines.length) return;
    const first = this.spanAt(machine.time);
    const last = this.spanAt(machine.time + 1) - 1; // the last span of the next transition
    const line = this._lineOf(Math.min(Math.max(first, last), this._spans.length - 1));
    if (this._start < 0 || line < this._start || line >= this._start + MAX_PIECES) {
      this._draw(Math.max(0, line - MAX_PIECES / 4));
    }
    this._mark(first, machine.ended ? Infinity : machine.time);
    const box = byId("text");
    const here = box.children[line - this._start + (this._comparison ? 1 : 0)];
    const old = box.querySelector(".here");
    if (old !== here) {
      if (old) old.classList.remove("here");
      here.classList.add("here");
      scrollTo(box, here);
    }
  }

  _mark(first, time) {
    for (const [index, span] of this._shown) {
      const written = index < first;
      const current = !written && this._spans[index][3] === time;
      span.classList.toggle("unwritten", !written && !current && time !== Infinity);
      span.classList.toggle("current", current);
    }
  }

  /** Return the line that holds a span. */
  _lineOf(span) {
    let low = 0;
    let high = this._pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this._pieces[middle][1] <= span) low = middle;
      else high = middle - 1;
    }
    return this._comparison ? this._lines.findIndex(([piece]) => piece === low) : low;
  }

  _draw(start) {
    this._start = Math.max(0, start);
    const end = Math.min(this._lines.length, this._start + MAX_PIECES);
    this._shown.clear();
    const lines = [];
    for (let index = this._start; index < end; index += 1) {
      lines.push(this._line(this._lines[index], index));
    }
    if (this._comparison) lines.unshift(this._heads());
    byId("text").replaceChildren(...lines);
    byId("earlier").hidden = this._start === 0;
    byId("later").hidden = end === this._lines.length;
  }

  _heads() {
    const heads = element("div", "pair heads");
    heads.append(element("div", "", "the machine"), element("div", "", "the model"));
    return heads;
  }

  _line([piece, output], index) {
    const machine = element("div");
    if (piece !== null) {
      const [, first, last] = this._pieces[piece];
      for (let span = first; span < last; span += 1) {
        const [text, role, title] = this._spans[span];
        const part = element("span", "span " + role, text);
        part.dataset.span = span;
        part.title = [role, title].filter(Boolean).join(" · ");
        this._shown.set(span, part);
        machine.append(part);
      }
    }
    if (!this._comparison) return machine;
    const pair = element("div", "pair");
    const { first } = this._comparison;
    const isSame = output !== null && machine.textContent === output;
    const text = output ?? "(nothing)";
    const side = element("div", isSame ? "same" : "different", text);
    if (index === first) {
      pair.classList.add("first");
      pair.setAttribute("aria-label", "First divergence");
    }
    pair.append(machine, side);
    return pair;
  }
}
