import {html} from "../components/dom.js";
import {segments} from "../components/segments.js";
import {textField} from "../components/textField.js";
import {filesOfDrop, filesOfInput} from "../src/sources/files.js";
import {HUB, parseHubId} from "../src/sources/hub.js";
import {parseAddress} from "../src/sources/server.js";
import type {ModelSource} from "../src/sources/source.js";

type Kind = "folder" | "server" | "hub";

const KINDS: readonly {value: Kind; text: string}[] = [
  {value: "folder", text: "A folder of mine"},
  {value: "server", text: "A server's address"},
  {value: "hub", text: "A hub id"}
];

type Picker = (options: {id: string; mode: "read"}) => Promise<FileSystemDirectoryHandle>;

/** Where a model lies: a folder (picked, chosen or dropped), an address, or an id of the hub. `onSource` hears of each that the reader asks for. */
export function sourceForm(onSource: (source: ModelSource) => void): HTMLElement {
  const panels: Readonly<Record<Kind, HTMLElement>> = {
    folder: folderPanel(onSource),
    server: addressPanel({
      label: "Address of the folder",
      placeholder: "https://my-server.example/models/my-model/",
      hint: "The folder must hold model_index.json and unet/model.onnx, and the server must let other sites read it (CORS).",
      hostOf: (text) => new URL(parseAddress(text)).host,
      sourceOf: (address) => ({kind: "server", address}),
      onSource
    }),
    hub: addressPanel({
      label: "Id on the hub",
      placeholder: "owner/name",
      hint: "A repository with an ONNX export in the layout of Optimum. A revision may follow after @.",
      hostOf: (text) => (parseHubId(text), new URL(HUB).host),
      sourceOf: (id) => ({kind: "hub", id}),
      onSource
    })
  };
  const choice = segments("Where your model lies", KINDS);
  const slot = html("div", {class: "source-slot"}, panels.folder);
  choice.addEventListener("input", (event) => {
    event.stopPropagation();
    slot.replaceChildren(panels[choice.value as Kind]);
  });
  return html("div", {class: "source-form"}, choice, slot);
}

function folderPanel(onSource: (source: ModelSource) => void): HTMLElement {
  const pick = (globalThis as {showDirectoryPicker?: Picker}).showDirectoryPicker;
  const input = html("input", {type: "file", id: "model-folder", multiple: true, webkitdirectory: true});
  input.addEventListener("change", (event) => {
    event.stopPropagation();
    if (input.files?.length) onSource({kind: "files", files: filesOfInput(input.files)});
    input.value = ""; // so that the same folder can be chosen again
  });
  const button =
    pick &&
    html(
      "button",
      {
        type: "button",
        onclick: () =>
          void pick({id: "model", mode: "read"}).then(
            (handle) => onSource({kind: "directory", handle}),
            () => {} // the reader thought better of it
          )
      },
      "Pick a folder"
    );
  const node = html(
    "div",
    {class: "file-drop"},
    button ?? null,
    html("label", {for: input.id}, button ? "or choose its files" : "Choose a folder"),
    input,
    html(
      "p",
      {class: "small muted"},
      "Or drop the folder here. Its files stay on this device: they are copied into this browser's own storage."
    )
  );
  node.addEventListener("dragover", (event) => {
    event.preventDefault();
    node.classList.add("over");
  });
  node.addEventListener("dragleave", () => node.classList.remove("over"));
  node.addEventListener("drop", (event) => {
    event.preventDefault();
    node.classList.remove("over");
    const {items} = event.dataTransfer ?? {};
    if (items) void filesOfDrop(items).then((files) => files.length && onSource({kind: "files", files}));
  });
  return node;
}

interface AddressOptions {
  label: string;
  placeholder: string;
  hint: string;
  /** Whom a text would ask. @throws what is wrong with the text */
  hostOf(text: string): string;
  sourceOf(text: string): ModelSource;
  onSource(source: ModelSource): void;
}

/** A text that names a host, and a button that names it too: nobody is asked before it is pressed. */
function addressPanel({label, placeholder, hint, hostOf, sourceOf, onSource}: AddressOptions): HTMLElement {
  const field = textField(label, {placeholder, maxLength: 2000});
  const button = html("button", {type: "submit", disabled: true}, "Load");
  const words = html("p", {class: "small muted"}, hint);
  const form = html("form", {class: "address-form"}, field, button, words);

  function host(): string | null {
    try {
      return field.value.trim() ? hostOf(field.value) : null;
    } catch {
      return null;
    }
  }

  field.addEventListener("input", (event) => {
    event.stopPropagation();
    const asked = host();
    button.disabled = asked === null;
    button.textContent = asked ? `Load from ${asked}` : "Load";
    words.textContent = asked
      ? `Nobody is asked before you press. Then this page asks ${asked}, first for the list of files and the graphs' headers; the weights come when you have read what they are, and press Load again.`
      : hint;
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (host()) onSource(sourceOf(field.value.trim()));
  });
  return form;
}
