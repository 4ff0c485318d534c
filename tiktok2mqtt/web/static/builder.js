// Builds the address of an overlay, with a preview, and edits the list of whom overlays do not show.
import { getSession, post } from "./api.js";
import { fill, h } from "./dom.js";
import { LANGUAGES } from "./texts.js";

const NAMES = { chat: "Chat", gifts: "Gift alerts", goal: "Goal bar", viewers: "Viewers", likes: "Likes", top: "Top gifters", battle: "Battle bar", follower: "Latest follower" };
const form = document.getElementById("form"), fields = form.elements, address = document.getElementById("address"), copy = document.getElementById("copy");
const preview = document.getElementById("preview"), ignore = document.getElementById("ignore");
const session = await getSession();
let timer = null;

fill(document.getElementById("rooms"), session.rooms.map((room) => h("option", { value: room })));
fill(fields.kind, session.overlays.map((kind) => h("option", { value: kind }, NAMES[kind] ?? kind)));
fill(fields.language, [h("option", { value: "" }, "of the browser"), ...LANGUAGES.map((one) => h("option", { value: one }, one))]);
fields.kind.value = "gifts";
fields.room.value = session.rooms[0] ?? "";
document.getElementById("pictures").hidden = !session.pictures;

function options() {
  const query = new URLSearchParams();
  const kind = fields.kind.value;
  for (const field of form.querySelectorAll("[name]")) {
    const only = field.closest("[data-for]")?.dataset.for;
    if (["room", "kind"].includes(field.name) || (only && !only.split(" ").includes(kind))) continue;
    if (field.type === "checkbox") { if (field.checked !== field.defaultChecked) query.set(field.name, field.checked ? "1" : "0"); }
    else if (field.value !== "" && field.value !== field.defaultValue) query.set(field.name, field.value.replace("#", ""));
  }
  return query;
}

async function build() {
  const kind = fields.kind.value, query = options();
  for (const label of form.querySelectorAll("[data-for]")) label.hidden = !label.dataset.for.split(" ").includes(kind) || (label.id === "pictures" && !session.pictures);
  const shown = new URLSearchParams(query);
  shown.set("demo", "1");
  const demoAddress = new URL(`overlay/demo/${kind}?${shown}`, document.baseURI).href;
  if (preview.src !== demoAddress) preview.src = demoAddress;
  const room = fields.room.value.trim().replace(/^@/, "").toLowerCase();
  const answer = room ? await fetch(`api/overlay?room=${encodeURIComponent(room)}`) : null;
  const ok = answer?.ok === true;
  if (ok) {
    const { token } = await answer.json();
    if (token) query.set("token", token);
    const text = query.toString();
    address.value = new URL(`overlay/${encodeURIComponent(room)}/${kind}${text ? `?${text}` : ""}`, document.baseURI).href;
  } else address.value = "";
  copy.disabled = !ok;
}

function soon() { clearTimeout(timer); timer = setTimeout(build, 300); }

copy.addEventListener("click", async () => {
  address.select();
  try { await navigator.clipboard.writeText(address.value); } catch { document.execCommand("copy"); }
  copy.textContent = "Copied";
  setTimeout(() => { copy.textContent = "Copy"; }, 2000);
});
form.addEventListener("input", soon);
form.addEventListener("submit", (event) => event.preventDefault());
ignore.elements.people.value = session.ignored.people.join("\n");
ignore.elements.words.value = session.ignored.words.join("\n");
ignore.elements.host.checked = session.ignored.host;
ignore.addEventListener("submit", async (event) => {
  event.preventDefault();
  const lines = (name) => ignore.elements[name].value.split("\n").map((one) => one.trim()).filter(Boolean);
  const answer = await post("api/ignore", { people: lines("people"), words: lines("words"), host: ignore.elements.host.checked }).catch((error) => ({ error: error.message }));
  const ok = answer.status === "ok";
  fill(document.getElementById("ignore-answer"), [h("p", { class: `answer ${ok ? "good" : "bad"}` }, ok ? "Saved." : answer.error)]);
});
build();
