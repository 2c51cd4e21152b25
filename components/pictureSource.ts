import {announce, html, withValue} from "./dom.js";
import {errorNote} from "./errorNote.js";
import {paintPad} from "./paintPad.js";
import {pixelCanvas} from "./pixelCanvas.js";
import {readPicture} from "./pictureFile.js";
import type {Pixels} from "./pixels.js";

/** Where a picture came from. */
export type SourceKind = "scene" | "own" | "upload" | "painting";

/** A picture that the reader chose, in the size that the model takes. */
export interface SourcePicture {
  kind: SourceKind;
  /** A caption, a prompt or a file's name. */
  name: string;
  pixels: Pixels;
  /** A scene's number. */
  seed?: number;
}

/** A picture that is kept from before (a finished run, an upload): a small look at it, and the whole when it is chosen. */
export interface OwnPicture {
  name: string;
  look: Pixels;
  open(): Promise<Pixels>;
}

/** What a source offers beside files and painting, and where to begin. */
export interface PictureSourceOptions {
  /** The scene of a number. */
  scene(seed: number): SourcePicture | Promise<SourcePicture>;
  /** What is kept from before, newest first; asked for when the reader looks there. */
  own?(): Promise<readonly OwnPicture[]>;
  value?: SourcePicture | null;
  /** Pixels of a side. */
  side?: number;
  /** The number of another scene. */
  throwDice?: () => number;
  read?: typeof readPicture;
}

/** The source as an input: `value` is the picture last chosen. */
export type PictureSource = HTMLElement & {value: SourcePicture | null};

const LABELS: Record<SourceKind, string> = {scene: "Scene", own: "Yours", upload: "File", painting: "Paint"};

/** Choose a picture: a scene by its number, an own run, a file (chosen, dropped or pasted), or one painted by hand. */
export function pictureSource({
  scene,
  own = async () => [],
  value = null,
  side = 128,
  throwDice = () => Math.floor(Math.random() * 100_000),
  read = readPicture
}: PictureSourceOptions): PictureSource {
  let chosen = value;
  let latest = 0;
  const id = `picture-source-${(count += 1)}`;
  const error = errorNote();
  const panel = html("div", {class: "source-panel"});
  const tabs = (Object.keys(LABELS) as SourceKind[]).map((kind) => {
    const input = html("input", {type: "radio", name: id, value: kind});
    input.addEventListener("change", () => open(kind));
    return html("label", {}, input, html("span", {}, LABELS[kind]));
  });
  const node = html(
    "div",
    {class: "picture-source"},
    html("div", {class: "segments small", role: "radiogroup", "aria-label": "Where the picture comes from"}, ...tabs),
    panel,
    error
  );
  let again = () => {};
  error.addEventListener("retry", () => again());

  /** Takes what `make` gives, unless the reader has chosen something else meanwhile. */
  async function take(make: () => SourcePicture | Promise<SourcePicture>): Promise<void> {
    const mine = (latest += 1);
    again = () => void take(make);
    error.update(null);
    node.setAttribute("aria-busy", "true");
    try {
      const picture = await make();
      if (mine !== latest) return;
      chosen = picture;
      announce(node);
    } catch (reason) {
      if (mine === latest) error.update(reason instanceof Error ? reason.message : String(reason));
    } finally {
      if (mine === latest) node.removeAttribute("aria-busy");
    }
  }

  const takeFile = (file: Blob & {name?: string}) =>
    take(async () => ({kind: "upload", name: file.name ?? "pasted picture", pixels: await read(file, {side})}));

  const panels: Record<SourceKind, () => Node> = {
    scene: () => scenePanel(id, chosen?.seed ?? 0, throwDice, (seed) => void take(() => scene(seed))),
    own: () => ownPanel(own, ({name, open}) => void take(async () => ({kind: "own", name, pixels: await open()}))),
    upload: () => filePanel(id, (file) => void takeFile(file)),
    painting: () => {
      const pad = paintPad({side, value: chosen?.pixels.width === side ? chosen.pixels : undefined});
      pad.addEventListener("input", (event) => {
        event.stopPropagation();
        void take(() => ({kind: "painting", name: "your painting", pixels: pad.value}));
      });
      return pad;
    }
  };

  function open(kind: SourceKind): void {
    error.update(null);
    for (const input of node.querySelectorAll<HTMLInputElement>(`input[name="${id}"]`)) {
      input.checked = input.value === kind;
    }
    panel.replaceChildren(panels[kind]());
  }

  // A tab that is pressed, or a number that is typed, is no chosen picture yet.
  panel.addEventListener("input", (event) => event.stopPropagation());
  tabs[0].parentElement!.addEventListener("input", (event) => event.stopPropagation());
  node.addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find(({type}) => type.startsWith("image/"));
    if (file) void takeFile(file);
  });
  open(value?.kind ?? "scene");
  return withValue(
    node,
    () => chosen,
    (next: SourcePicture | null) => {
      latest += 1; // what is still being opened comes too late
      node.removeAttribute("aria-busy");
      chosen = next;
      open(next?.kind ?? "scene");
    }
  );
}

let count = 0;

function scenePanel(id: string, seed: number, throwDice: () => number, choose: (seed: number) => void): HTMLElement {
  const number = html("input", {type: "number", id: `${id}-seed`, min: 0, max: 2 ** 32 - 1, step: 1, value: seed});
  number.inputMode = "numeric";
  const read = () => {
    if (number.value.trim() && number.validity.valid) choose(Number(number.value));
  };
  const dice = html("button", {
    ...{type: "button", class: "round dice", "aria-label": "Another scene", title: "Another scene"},
    onclick: () => {
      number.value = String(throwDice());
      read();
    }
  });
  number.addEventListener("change", read);
  return html(
    "div",
    {class: "field"},
    html("label", {for: number.id}, "Scene number"),
    html("div", {class: "seed"}, number, dice)
  );
}

function ownPanel(own: () => Promise<readonly OwnPicture[]>, choose: (picture: OwnPicture) => void): HTMLElement {
  const node = html("div", {class: "own-pictures", role: "group", "aria-label": "Kept in this browser"});
  const say = (words: string) => node.replaceChildren(html("p", {class: "small muted"}, words));
  say("Looking …");
  own().then(
    (pictures) => {
      if (pictures.length) node.replaceChildren(...pictures.map((picture) => ownButton(picture, choose)));
      else say("Nothing is kept in this browser yet: draw a picture on the first page, or choose a file.");
    },
    (reason) => say(reason instanceof Error ? reason.message : String(reason))
  );
  return node;
}

function ownButton(picture: OwnPicture, choose: (picture: OwnPicture) => void): HTMLElement {
  const button = html(
    "button",
    {type: "button", class: "own-picture", "aria-label": picture.name, title: picture.name, "aria-pressed": "false"},
    pixelCanvas(picture.look, {smooth: true})
  );
  button.addEventListener("click", () => {
    for (const other of button.parentElement!.children) other.setAttribute("aria-pressed", String(other === button));
    choose(picture);
  });
  return button;
}

function filePanel(id: string, choose: (file: File) => void): HTMLElement {
  const input = html("input", {type: "file", id: `${id}-file`, accept: "image/*"});
  const node = html(
    "div",
    {class: "file-drop"},
    html("label", {for: input.id}, "A picture from your device"),
    input,
    html(
      "p",
      {class: "small muted"},
      "Or drop it here, or paste it. It stays in this browser; its middle square is used."
    )
  );
  const first = (files: FileList | null | undefined) => files?.[0] && choose(files[0]);
  input.addEventListener("change", () => {
    first(input.files);
    input.value = ""; // so that the same file can be chosen again
  });
  node.addEventListener("dragover", (event) => {
    event.preventDefault();
    node.classList.add("over");
  });
  node.addEventListener("dragleave", () => node.classList.remove("over"));
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    node.classList.remove("over");
    first(event.dataTransfer?.files);
  });
  return node;
}
