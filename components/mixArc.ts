import {html, svg} from "./dom.js";

/** The quarter circle that can be given another point. */
export type MixArc = HTMLElement & {update(alphaCumprod: number, t: number): void};

const [SIZE, EDGE] = [150, 26];
const RADIUS = SIZE - 2 * EDGE;
const at = (share: number): number => EDGE + share * RADIUS;

/**
 * How picture and noise share the whole: the amplitudes (sqrt(ᾱ), sqrt(1 - ᾱ)) as a point on a quarter circle, because their squares sum
 * to one. To the right is picture, upwards is noise.
 */
export function mixArc(alphaCumprod: number, t: number): MixArc {
  const hand = svg("path", {class: "arc-hand"});
  const [signal, noise] = [svg("path", {class: "arc-signal"}), svg("path", {class: "arc-noise"})];
  const knob = svg("circle", {class: "arc-knob", r: 5});
  const picture = svg(
    "svg",
    {viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img"},
    svg("path", {class: "axis", d: `M${at(0)},${at(0)}V${at(1)}H${at(1)}`}),
    svg("path", {class: "arc", d: `M${at(1)},${at(1)}A${RADIUS},${RADIUS} 0 0 0 ${at(0)},${at(0)}`}),
    ...[signal, noise, hand, knob],
    svg("text", {class: "tick", x: at(1), y: at(1) + 17, "text-anchor": "end"}, "picture"),
    svg("text", {class: "tick", x: at(0) - 4, y: at(0) - 8, "text-anchor": "start"}, "noise")
  );
  const node = html("div", {class: "mix-arc"}, picture);

  function update(alpha: number, timestep: number): void {
    const [x, y] = [at(Math.sqrt(alpha)), at(1 - Math.sqrt(1 - alpha))];
    hand.setAttribute("d", `M${at(0)},${at(1)}L${x},${y}`);
    signal.setAttribute("d", `M${at(0)},${at(1)}H${x}`);
    noise.setAttribute("d", `M${x},${at(1)}V${y}`);
    knob.setAttribute("cx", String(x));
    knob.setAttribute("cy", String(y));
    const words = `picture ${Math.sqrt(alpha).toFixed(2)}, noise ${Math.sqrt(1 - alpha).toFixed(2)}`;
    picture.setAttribute(
      "aria-label",
      `A point on a quarter circle at t = ${timestep}: ${words}; their squares sum to 1`
    );
  }

  update(alphaCumprod, t);
  return Object.assign(node, {update});
}
