import {html} from "../components/dom.js";
import {formulaLine} from "./formulaLine.js";

/** The lines of an algorithm, each with its value of the moment; one of them may be pointed out. */
export interface Algorithm {
  readonly node: HTMLElement;
  update(values: readonly string[], marked?: number): void;
}

export function algorithm(name: string, lines: readonly string[]): Algorithm {
  const slots = lines.map(() => html("span", {class: "value"}));
  const items = lines.map((words, i) => html("li", {}, formulaLine(words), slots[i]));
  return {
    node: html("ol", {class: "algorithm", "aria-label": name}, ...items),
    update(values, marked) {
      items.forEach((item, i) => {
        slots[i].textContent = values[i];
        item.classList.toggle("now", i === marked);
      });
    }
  };
}
