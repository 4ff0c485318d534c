// The daemons: version, health, queues, and the latest lines of their logs.
import { clock, fill, h, number } from "./dom.js";

const LINES = 200;

export function bridgeView(store) {
  const bridges = h("div", { class: "stack" }), log = h("ul", { class: "list log" });
  const level = h("select", { "aria-label": "Least level", onchange: () => showLog() }, ["info", "warning", "error"].map((one) => h("option", {}, one)));
  const RANK = { debug: 0, info: 1, warning: 2, error: 3, critical: 4 };

  function showLog() {
    const lines = store.log.filter((line) => (RANK[line.level] ?? 1) >= RANK[level.value]).slice(-LINES).reverse();
    fill(log, lines.length ? lines.map(row) : [h("li", { class: "empty" }, "Lines appear here as the daemons log them.")]);
  }

  return {
    element: h("div", { class: "stack" }, h("h2", { class: "visually-hidden" }, "Bridge"), bridges,
      h("section", { class: "panel" },
        h("div", { class: "title" }, h("h3", {}, "Log"), h("div", { class: "row" }, level, h("a", { class: "button", href: "api/log.txt", download: "" }, "Download"))),
        h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Log" }, log))),
    update(batch) {
      if (batch.first || !batch.events || batch.bridges?.length) fill(bridges, [...store.bridges.values()].map(card));
      if (batch.first || !batch.events || batch.log?.length) showLog();
    },
  };
}

function row(line) {
  const kind = { warning: "warn", error: "bad", critical: "bad" }[line.level] ?? "";
  return h("li", {}, h("time", { class: "number" }, clock(line.at)), h("span", { class: `badge ${kind}` }, line.level ?? "info"), h("span", { class: "grow" }, line.message ?? ""));
}

function card(bridge) {
  const health = bridge.health ?? {}, queue = health.queue ?? {};
  const facts = [
    ["Version", bridge.info?.version ?? "–"],
    ["Up", duration(health.uptime_s)],
    ["Rooms", `${number(health.live_rooms)} of ${number(health.rooms)} live`],
    ["Events", number(health.events)],
    ["Memory", health.rss_bytes ? `${number(Math.round(health.rss_bytes / 1048576))} MiB` : "–"],
    ["Threads", number(health.threads)],
    ["Waiting for the broker", Object.entries(queue).map(([name, length]) => `${name} ${number(length)}`).join(", ") || "–"],
    ["Dropped", counts(health.dropped, health.dropped_by_event)],
    ["Not decoded", counts(health.decode_errors, health.decode_errors_by_type)],
    ["Stuck threads", (health.stuck_threads ?? []).join(", ") || "none"],
  ];
  return h("section", { class: "panel" },
    h("div", { class: "title" }, h("h3", {}, bridge.name), h("span", { class: `badge ${bridge.online ? "good" : "bad"}` }, bridge.online ? "online" : "offline")),
    h("dl", { class: "facts number" }, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])));
}

function counts(total, by) {
  const details = Object.entries(by ?? {}).slice(0, 5).map(([name, count]) => `${name} ${number(count)}`).join(", ");
  return details ? `${number(total)} (${details})` : number(total);
}

function duration(seconds) {
  if (typeof seconds !== "number") return "–";
  const days = Math.floor(seconds / 86400), hours = Math.floor(seconds / 3600) % 24, minutes = Math.floor(seconds / 60) % 60;
  return days ? `${days} d ${hours} h` : hours ? `${hours} h ${minutes} min` : minutes ? `${minutes} min` : `${seconds} s`;
}
