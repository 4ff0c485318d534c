// Builds elements. Texts become text nodes, never markup; links and pictures are set by those who know where they lead.

export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, String(value));
  }
  fill(element, children);
  return element;
}

export function fill(element, children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false)
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child)))));
}

const whole = new Intl.NumberFormat();

export function number(value) {
  return typeof value === "number" && Number.isFinite(value) ? whole.format(value) : "–";
}

export function clock(text) {
  const date = new Date(typeof text === "number" ? text * 1000 : text);
  return Number.isNaN(date.getTime()) ? "" : date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function who(event) {
  return event.nickname || (event.unique_id ? `@${event.unique_id}` : "Somebody");
}

// Only TikTok's servers deliver pictures; the policy of the page allows no others.
export function picture(url, name, pictures, kind = "avatar") {
  if (pictures && typeof url === "string" && url.startsWith("https://")) {
    const image = h("img", { class: kind, src: url, alt: "", referrerpolicy: "no-referrer", loading: "lazy" });
    image.addEventListener("error", () => image.replaceWith(letter(name, kind)));
    return image;
  }
  return letter(name, kind);
}

function letter(name, kind) {
  return h("span", { class: kind, "aria-hidden": "true" }, Array.from(String(name || "?"))[0] || "?");
}
