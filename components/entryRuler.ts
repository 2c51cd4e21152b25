import {html} from "./dom.js";

/** The stops of a loop in order, the first of them that a run makes, and what stands at the mark. */
export interface EntryRulerData {
  readonly stops: readonly {readonly timestep: number}[];
  readonly first: number;
  /** Of training. */
  readonly timesteps?: number;
}

/** A ruler that can be told of another entry. */
export type EntryRuler = HTMLElement & {update(data: EntryRulerData): void};

/** The loop as a line from noise to picture: stops that are skipped, the place where a run enters, and the stops that it makes. */
export function entryRuler(data: EntryRulerData): EntryRuler {
  const track = html("div", {class: "entry-track"});
  const mark = html("span", {class: "entry-mark"});
  const node = html(
    "div",
    {class: "entry-ruler", role: "img"},
    mark,
    track,
    html(
      "div",
      {class: "entry-ends", "aria-hidden": "true"},
      html("span", {}, "t = 999, noise"),
      html("span", {}, "t = 0, picture")
    )
  );

  function update({stops, first, timesteps = 1000}: EntryRulerData): void {
    const at = (t: number): string => `${(100 * (timesteps - 1 - t)) / (timesteps - 1)}%`;
    const ticks = stops.map(({timestep}, i) =>
      html("i", {class: i < first ? "skipped" : "made", style: `left:${at(timestep)}`})
    );
    const way = html("i", {class: "way", style: `left:${at(stops[first].timestep)}`});
    track.replaceChildren(way, ...ticks);
    const made = stops.length - first;
    mark.style.left = at(stops[first].timestep);
    mark.classList.toggle("late", stops[first].timestep < timesteps / 2);
    mark.textContent = `enter at t = ${stops[first].timestep}`;
    node.setAttribute(
      "aria-label",
      `The loop has ${stops.length} steps from t = ${stops[0].timestep} down. The run enters at step ${first + 1}, t = ${stops[first].timestep}, and makes ${made} of them.`
    );
  }

  update(data);
  return Object.assign(node, {update});
}
