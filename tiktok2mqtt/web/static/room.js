// One room: figures, charts, live log, gifts, gifters, and what can be done with it.
import { post } from "./api.js";
import { draw } from "./chart.js";
import { clock, fill, h, number, picture, who } from "./dom.js";
import { GROUPS, describe, groupOf, stateBadge } from "./words.js";

const MAX_LINES = 200;
const TILES = [["viewers", "Viewers"], ["likes", "Likes"], ["diamonds", "Diamonds"], ["gifts", "Gifts"], ["comments", "Comments"], ["new_followers", "New followers"]];
const SIMULATED = ["gift", "chat", "follow", "share", "like", "subscribe", "member"];

export function roomView(store, name) {
  const parts = {
    head: h("div", { class: "head" }), tiles: h("dl", { class: "tiles number" }), goal: h("div", { class: "goal" }),
    answer: h("div", { role: "status", "aria-live": "polite" }), actions: h("div", { class: "row" }),
    viewers: chart(), diamonds: chart(), log: h("ul", { class: "list log" }), gifts: h("div"), gifters: h("div"),
    skipped: h("span", { class: "muted small" }),
  };
  const lines = [], hidden = new Set(["joins"]);
  let paused = false, headKey = "", actionKey = "", detail = null, waiting = 0;

  async function act(body, done) {
    const answer = await post("api/command", { room: name, ...body }).catch((error) => ({ status: "error", error: error.message }));
    const ok = answer.status === "ok";
    fill(parts.answer, [h("p", { class: `answer ${ok ? "good" : "bad"}` }, ok ? done : answer.error ?? "The daemon refused it.")]);
    if (ok && body.command === "remove") location.hash = "#/";
  }

  function actions(room, bridge) {
    const allowed = new Set(bridge?.info?.settings?.allowed_commands ?? store.session.commands);
    const off = room.connection?.state === "disabled";
    const fromSettings = (bridge?.info?.rooms ?? []).some((one) => one.room === name && one.source === "settings");
    const button = (command, text, done, kind = "") => allowed.has(command) && h("button", { type: "button", class: kind, onclick: () => act({ command }, done) }, text);
    return [
      off ? button("connect", "Connect", "The room is watched again.", "primary") : button("disconnect", "Disconnect", "The room is no longer watched."),
      !off && button("reconnect", "Reconnect", "The room is connected again."),
      !fromSettings && button("remove", "Remove", "The room is removed.", "danger"),
    ];
  }

  function simulate(event) {
    event.preventDefault();
    const type = event.target.elements.event.value;
    act({ command: "simulate", event: type }, `A made-up ${type} was published, marked as simulated. It is not counted.`);
  }

  function setGoal(event) {
    event.preventDefault();
    const goal = Number(event.target.elements.goal.value || 0);
    act({ command: "goal", goal }, goal ? `The goal is ${number(goal)} diamonds.` : "There is no goal.");
  }

  function head() {
    const room = store.rooms.get(name);
    const bridge = store.bridges.get(room?.bridge ?? store.session.bridge);
    const state = room?.state ?? {}, connection = room?.connection ?? {};
    const key = JSON.stringify([room?.cover, state.title, connection]);
    if (key !== headKey) {
      headKey = key;
      const facts = [connection.transport && `through ${connection.transport}`, connection.since && `since ${clock(connection.since)}`, connection.retry_at && `next try ${clock(connection.retry_at)}`].filter(Boolean).join(" · ");
      fill(parts.head, [
        picture(room?.cover, name, store.session.pictures, "avatar large"),
        h("div", { class: "who" },
          h("div", { class: "row" }, h("h2", { class: "ellipsis" }, `@${name}`), room && stateBadge(room)),
          h("div", { class: "ellipsis" }, state.title || ""),
          h("div", { class: "muted small" }, [room ? connection.reason : "This room is not known.", facts].filter(Boolean).join(" · "))),
        parts.actions,
      ]);
    }
    const keys = JSON.stringify([connection.state, bridge?.info]);
    if (room && keys !== actionKey) { actionKey = keys; fill(parts.actions, actions(room, bridge)); }
    fill(parts.tiles, TILES.map(([id, text]) => h("div", { class: "tile" }, h("dt", {}, text), h("dd", { class: "ellipsis" }, number(state[id])))));
    goalBar(state);
  }

  function goalBar(state) {
    parts.goal.hidden = !state.goal;
    if (!state.goal) return;
    const text = `${number(state.diamonds)} of ${number(state.goal)} diamonds`;
    fill(parts.goal, [h("div", { class: "text number" }, h("span", {}, "Goal"), h("span", {}, text)),
      h("progress", { max: state.goal, value: Math.min(state.diamonds ?? 0, state.goal), "aria-label": `Goal: ${text}` })]);
  }

  function live() {
    const minutes = detail?.minutes ?? [];
    chartOf(parts.viewers, minutes.map(([at, viewers]) => [at, viewers]), "viewers", {});
    chartOf(parts.diamonds, minutes.map(([at, , diamonds]) => [at, diamonds]), "diamonds per minute", { bars: true, colour: "--chart-2" });
    fill(parts.gifters, [detail?.gifters.length ? h("ol", { class: "list scroll", tabindex: "0", "aria-label": "Top gifters" }, detail.gifters.map((one, place) =>
      h("li", {}, h("span", { class: "muted number" }, String(place + 1)), h("span", { class: "ellipsis" }, who(one)), h("span", { class: "value number" }, number(one.diamonds)))))
      : empty("Nobody has sent a gift in this LIVE yet.")]);
    fill(parts.gifts, [detail?.gifts.length ? h("ul", { class: "list scroll", tabindex: "0", "aria-label": "Latest gifts" }, detail.gifts.map((one) =>
      h("li", {}, h("span", { class: "ellipsis" }, h("b", {}, who(one)), ` ${one.count ?? ""} × ${one.name ?? "gift"}`), h("span", { class: "value number" }, one.diamonds ? number(one.diamonds) : "–"))))
      : empty("Gifts appear here as they come.")]);
  }

  function showLog() {
    const visible = lines.filter((event) => !hidden.has(groupOf(event.event_type)));
    if (visible.length) fill(parts.log, visible.map(line));
    else fill(parts.log, [empty(lines.length ? "Nothing of what is ticked has come yet." : "Events appear here as they come.")]);
  }

  function take(events) {
    const newest = events.slice().reverse();
    lines.unshift(...newest);
    lines.length = Math.min(lines.length, MAX_LINES);
    if (paused) { waiting += events.length; pause.textContent = `Resume (${waiting})`; return; }
    const visible = newest.filter((event) => !hidden.has(groupOf(event.event_type)));
    if (!visible.length) return;
    if (parts.log.firstElementChild?.className === "empty") fill(parts.log, []);
    parts.log.prepend(...visible.map(line));
    while (parts.log.children.length > MAX_LINES) parts.log.lastElementChild.remove();
  }

  const pause = h("button", { type: "button", "aria-pressed": "false", onclick: () => {
    paused = !paused;
    waiting = 0;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Resume" : "Pause";
    if (!paused) showLog();
  } }, "Pause");
  const filters = Object.entries(GROUPS).map(([group, [text]]) => h("label", {}, h("input", { type: "checkbox", checked: !hidden.has(group), onchange: (event) => {
    if (event.target.checked) hidden.delete(group); else hidden.add(group);
    showLog();
  } }), text));
  const redraw = () => live();
  addEventListener("resize", redraw);
  showLog();

  const element = h("div", { class: "stack" },
    h("section", { class: "panel", "aria-label": `Room ${name}` }, h("a", { class: "back button", href: "#/" }, "← All rooms"),
      parts.head, parts.tiles, parts.goal,
      h("div", { class: "tools" },
        h("form", { onsubmit: setGoal }, h("label", { for: "goal" }, "Goal"), h("input", { id: "goal", name: "goal", type: "number", min: 0, max: 1e9, step: 1, placeholder: "diamonds" }), h("button", {}, "Set")),
        h("form", { onsubmit: simulate }, h("label", { for: "event" }, "Simulate"), h("select", { id: "event", name: "event" }, SIMULATED.map((one) => h("option", {}, one))), h("button", {}, "Send"))),
      parts.answer),
    h("div", { class: "two" },
      h("section", { class: "panel" }, h("h3", {}, "Viewers"), parts.viewers.box),
      h("section", { class: "panel" }, h("h3", {}, "Diamonds per minute"), parts.diamonds.box)),
    h("section", { class: "panel" },
      h("div", { class: "title" }, h("h3", {}, "Live log"), h("div", { class: "row" }, parts.skipped, pause)),
      h("div", { class: "filters small", role: "group", "aria-label": "Show" }, filters),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Live log" }, parts.log)),
    h("div", { class: "two" },
      h("section", { class: "panel" }, h("h3", {}, "Top gifters"), parts.gifters),
      h("section", { class: "panel" }, h("h3", {}, "Latest gifts"), parts.gifts)));

  return {
    element,
    end: () => removeEventListener("resize", redraw),
    update(batch) {
      if (batch.detail?.room === name) { detail = batch.detail; live(); } else if (!batch.detail && !detail) live();
      if (batch.first) { lines.length = 0; showLog(); }
      if (batch.events?.length) take(batch.events);
      parts.skipped.textContent = batch.skipped > 0 ? `${number(batch.skipped)} not shown: too fast` : "";
      head();
    },
  };
}

function line(event) {
  return h("li", {}, h("time", { class: "number" }, clock(event.ts)), h("span", { class: "kind" }, event.event_type.replaceAll("_", " ")),
    h("span", { class: "grow" }, describe(event), event.source === "simulated" ? h("span", { class: "muted" }, " (simulated)") : null));
}

function empty(text) {
  return h("div", { class: "empty" }, h("p", {}, text));
}

function chart() {
  const canvas = h("canvas", { class: "chart", role: "img" }), box = h("div", {});
  return { canvas, box };
}

function chartOf({ canvas, box }, points, unit, options) {
  const known = points.filter(([, value]) => value !== null);
  if (known.length < 2) { fill(box, [empty("The chart begins after two minutes of this LIVE.")]); return; }
  if (canvas.parentNode !== box) fill(box, [canvas]);
  const last = known.at(-1)[1], most = Math.max(...known.map(([, value]) => value));
  canvas.setAttribute("aria-label", `${number(last)} ${unit} now, at most ${number(most)} in ${known.length} minutes`);
  draw(canvas, points, options);
}
