/** The engine's lines under figures are right by the compiler: every name exists, and is called as the engine's API says. */
import ts from "typescript";
import {expect, test} from "vitest";
import {snippets} from "./snippets.js";

/** What a reader brings along: the comments of the code say so. */
const GIVEN = `
declare const manifest: import("./data/scenes/atlas.js").AtlasManifest;
declare const flat: ArrayBuffer;
declare const objects: readonly string[];
declare const pictures: import("./src/index.js").Tensor;
declare const history: readonly {step: number; cosine: number[][]; temperature: number; retrieval_64: number}[];
declare const picture: import("./src/index.js").Tensor;
declare const pixels: {data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number};
declare const scenes: import("./docs/page/scenes.js").SceneStudio;
`;

/** JavaScript's literals are wider than tuples and unions of names: that they cannot be assigned is no fault. */
const WIDER = [2322, 2345];

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
  strict: false, // the lines are JavaScript
  skipLibCheck: true,
  noEmit: true,
  types: []
};

/** What a fold makes itself is not given. */
const given = (lines: string): string =>
  GIVEN.split("\n")
    .filter((line) => !/const (\w+):/.exec(line) || !new RegExp(`const ${/const (\w+):/.exec(line)![1]} =`).test(lines))
    .join("\n");
const files = new Map(
  snippets.map(({engine}, i) => [`${process.cwd()}/fold${i}.ts`, `${engine}${given(engine)}\nexport {};`])
);
const host = ts.createCompilerHost(options);
const {getSourceFile, fileExists} = host;
host.fileExists = (path) => files.has(path) || fileExists(path);
host.getSourceFile = (path, ...rest) =>
  files.has(path) ? ts.createSourceFile(path, files.get(path)!, rest[0]) : getSourceFile(path, ...rest);
const program = ts.createProgram([...files.keys()], options, host);

test.each(snippets.map(({name}, i) => [name, i] as const))("%s", (_, i) => {
  const source = program.getSourceFile(`${process.cwd()}/fold${i}.ts`);
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].filter(
    ({code}) => !WIDER.includes(code)
  );
  expect(found.map(({messageText}) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
});
