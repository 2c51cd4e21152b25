import {announce, html} from "../components/dom.js";

/** A choice of layers that can be given other ones. */
export type Chooser = HTMLElement & {update(options: readonly {value: string; text: string}[], value: string): void};

export function chooser(label: string, onChoose: (value: string) => void): Chooser {
  const id = `choose-${label.toLowerCase().replace(/[^a-z]+/g, "-")}`;
  const select = html("select", {id});
  select.addEventListener("change", () => {
    onChoose(select.value);
    announce(select);
  });
  let shown = "";
  return Object.assign(html("div", {class: "field"}, html("label", {for: id}, label), select), {
    update(options: readonly {value: string; text: string}[], value: string): void {
      const key = options.map((option) => option.value).join();
      if (key !== shown)
        select.replaceChildren(...options.map((option) => html("option", {value: option.value}, option.text)));
      shown = key;
      if (select.value !== value) select.value = value;
    }
  });
}

/** "down 1, ResNet block 1": where a layer is, in words. */
export function layerName(role: string): string {
  const [, side, block] = /^(down|up)_blocks\.(\d+)/.exec(role) ?? [];
  const where = side ? `${side} ${Number(block) + 1}` : "middle";
  const [, list, index] = /\.(resnets|attentions)\.(\d+)/.exec(role) ?? [];
  const [, inner] = /\.transformer_blocks\.(\d+)/.exec(role) ?? [];
  const kind = list === "resnets" ? "ResNet block" : "transformer";
  return `${where}, ${kind} ${Number(index) + 1}${inner && Number(inner) > 0 ? `, block ${Number(inner) + 1}` : ""}`;
}
