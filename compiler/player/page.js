"use strict";
/*
The page: it moves a `Machine` through its run and keeps the panels up to date.

Long ways are made in bursts, between which the page answers; a new command ends the one before.
*/

const BURST_MILLISECONDS = 12;
const TRANSITIONS_PER_LOOK = 4096; // between two looks at the clock

class Player {
  constructor(data) {
    this.data = data;
    this.machine = new Machine(data);
    this.breakpoints = [];
    this.begins = data.pieces.map(([, first]) => data.spans[first][3]);
    this.text = new TextView(data, (span) => this.goTo(this.data.spans[span][3]));
    this.views = [new TapesView(data.tapes), new RulesView(data), new SourceView(data), this.text];
    this._command = 0; // the number of the latest command
    this._timer = null;
  }

  /** Draw the present configuration; tell screen readers about it unless it changes quickly. */
  show(announce = true) {
    for (const view of this.views) view.show(this.machine);
    const line = this._describe();
    byId("now").textContent = line;
    if (announce) byId("announcer").textContent = line;
    byId("slider").value = this.machine.time;
    const atStart = this.machine.time === 0;
    const atEnd = this.machine.time >= this.data.transitions;
    for (const id of ["start", "back", "state-back"]) byId(id).disabled = atStart;
    for (const id of ["end", "step", "state-on", "play"]) byId(id).disabled = atEnd;
    byId("continue").disabled = atEnd || !this.breakpoints.length;
    byId("continue-back").disabled = atStart || !this.breakpoints.length;
  }

  _describe() {
    const { machine, data } = this;
    const count = (number) => number.toLocaleString("en");
    const state = machine.state < 0 ? data.halts[-1 - machine.state] : data.states[machine.state][0];
    const where = `Transition ${count(machine.time)} of ${count(data.transitions)}, state ${state}`;
    if (machine.time >= data.transitions) return `${where}. End: ${data.reason}.`;
    const row = machine.row();
    const [reads, effect] = data.rows[row];
    return `${where}. Next: reads ${reads}; ${effect || "writes and moves nothing"}.`;
  }

  // Commands

  /** Go to a configuration; true if no other command came between. */
  async goTo(time) {
    const command = this._begin();
    const target = Math.max(0, Math.min(time, this.data.transitions));
    if (this.machine.nearest(target) !== this.machine.time) this.machine.rewind(target);
    while (this.machine.time < target) {
      this._burst(target, null);
      if (this.machine.time < target && !(await this._pause(command))) return false;
    }
    this.show();
    return true;
  }

  /** Make transitions until a breakpoint or the end. */
  async runOn() {
    const command = this._begin();
    const stop = this._stop();
    while (!this._burst(this.data.transitions, stop) && this.machine.time < this.data.transitions) {
      if (!(await this._pause(command))) return;
    }
    this.show();
  }

  /** Go back to the latest configuration before the present one that is at a breakpoint. */
  async runBack() {
    const command = this._begin();
    const stop = this._stop();
    let end = this.machine.time;
    while (end > 0) {
      const start = this.machine.rewind(end - 1);
      let latest = stop(this.machine) ? start : 0;
      const remember = (machine) => {
        if (stop(machine)) latest = machine.time;
        return false;
      };
      while (this.machine.time < end - 1) {
        this._burst(end - 1, remember);
        if (this.machine.time < end - 1 && !(await this._pause(command))) return;
      }
      if (latest > 0) {
        await this.goTo(latest);
        return;
      }
      end = start;
    }
    await this.goTo(0);
  }

  /** Go to the beginning of the atomic state before (−1) or after (+1) the present one. */
  goToState(direction) {
    const { time } = this.machine;
    const target = direction > 0
      ? this.begins.find((begin) => begin > time) ?? this.data.transitions
      : this.begins.findLast((begin) => begin < time) ?? 0;
    this.goTo(target);
  }

  /** Go to the span before (−1) or after (+1) those of the present transition. */
  goToSpan(direction) {
    const { time } = this.machine;
    const span = direction > 0 ? this.text.spanAt(time + 1) : this.text.spanAt(time) - 1;
    if (span >= 0 && span < this.data.spans.length) this.goTo(this.data.spans[span][3]);
  }

  /** Go to what the form `jump` names; return what is wrong with it, or nothing. */
  jump(kind, number) {
    if (kind === "transition") {
      if (number > this.data.transitions) return `the run has ${this.data.transitions} transitions`;
      this.goTo(number);
      return "";
    }
    const { pieces, spans } = this.data;
    const span = kind === "span" ? number : pieces.find(([state]) => state === number)?.[1];
    if (span === undefined || span >= spans.length) return `there is no ${kind} ${number}`;
    this.goTo(spans[span][3]);
    return "";
  }

  togglePlay() {
    if (this._timer === null) this._play();
    else this._begin();
  }

  // Movement

  _play() {
    this._begin();
    const stop = this.breakpoints.length ? this._stop() : null;
    let before = performance.now();
    let due = 1;
    const tick = (now) => {
      due += ((now - before) / 1000) * Number(byId("speed").value);
      before = now;
      const stopped = this._burst(this.machine.time + Math.floor(due), stop);
      due %= 1; // what a burst had no time for is left out
      const ended = this.machine.time >= this.data.transitions;
      if (stopped || ended) this._begin();
      else this._timer = requestAnimationFrame(tick);
      this.show(stopped || ended);
    };
    this._timer = requestAnimationFrame(tick);
    this._showPlaying();
  }

  /** Make transitions for a short time at most; return whether `stop` returned true. */
  _burst(target, stop) {
    const end = performance.now() + BURST_MILLISECONDS;
    while (this.machine.time < target && performance.now() < end) {
      const next = Math.min(target, this.machine.time + TRANSITIONS_PER_LOOK);
      if (this.machine.advance(next, stop)) return true;
    }
    return false;
  }

  /** End playing and every other command; return the number of the new one. */
  _begin() {
    if (this._timer !== null) cancelAnimationFrame(this._timer);
    this._timer = null;
    this._showPlaying();
    this._command += 1;
    return this._command;
  }

  /** Let the page answer; return false if another command came. */
  async _pause(command) {
    byId("now").textContent = `Computing: transition ${this.machine.time.toLocaleString("en")}`;
    await new Promise((resolve) => setTimeout(resolve));
    return command === this._command;
  }

  _showPlaying() {
    const playing = this._timer !== null;
    byId("play").textContent = playing ? "Pause" : "Play";
    byId("play").setAttribute("aria-pressed", String(playing));
  }

  // Breakpoints

  /** Return a function that tells whether a machine is at a breakpoint. */
  _stop() {
    const tests = this.breakpoints.map(({ test }) => test);
    return (machine) => tests.some((test) => test(machine));
  }

  /** Add the breakpoint that the form names; return what is wrong with it, or nothing. */
  addBreakpoint() {
    const { states, tapes, transitions } = this.data;
    const kind = byId("break-kind").value;
    if (kind === "state") {
      const name = byId("break-state").value.trim();
      const index = states.findIndex(([own]) => own === name);
      if (index < 0) return `there is no state ${name || "without a name"}`;
      this._add(`in state ${name}`, ({ state }) => state === index);
    } else if (kind === "transition") {
      const number = Number(byId("break-transition").value);
      if (!(number >= 1 && number <= transitions)) return `the run has ${transitions} transitions`;
      this._add(`after transition ${number}`, ({ time }) => time === number);
    } else {
      const tape = Number(byId("break-tape").value);
      const symbol = Number(byId("break-cell").value);
      const { name, symbols } = tapes[tape];
      const label = `tape ${name} on ${symbols[symbol] === BLANK ? "blank" : symbols[symbol]}`;
      const isUnder = (machine) => machine.cells[tape][machine.heads[tape]] === symbol;
      this._add(label, isUnder);
    }
    return "";
  }

  _add(label, test) {
    const breakpoint = { label, test };
    this.breakpoints.push(breakpoint);
    const line = element("li", "", label);
    const remove = element("button", "", "Remove");
    remove.setAttribute("aria-label", `Remove breakpoint ${label}`);
    remove.addEventListener("click", () => {
      this.breakpoints = this.breakpoints.filter((other) => other !== breakpoint);
      line.remove();
      this.show(false);
    });
    line.append(remove);
    byId("breakpoints").append(line);
    this.show(false);
  }
}

/** Show what a model's output did wrong first, above the text. */
function showComparison(player, comparison) {
  byId("text-title").textContent = "Texts";
  const list = element("dl");
  for (const [name, text, piece] of comparison.facts) {
    const value = element("dd", "", text);
    if (piece !== null) {
      const button = element("button", "", "Show");
      button.setAttribute("aria-label", `Show where ${name} comes from`);
      button.addEventListener("click", () => {
        player.goTo(player.data.spans[player.data.pieces[piece][1]][3]);
      });
      value.append(" ", button);
    }
    list.append(element("dt", "", name), value);
  }
  byId("comparison").append(list);
}

/** Connect the controls of the page with the player. */
function connect(player) {
  const { data, machine } = player;
  const commands = {
    start: () => player.goTo(0),
    back: () => player.goTo(machine.time - 1),
    play: () => player.togglePlay(),
    step: () => player.goTo(machine.time + 1),
    end: () => player.goTo(data.transitions),
    "state-back": () => player.goToState(-1),
    "state-on": () => player.goToState(1),
    continue: () => player.runOn(),
    "continue-back": () => player.runBack(),
  };
  for (const [id, command] of Object.entries(commands)) byId(id).addEventListener("click", command);
  const keys = {
    " ": "play", ArrowLeft: "back", ArrowRight: "step", Home: "start", End: "end",
    p: "state-back", n: "state-on", c: "continue", r: "continue-back",
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea")) return;
    if (event.key === " " && event.target.closest("button, summary")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "[" || key === "]") player.goToSpan(key === "]" ? 1 : -1);
    else if (key in keys) byId(keys[key]).click();
    else return;
    event.preventDefault();
  });
  const slider = byId("slider");
  slider.max = data.transitions;
  slider.addEventListener("input", () => player.goTo(Number(slider.value)));
  byId("jump").addEventListener("submit", (event) => {
    event.preventDefault();
    const number = byId("jump-number");
    const fault = player.jump(byId("jump-kind").value, Number(number.value));
    number.setCustomValidity(fault);
    number.reportValidity();
  });
  byId("jump-number").addEventListener("input", (event) => event.target.setCustomValidity(""));
  byId("break").addEventListener("submit", (event) => {
    event.preventDefault();
    const fault = player.addBreakpoint();
    byId("break-fault").textContent = fault;
  });
  window.addEventListener("resize", () => player.show(false));
}

/** Fill the parts of the form of breakpoints that depend on the machine. */
function prepareBreakpoints(data) {
  const options = (select, names) => select.replaceChildren(...names.map((name, index) => {
    const option = element("option", "", name);
    option.value = index;
    return option;
  }));
  byId("state-names").replaceChildren(...data.states.map(([name]) => {
    const option = element("option");
    option.value = name;
    return option;
  }));
  options(byId("break-tape"), data.tapes.map(({ name }) => name));
  const showSymbols = () => {
    const { symbols } = data.tapes[Number(byId("break-tape").value)];
    options(byId("break-cell"), symbols.map((shown) => (shown === BLANK ? "blank" : shown)));
  };
  byId("break-tape").addEventListener("change", showSymbols);
  showSymbols();
  const showKind = () => {
    for (const kind of ["state", "transition", "symbol"]) {
      byId(`break-${kind}`).hidden = byId("break-kind").value !== kind;
    }
  };
  byId("break-kind").addEventListener("change", showKind);
  showKind();
}

function main() {
  const data = JSON.parse(byId("data").textContent);
  byId("summary").textContent = data.summary;
  byId("prompt").textContent = data.prompt;
  byId("prompt-section").hidden = !data.prompt;
  for (const id of ["state-back", "state-on"]) byId(id).hidden = !data.pieces.length;
  prepareBreakpoints(data);
  const player = new Player(data);
  connect(player);
  if (data.comparison) showComparison(player, data.comparison);
  const first = data.comparison?.first ?? null;
  const piece = first === null ? null : data.comparison.rows[first][0];
  if (piece === null) player.show();
  else player.goTo(data.spans[data.pieces[piece][1]][3]);
}

main();
