import {readFileSync} from "node:fs";
import {describe, expect, test} from "vitest";
import {attentionLayers, attentionMaps} from "../../src/trace/attention.js";
import {readGraph, withOutputs, type GraphNode, type OnnxGraph} from "../../src/trace/graph.js";
import {findRoles, rolesOf} from "../../src/trace/roles.js";
import {externalFiles} from "../../src/trace/signature.js";

const unet = readFileSync("data/models/tiny/unet/model.onnx");

/** "a + b -> c" in the operator Add: a node of a graph as Optimum names it. */
function node(name: string, inputs: string[], outputs = [`${name}_output_0`]): GraphNode {
  return {name, operator: name.replace(/^.*\//, "").replace(/_\d+$/, ""), inputs, outputs};
}

/** A UNet of one down and one up block, with what exporters put in between: shapes, weights, sides. */
function smallUnet(name: (path: string) => string, tensor: (path: string) => string): OnnxGraph {
  const [attention, resnet] = ["down_blocks.0/attentions.0/transformer_blocks.0", "up_blocks.0/resnets.0"];
  const add = (path: string, ...inputs: string[]): GraphNode => node(name(path), inputs, [tensor(path)]);
  const nodes = [
    add("time_proj/Concat", "timestep"),
    add("time_embedding/linear_1/Gemm", tensor("time_proj/Concat")),
    add("time_embedding/linear_2/Gemm", tensor("time_embedding/linear_1/Gemm")),
    add("conv_in/Conv", "sample", "conv_in.weight"),
    add(`${attention}/norm1/LayerNormalization`, tensor("conv_in/Conv")),
    add(`${attention}/attn1/Softmax`, tensor(`${attention}/norm1/LayerNormalization`)),
    add(`${attention}/Add`, tensor(`${attention}/attn1/Softmax`), tensor("conv_in/Conv")),
    add(`${attention}/attn2/Shape`, "encoder_hidden_states"),
    add(`${attention}/attn2/to_k/MatMul`, "encoder_hidden_states"),
    add(`${attention}/attn2/to_q/MatMul`, tensor(`${attention}/Add`)),
    add(
      `${attention}/attn2/MatMul`,
      tensor(`${attention}/attn2/to_q/MatMul`),
      tensor(`${attention}/attn2/to_k/MatMul`)
    ),
    add(`${attention}/attn2/Softmax`, tensor(`${attention}/attn2/MatMul`)),
    add(`${attention}/attn2/MatMul_1`, tensor(`${attention}/attn2/Softmax`), tensor(`${attention}/attn2/Shape`)),
    add(`${attention}/Add_1`, tensor(`${attention}/attn2/MatMul_1`), tensor(`${attention}/Add`)),
    add("mid_block/resnets.0/nonlinearity/Mul", tensor(`${attention}/Add_1`)),
    add(
      "mid_block/resnets.0/Add",
      tensor("mid_block/resnets.0/nonlinearity/Mul"),
      tensor("time_embedding/linear_2/Gemm")
    ),
    add("up_blocks.0/Concat", tensor("mid_block/resnets.0/Add"), tensor(`${attention}/Add_1`)),
    add(`${resnet}/Add`, tensor("up_blocks.0/Concat"), tensor("time_embedding/linear_2/Gemm")),
    add("up_blocks.0/Concat_1", tensor(`${resnet}/Add`), tensor("conv_in/Conv")),
    add("up_blocks.0/resnets.1/Add", tensor("up_blocks.0/Concat_1")),
    node(name("conv_out/Conv"), [tensor("up_blocks.0/resnets.1/Add")], ["out_sample"])
  ];
  return {nodes, inputs: ["sample", "timestep", "encoder_hidden_states"], outputs: ["out_sample"]};
}

const optimum = smallUnet(
  (path) => `/${path}`,
  (path) => `/${path}_output_0`
);
const ours = smallUnet(
  (path) => path.replaceAll("/", ".").replace(/\.([^.]*)$/, "/$1"),
  (path) => `value of ${path}`
);

describe("a graph", () => {
  test("is read from its bytes: every node with its operator and edges, what goes in and out", () => {
    const {nodes, inputs, outputs} = readGraph(unet);
    const made = new Set(nodes.flatMap((one) => one.outputs));
    expect(inputs).toEqual(["sample", "timestep", "encoder_hidden_states"]);
    expect(outputs).toEqual(["out_sample"]);
    expect(made.has("out_sample")).toBe(true);
    expect(nodes.filter(({operator}) => operator === "Conv").length).toBeGreaterThan(20);
    expect(nodes.every((one) => one.outputs.length > 0)).toBe(true);
  });

  test("gets outputs without a change to the bytes before them", () => {
    const names = ["mid_block", "x".repeat(300)];
    const more = withOutputs(unet, names);
    expect(Buffer.from(more.subarray(0, unet.length)).equals(unet)).toBe(true);
    expect(readGraph(more)).toEqual({...readGraph(unet), outputs: ["out_sample", ...names]});
    expect(withOutputs(unet, [])).toBe(unet);
  });

  test("names the files that hold its weights: both UNets one, others none", () => {
    const named = (file: string): readonly string[] => externalFiles(readFileSync(`data/models/tiny/${file}.onnx`));
    expect(["unet/model", "unet/controls", "vae_decoder/model"].map(named)).toEqual([
      ["model.onnx_data"],
      ["model.onnx_data"],
      []
    ]);
  });

  test("that is no ONNX file is refused in one sentence", () => {
    expect(() => readGraph(new TextEncoder().encode("<!doctype html>"))).toThrow("this is no ONNX file");
  });
});

describe("roles", () => {
  test.each([
    ["Optimum's slashes", optimum, (path: string) => `/${path}_output_0`],
    ["our dots", ours, (path: string) => `value of ${path}`]
  ])("are found by module paths in a file with %s", (_, graph, tensor) => {
    const roles = rolesOf(graph);
    const named = (role: string): string | undefined => roles.get(role)?.tensor;
    const block = "down_blocks.0.attentions.0.transformer_blocks.0";
    const path = block.replaceAll(/\.(attentions|transformer)/g, "/$1");
    expect(named("time_proj")).toBe(tensor("time_proj/Concat"));
    expect(named("time_embedding.input")).toBe(tensor("time_proj/Concat"));
    expect(named("time_embedding")).toBe(tensor("time_embedding/linear_2/Gemm"));
    expect(named("conv_in")).toBe(tensor("conv_in/Conv"));
    expect(named("down_blocks.0.input")).toBe(tensor("conv_in/Conv"));
    expect(named("down_blocks.0")).toBe(tensor(`${path}/Add_1`));
    expect(named(`${block}.attn1.probabilities`)).toBe(tensor(`${path}/attn1/Softmax`));
    expect(named(`${block}.attn2.input`)).toBe(tensor(`${path}/Add`)); // the cells, not the text that enters beside them
    expect(named(`${block}.attn2`)).toBe(tensor(`${path}/attn2/MatMul_1`));
    expect(named(`${block}.attn2.to_k`)).toBe(tensor(`${path}/attn2/to_k/MatMul`));
    expect(named("up_blocks.0.input")).toBe(tensor("mid_block/resnets.0/Add"));
    expect(named("up_blocks.0.skips.0")).toBe(tensor(`${path}/Add_1`));
    expect(named("up_blocks.0.skips.1")).toBe(tensor("conv_in/Conv"));
    expect(named("conv_out")).toBe("out_sample");
    expect(roles.has("down_blocks")).toBe(false); // a list, no module
    expect(roles.has("mid_block.resnets.0.nonlinearity")).toBe(false); // runs twice: no one output
  });

  test("are found by the modules that torch's newer exporter notes, where names say nothing", () => {
    const graph = {
      ...optimum,
      nodes: optimum.nodes.map((one, i) => ({...one, name: `node_${i}`, scope: scopeOf(one)}))
    };
    expect([...rolesOf(graph).keys()].sort()).toEqual([...rolesOf(optimum).keys()].sort());
  });

  test("are asked for by name, by pattern or as a group; what has none by its tensor's name", () => {
    const roles = rolesOf(optimum);
    const find = (...asked: string[]): string[] => findRoles(optimum, roles, asked).map(({role}) => role);
    const attn2 = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.probabilities";
    expect(find("mid_block", "mid_block")).toEqual(["mid_block"]);
    expect(find("attn2")).toEqual([attn2]);
    expect(find("up_blocks.*.skips.*")).toEqual(["up_blocks.0.skips.0", "up_blocks.0.skips.1"]);
    expect(find("/up_blocks.0/Concat_output_0")).toEqual(["/up_blocks.0/Concat_output_0"]);
    expect(() => find("mid_blok")).toThrow("no part of this model is called mid_blok");
  });

  test("of the UNet with handles are those of the plain one, and its inputs are called after them", () => {
    const graph = readGraph(readFileSync("data/models/tiny/unet/controls.onnx"));
    const roles = rolesOf(graph);
    expect([...roles.keys()].sort()).toEqual([...rolesOf(readGraph(unet)).keys()].sort());
    const handles = new Set(graph.inputs);
    for (const {role, part} of roles.values()) {
      if (part === "skip") expect(handles.has(`${role}.gate`), role).toBe(true);
      if (part === "probabilities") expect(handles.has(role), role).toBe(true);
    }
  });

  test("of a whole UNet name every block, resnet, attention and skip", () => {
    const roles = rolesOf(readGraph(unet));
    for (const block of [
      "down_blocks.0",
      "down_blocks.1",
      "down_blocks.2",
      "mid_block",
      "up_blocks.0",
      "up_blocks.2"
    ]) {
      for (const role of [block, `${block}.input`, `${block}.resnets.0`, `${block}.resnets.0.input`])
        expect(roles.has(role), role).toBe(true);
    }
    const skips = [...roles.values()].filter(({part}) => part === "skip").map(({tensor}) => tensor);
    expect(skips.reverse()).toEqual([
      roles.get("conv_in")?.tensor,
      ...["attentions.0", "downsamplers.0"].map((last) => roles.get(`down_blocks.0.${last}`)?.tensor),
      ...["attentions.0", "downsamplers.0"].map((last) => roles.get(`down_blocks.1.${last}`)?.tensor),
      roles.get("down_blocks.2.resnets.0")?.tensor
    ]);
  });
});

/** "/down_blocks.0/resnets.0/Add" -> "down_blocks.0.resnets.0". */
const scopeOf = ({name}: GraphNode): string => name.split("/").slice(1, -1).join(".");

describe("attention layers", () => {
  test("are told in the order they run, self before cross", () => {
    const layers = attentionLayers(optimum, rolesOf(optimum));
    expect(layers.map(({kind}) => kind)).toEqual(["self", "cross"]);
    expect(layers[1]).toEqual({
      layer: "down_blocks.0.attentions.0.transformer_blocks.0.attn2",
      kind: "cross",
      role: "down_blocks.0.attentions.0.transformer_blocks.0.attn2.probabilities"
    });
  });

  test("of a file with fused attention: it says that it has no probabilities", () => {
    const fused = {...optimum, nodes: [{...node("attention", ["sample"]), operator: "MultiHeadAttention"}]};
    expect(() => attentionLayers(fused, rolesOf(fused))).toThrow("fused attention (MultiHeadAttention)");
  });

  test("give the maps of one half of guidance, of one kind", () => {
    const map = {data: Float32Array.of(1, 0, 0, 1), dims: [2, 1, 1, 2]};
    const inside = {"mid_block.attn2.probabilities": map, "mid_block.attn1.probabilities": map, mid_block: map};
    const [uncond, cond] = [0, 1].map((item) => attentionMaps(inside, {kind: "cross", item}));
    expect(uncond).toEqual([
      {layer: "mid_block.attn2", kind: "cross", probabilities: {data: Float32Array.of(1, 0), dims: [1, 1, 2]}}
    ]);
    expect(cond[0].probabilities.data).toEqual(Float32Array.of(0, 1));
    expect(attentionMaps(inside, {kind: "cross"})).toEqual(cond);
  });
});
