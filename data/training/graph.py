"""ONNX graphs of our modules: exported, named by role, weights kept as float16, and read back.

A node is called `<module path>/<operator>`, its output the same; a weight is called as in the module's state_dict
(`.T` after it where the exporter stored the transpose). So `down_blocks.0.attentions.0.transformer_blocks.0.attn2/Softmax`
is that layer's attention, and the weights of a committed export can start a training again.
"""

import ast
import inspect
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

OPSET = 18
# Below this many values a constant stays float32: shapes, epsilons and such.
SMALLEST_WEIGHT = 16
# Below this many bytes a weight stays in the graph's own file.
SMALLEST_OUTSIDE = 256


def export_graph(module, inputs: dict, outputs: list[str], batched: list[str]) -> onnx.ModelProto:
    """`module(*inputs)` as a graph whose first dimension of every input in `batched` is free."""
    batch = torch.export.Dim("batch")
    shapes = [{0: batch} if name in batched else None for name in inputs]
    by_argument = inspect.signature(module.forward).bind(*shapes).arguments  # those of *values are one tuple
    program = torch.onnx.export(
        module.eval(), tuple(inputs.values()), dynamo=True, opset_version=OPSET, input_names=list(inputs),
        output_names=outputs, dynamic_shapes=tuple(by_argument.values()), verbose=False,
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        program.save(str(path))
        return onnx.load(str(path))


def module_path(node: onnx.NodeProto) -> str:
    """The innermost module that a node was traced in, below our wrapper: `down_blocks.0.resnets.0.conv1`."""
    for prop in node.metadata_props:
        if prop.key == "pkg.torch.onnx.name_scopes":
            scopes = [scope for scope in ast.literal_eval(prop.value)[:-1] if "." in scope]
            return scopes[-1].split(".", 1)[1] if scopes else ""
    return ""


def name_by_role(model: onnx.ModelProto) -> onnx.ModelProto:
    """Rename nodes, values and weights in place; graph inputs and outputs keep their names."""
    graph = model.graph
    fixed = {value.name for value in [*graph.input, *graph.output]}
    constants = {tensor.name: tensor for tensor in graph.initializer}
    renamed: dict[str, str] = {}
    used: Counter = Counter()

    def unique(name: str) -> str:
        used[name] += 1
        return name if used[name] == 1 else f"{name}_{used[name]}"

    for tensor in graph.initializer:
        if "." in tensor.name:
            renamed[tensor.name] = unique(tensor.name.split(".", 1)[1])
    for node in graph.node:
        path = module_path(node)
        node.name = unique(f"{path}/{node.op_type}".lstrip("/"))
        for name in node.input:
            if name in constants and name not in renamed:
                renamed[name] = unique(weight_name(node, path, constants[name]))
        for position, name in enumerate(node.output):
            if name and name not in fixed:
                renamed[name] = node.name if len(node.output) == 1 else f"{node.name}:{position}"
        del node.metadata_props[:]
        node.doc_string = ""
    for tensor in graph.initializer:
        tensor.name = renamed.get(tensor.name, tensor.name)
    for node in graph.node:
        node.input[:] = [renamed.get(name, name) for name in node.input]
        node.output[:] = [renamed.get(name, name) for name in node.output]
    del graph.value_info[:]
    del model.metadata_props[:]
    del graph.metadata_props[:]
    return model


def weight_name(node: onnx.NodeProto, path: str, tensor: onnx.TensorProto) -> str:
    """What a constant the exporter folded is: a transposed matrix, the scale or shift of a group norm, looked-up position
    embeddings, or just a constant of its node."""
    values = int(np.prod(tensor.dims))
    if tensor.data_type == TensorProto.FLOAT and values >= SMALLEST_WEIGHT:
        if node.op_type == "MatMul" and len(tensor.dims) == 2:
            return f"{path}.weight.T"
        if node.op_type in ("Mul", "Add") and "norm" in path.rsplit(".", 1)[-1]:
            return f"{path}.{'weight' if node.op_type == 'Mul' else 'bias'}"
        if node.op_type == "Add" and path.endswith("embeddings"):
            return f"{path}.position_embedding.weight"
    return f"{path}/constant".lstrip("/")


def store_as_float16(model: onnx.ModelProto) -> onnx.ModelProto:
    """Keep weights as float16 followed by a Cast to float32, which a runtime folds at load. Arithmetic stays float32."""
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        is_weight = "/" not in tensor.name  # the frequencies of the time embedding, say, are a constant: kept as they are
        if not is_weight or values.dtype != np.float32 or values.size < SMALLEST_WEIGHT:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}:float16"))
        casts.append(helper.make_node("Cast", [f"{name}:float16"], [name], f"{name}/Cast", to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def rounded_to_float16(module: torch.nn.Module) -> torch.nn.Module:
    """In place: the weights that the export will hold, so that graph and module can be compared bit for bit."""
    with torch.no_grad():
        for parameter in module.parameters():
            if parameter.numel() >= SMALLEST_WEIGHT:
                parameter.copy_(parameter.half().float())
    return module


def write_graph(model: onnx.ModelProto, path: Path, external: bool = False) -> None:
    """Save to `path`; with `external` the weights go into `<path>_data`, which several graphs can share."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = path.with_name(path.name + "_data")
    data.unlink(missing_ok=True)
    model.producer_name, model.producer_version, model.doc_string = "diffusion-unrolled", "", ""
    if external:
        onnx.save(model, str(path), save_as_external_data=True, location=data.name, size_threshold=SMALLEST_OUTSIDE)
        data.chmod(0o644)  # onnx makes it readable by its owner alone: no web server's business
    else:
        onnx.save(model, str(path))


def free_dimensions(model: onnx.ModelProto, names: list[str]) -> onnx.ModelProto:
    """Let the named inputs have any size along every dimension, such as 1 where all values along it are alike: nothing in
    the graph but arithmetic that broadcasts may take them."""
    for value in model.graph.input:
        for axis, dimension in enumerate(value.type.tensor_type.shape.dim if value.name in names else []):
            dimension.dim_param = f"{value.name}[{axis}]"  # each its own: equal names would promise equal sizes
    return model


def write_beside(model: onnx.ModelProto, path: Path, owner: Path) -> None:
    """Save to `path` a graph that reads its weights where the graph `owner`, in the same folder, keeps its own of that name.

    Raises SystemExit when a weight is not among them."""
    kept = {tensor.name: tensor for tensor in onnx.load(str(owner)).graph.initializer}
    places = {tensor.name: tensor for tensor in onnx.load(str(owner), load_external_data=False).graph.initializer}
    for tensor in model.graph.initializer:
        place = places.get(tensor.name)
        if tensor.data_type != TensorProto.FLOAT16 or len(tensor.raw_data) < SMALLEST_OUTSIDE:
            continue
        if place is None or kept[tensor.name].raw_data != tensor.raw_data:
            raise SystemExit(f"{path.name} has a weight that {owner.name} lacks: {tensor.name}")
        if place.data_location == TensorProto.EXTERNAL:
            tensor.CopyFrom(place)
    model.producer_name, model.producer_version, model.doc_string = "diffusion-unrolled", "", ""
    onnx.save(model, str(path))


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """The weights of a graph written here, float32, by their names in the state_dict."""
    if not path.exists():
        raise SystemExit(f"no exported graph {path}: run the stage `export` first")
    weights = {}
    for tensor in onnx.load(str(path)).graph.initializer:
        name = tensor.name.removesuffix(":float16")
        values = numpy_helper.to_array(tensor)
        if values.dtype in (np.float16, np.float32) and "/" not in name:
            weights[name.removesuffix(".T")] = (values.T if name.endswith(".T") else values).astype(np.float32)
    return weights


def restore(module: torch.nn.Module, *weights: dict[str, np.ndarray]) -> dict[str, torch.Tensor]:
    """A full state_dict for `module` from exported weights. Raises KeyError with the names that no graph holds."""
    found = {name: values for part in weights for name, values in part.items()}
    state = module.state_dict()
    missing = [name for name, value in state.items() if name not in found and value.dtype.is_floating_point]
    if missing:
        raise KeyError(f"the export lacks {len(missing)} weights, the first is {missing[0]}")
    for name, value in state.items():
        if name in found:
            state[name] = torch.from_numpy(found[name].copy()).reshape(value.shape)
    return state
