// One series over minutes, drawn on a canvas: a line or bars, with the highest value and the times at the ends.

export function draw(canvas, points, { bars = false, colour = "--chart" } = {}) {
  const style = getComputedStyle(document.documentElement);
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (!width) return;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.font = "12px system-ui, sans-serif";
  const top = 20, bottom = height - 20, most = Math.max(1, ...points.map(([, value]) => value ?? 0));
  context.strokeStyle = style.getPropertyValue("--line");
  context.beginPath();
  for (const y of [top, (top + bottom) / 2, bottom]) { context.moveTo(0, Math.round(y) + .5); context.lineTo(width, Math.round(y) + .5); }
  context.stroke();
  const first = points[0][0], last = points.at(-1)[0], minutes = Math.max(1, (last - first) / 60);
  const slot = width / (minutes + 1), inset = 5, step = bars ? slot : (width - 2 * inset) / minutes;
  const x = (at) => (bars ? 0 : inset) + ((at - first) / 60) * step, y = (value) => bottom - (value / most) * (bottom - top);
  context.fillStyle = context.strokeStyle = style.getPropertyValue(colour);
  if (bars) {
    const bar = Math.max(1, Math.min(24, slot * .7));
    for (const [at, value] of points) if (value) context.fillRect(x(at) + (slot - bar) / 2, y(value), bar, bottom - y(value));
  } else {
    context.lineWidth = 2;
    context.lineJoin = "round";
    context.beginPath();
    let begun = false;
    for (const [at, value] of points) {
      if (value === null) continue;
      context[begun ? "lineTo" : "moveTo"](x(at), y(value));
      begun = true;
    }
    context.stroke();
    const known = points.filter(([, value]) => value !== null);
    if (known.length) {
      const [at, value] = known.at(-1);
      context.beginPath();
      context.arc(x(at), y(value), 3.5, 0, 7);
      context.fill();
    }
  }
  context.fillStyle = style.getPropertyValue("--muted");
  context.fillText(most.toLocaleString(), 0, 13);
  const time = (at) => new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  context.fillText(time(first), 0, height - 4);
  context.textAlign = "right";
  if (last > first) context.fillText(time(last), width, height - 4);
}
