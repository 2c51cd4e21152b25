import {html, svg} from "./dom.js";

/** x and y, y upwards. */
export type PlanePlace = readonly [number, number];

/** An arrow from 0, unless it begins elsewhere. `tone`: "plain", or the letter of a curve. */
export interface PlaneArrow {
  readonly name: string;
  readonly to: PlanePlace;
  readonly from?: PlanePlace;
  readonly tone: string;
}

export interface ArrowPlaneData {
  readonly arrows: readonly PlaneArrow[];
  /** A thin line through two places. */
  readonly line?: readonly [PlanePlace, PlanePlace];
  /** Places on that line, with their words. */
  readonly marks?: readonly {readonly at: PlanePlace; readonly text: string; readonly left?: boolean}[];
  /** Everything that must have room, now and later: both axes have one scale, so that angles are true. */
  readonly room: readonly PlanePlace[];
  /** In words what is to be seen. */
  readonly label: string;
}

/** The plane, which can be given other arrows. */
export type ArrowPlane = HTMLElement & {update(data: ArrowPlaneData): void};

const EDGE = 30;

/** Arrows in a plane, drawn to one scale in both directions. */
export function arrowPlane(
  data: ArrowPlaneData,
  {width = 400, height = 300}: {width?: number; height?: number} = {}
): ArrowPlane {
  const picture = svg("svg", {viewBox: `0 0 ${width} ${height}`, role: "img", class: "arrow-plane-picture"});
  const node = html("div", {class: "arrow-plane"}, picture);

  function update({arrows, line, marks = [], room, label}: ArrowPlaneData): void {
    const place = fitted(room, width, height);
    picture.setAttribute("aria-label", label);
    picture.replaceChildren(
      ...(room.some(([x, y]) => x === 0 && y === 0) ? [origin(place([0, 0]))] : []),
      ...(line ? [lineNode(place(line[0]), place(line[1]))] : []),
      ...marksApart(marks.map(({at, ...mark}) => ({...mark, at: place(at)}))).map(markNode),
      ...namedArrows(arrows, place)
    );
  }

  update(data);
  return Object.assign(node, {update});
}

/** From the plane to the picture: all of `room` inside of its edges, one scale, in the middle. */
function fitted(room: readonly PlanePlace[], width: number, height: number): (place: PlanePlace) => PlanePlace {
  const ends = ([0, 1] as const).map((axis) => {
    const values = room.map((place) => place[axis]);
    return [Math.min(...values), Math.max(...values)];
  });
  const [[left, right], [low, high]] = ends;
  const scale = Math.min((width - 2 * EDGE) / (right - left || 1e-6), (height - 2 * EDGE) / (high - low || 1e-6));
  return ([x, y]) => [width / 2 + scale * (x - (left + right) / 2), height / 2 - scale * (y - (low + high) / 2)];
}

const text = (value: number): string => value.toFixed(1);

function origin([x, y]: PlanePlace): SVGElement {
  return svg(
    "g",
    {class: "plane-origin"},
    svg("circle", {cx: text(x), cy: text(y), r: 3}),
    svg("text", {x: text(x - 8), y: text(y + 14), "text-anchor": "middle"}, "0")
  );
}

/** The whole line, well beyond both places. */
function lineNode([x1, y1]: PlanePlace, [x2, y2]: PlanePlace): SVGElement {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const far = 3000 / (Math.hypot(dx, dy) || 1);
  return svg("line", {
    class: "plane-line",
    ...{x1: text(x1 - far * dx), y1: text(y1 - far * dy), x2: text(x1 + far * dx), y2: text(y1 + far * dy)}
  });
}

/** Height of a line of words, and about how wide a letter is. */
const LINE = 16;
const LETTER = 7.5;

interface PlacedMark {
  readonly at: PlanePlace;
  readonly text: string;
  readonly left?: boolean;
}

/** Marks with the height of their words: from below, each as far up as needed to stand clear of those that it would cover. */
export function marksApart<M extends PlacedMark>(marks: readonly M[]): (M & {wordsAt: number})[] {
  const ends = ({at: [x], text: words, left}: M): [number, number] => {
    const width = 9 + LETTER * words.length;
    return left ? [x - width, x] : [x, x + width];
  };
  const placed: (M & {wordsAt: number})[] = [];
  for (const mark of [...marks].sort((a, b) => b.at[1] - a.at[1])) {
    const [from, to] = ends(mark);
    const beside = placed.filter((other) => ends(other)[0] < to && from < ends(other)[1]);
    let wordsAt = mark.at[1];
    for (const other of beside) if (Math.abs(other.wordsAt - wordsAt) < LINE) wordsAt = other.wordsAt - LINE;
    placed.push({...mark, wordsAt});
  }
  return placed;
}

function markNode({at: [x, y], text: words, left = false, wordsAt}: PlacedMark & {wordsAt: number}): SVGElement {
  return svg(
    "g",
    {class: left ? "plane-mark now" : "plane-mark"},
    svg("circle", {cx: text(x), cy: text(y), r: 3}),
    svg("text", {x: text(left ? x - 9 : x + 9), y: text(wordsAt + 4), "text-anchor": left ? "end" : "start"}, words)
  );
}

/** Arrows with their names beyond the tips; where names would cover each other, the upper ones give way upwards. */
function namedArrows(arrows: readonly PlaneArrow[], place: (at: PlanePlace) => PlanePlace): SVGElement[] {
  const named = arrows.map((arrow) => {
    const [[x0, y0], [x1, y1]] = [place(arrow.from ?? [0, 0]), place(arrow.to)];
    const angle = Math.atan2(y1 - y0, x1 - x0);
    const half = (LETTER * [...arrow.name.normalize("NFC")].length) / 2;
    const name: PlanePlace = [x1 + (9 + half) * Math.cos(angle), y1 + 13 * Math.sin(angle)];
    return {
      arrow,
      from: [x0, y0] as PlanePlace,
      to: [x1, y1] as PlanePlace,
      at: [name[0] - half - 9, name[1]] as PlanePlace,
      text: arrow.name,
      middle: name[0]
    };
  });
  return marksApart(named).map(({arrow, from, to, middle, wordsAt}) => arrowNode(arrow, from, to, [middle, wordsAt]));
}

function arrowNode(
  {name, tone}: PlaneArrow,
  [x0, y0]: PlanePlace,
  [x1, y1]: PlanePlace,
  [nameX, nameY]: PlanePlace
): SVGElement {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const angle = Math.atan2(y1 - y0, x1 - x0);
  const head = Math.min(11, length / 2);
  const barb = (side: number) =>
    `${text(x1 - head * Math.cos(angle + 0.45 * side))},${text(y1 - head * Math.sin(angle + 0.45 * side))}`;
  return svg(
    "g",
    {class: `plane-arrow tone-${tone}`},
    svg("path", {d: `M${text(x0)},${text(y0)}L${text(x1)},${text(y1)}`}),
    length > 2 ? svg("path", {d: `M${barb(1)}L${text(x1)},${text(y1)}L${barb(-1)}`}) : null,
    svg("text", {x: text(nameX), y: text(nameY + 5), "text-anchor": "middle"}, name)
  );
}
