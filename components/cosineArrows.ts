import {announce, html, svg, withValue} from "./dom.js";

/** An arrow in the plane: its angle in degrees, counted against the clock from the right, and its length. */
export interface Arrow {
  angle: number;
  length: number;
}

/** Two arrows that the reader turns, as an input. */
export type CosineArrows = HTMLElement & {value: readonly [Arrow, Arrow]};

const [LEAST, MOST] = [0.3, 2];
const SCALE = 70;
const NAMES = ["Arrow u", "Arrow v"] as const;

/** Two arrows and the cosine between them: drag a tip, or turn it with the left and right keys and stretch it with up and down. */
export function cosineArrows({
  value = [
    {angle: 20, length: 1.6},
    {angle: 70, length: 1.2}
  ]
}: {value?: readonly [Arrow, Arrow]} = {}): CosineArrows {
  const arrows: [Arrow, Arrow] = [{...value[0]}, {...value[1]}];
  const arc = svg("path", {class: "arrow-arc"});
  const shadow = svg("line", {class: "arrow-shadow"});
  const drop = svg("line", {class: "arrow-drop"});
  const parts = NAMES.map((name, i) => arrowParts(name, i));
  const picture = svg(
    "svg",
    {viewBox: "-155 -155 310 310", class: "cosine-arrows-picture"},
    ...[1, 2].map((radius) => svg("circle", {r: radius * SCALE, class: "arrow-ring"})),
    svg("line", {x1: -150, x2: 150, class: "arrow-axis"}),
    svg("line", {y1: -150, y2: 150, class: "arrow-axis"}),
    ...[arc, shadow, drop],
    ...parts.map(({group}) => group)
  );
  const words = html("output", {class: "cosine-arrows-words"});
  const node = html("div", {class: "cosine-arrows"}, picture, words);

  parts.forEach(({group}, i) => {
    group.addEventListener("keydown", (event) => {
      const turn = {ArrowLeft: 2, ArrowRight: -2}[event.key];
      const stretch = {ArrowUp: 0.1, ArrowDown: -0.1}[event.key];
      if (!turn && !stretch) return;
      event.preventDefault();
      change(i, {angle: arrows[i].angle + (turn ?? 0), length: arrows[i].length + (stretch ?? 0)});
    });
    group.addEventListener("pointerdown", (event) => {
      group.setPointerCapture(event.pointerId);
      group.focus({preventScroll: true});
    });
    group.addEventListener("pointermove", (event) => {
      if (!group.hasPointerCapture(event.pointerId)) return;
      const {left, top, width, height} = picture.getBoundingClientRect();
      const [x, y] = [((event.clientX - left) / width - 0.5) * 310, (0.5 - (event.clientY - top) / height) * 310];
      change(i, {angle: (Math.atan2(y, x) * 180) / Math.PI, length: Math.hypot(x, y) / SCALE});
    });
  });

  function change(i: number, {angle, length}: Arrow): void {
    arrows[i] = {angle: ((Math.round(angle) % 360) + 360) % 360, length: Math.min(MOST, Math.max(LEAST, length))};
    show();
    announce(node);
  }

  function show(): void {
    parts.forEach((part, i) => place(part, arrows[i]));
    const [u, v] = arrows.map(tipOf);
    const along = (u.x * v.x + u.y * v.y) / (v.x ** 2 + v.y ** 2);
    set(shadow, {x1: 0, y1: 0, x2: SCALE * along * v.x, y2: -SCALE * along * v.y});
    set(drop, {x1: SCALE * u.x, y1: -SCALE * u.y, x2: SCALE * along * v.x, y2: -SCALE * along * v.y});
    arc.setAttribute("d", arcPath(arrows[0].angle, arrows[1].angle));
    words.replaceChildren(...sumOf(arrows));
  }

  show();
  return withValue(
    node,
    () => [{...arrows[0]}, {...arrows[1]}] as const,
    (next: readonly [Arrow, Arrow]) => {
      [arrows[0], arrows[1]] = [{...next[0]}, {...next[1]}];
      show();
    }
  );
}

/** The angle between two arrows, 0 to 180 degrees. */
export function angleBetween(a: Arrow, b: Arrow): number {
  const turn = Math.abs(a.angle - b.angle) % 360;
  return turn > 180 ? 360 - turn : turn;
}

function sumOf([u, v]: readonly Arrow[]): Node[] {
  const angle = angleBetween(u, v);
  const cosine = Math.cos((angle * Math.PI) / 180);
  const lines = [
    `u · v = ${signed(u.length * v.length * cosine)}`,
    `lengths ${u.length.toFixed(2)} and ${v.length.toFixed(2)}`,
    `angle ${angle}°`
  ];
  return [
    ...lines.map((line) => html("span", {}, line)),
    html(
      "strong",
      {},
      `cosine = ${signed(u.length * v.length * cosine)} / (${u.length.toFixed(2)} × ${v.length.toFixed(2)}) = ${signed(cosine)}`
    )
  ];
}

/** Two digits, with a true minus. */
function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

function tipOf({angle, length}: Arrow): {x: number; y: number} {
  const radians = (angle * Math.PI) / 180;
  return {x: length * Math.cos(radians), y: length * Math.sin(radians)};
}

function arrowParts(name: string, i: number) {
  const line = svg("line", {class: "arrow-line"});
  const tip = svg("circle", {r: 9, class: "arrow-tip"});
  const label = svg("text", {class: "arrow-label"}, name.at(-1)!);
  const group = svg(
    "g",
    {
      ...{class: `arrow arrow-${i}`, tabindex: "0", role: "slider", "aria-label": name},
      ...{"aria-valuemin": 0, "aria-valuemax": 359}
    },
    line,
    svg("circle", {r: 20, class: "arrow-reach"}),
    tip,
    label
  );
  return {group, line, tip, label};
}

function place({group, line, label}: ReturnType<typeof arrowParts>, arrow: Arrow): void {
  const {x, y} = tipOf(arrow);
  set(line, {x2: SCALE * x, y2: -SCALE * y});
  for (const circle of group.querySelectorAll("circle")) set(circle, {cx: SCALE * x, cy: -SCALE * y});
  const beyond = (SCALE * arrow.length + 22) / arrow.length;
  const [labelX, labelY] = [beyond * x, -beyond * y].map((at) => Math.min(146, Math.max(-146, at)));
  set(label, {x: labelX, y: labelY});
  group.setAttribute("aria-valuenow", String(arrow.angle));
  group.setAttribute("aria-valuetext", `${arrow.angle} degrees, length ${arrow.length.toFixed(1)}`);
}

function arcPath(from: number, to: number): string {
  const at = (angle: number) => {
    const {x, y} = tipOf({angle, length: 0.4});
    return `${SCALE * x} ${-SCALE * y}`;
  };
  const against = (to - from + 360) % 360 < 180 ? 0 : 1;
  return `M${at(from)} A${0.4 * SCALE} ${0.4 * SCALE} 0 0 ${against} ${at(to)}`;
}

function set(node: Element, attributes: Record<string, number>): void {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value.toFixed(2));
}
