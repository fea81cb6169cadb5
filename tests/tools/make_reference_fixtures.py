#!/usr/bin/env python3
"""Transformer blocks computed with PyTorch, which tests/sim/test_reference_block.cpp compares with
our reference block.

    make_reference_fixtures.py FOLDER           writes FOLDER/block_*.json
    make_reference_fixtures.py --check FOLDER   recomputes them from the weights and inputs they hold

Everything is float64. Weights and inputs are normal numbers rounded to four decimals, so that the
files stay small and both programs read the same numbers. Every result is computed twice: step by
step with torch.nn.functional, which yields the intermediates, and, where PyTorch offers the same
block, by torch.nn.TransformerEncoderLayer or torch.nn.MultiheadAttention, which judges the first.

Exit status: 0 done or equal, 1 different, 77 PyTorch is not installed.
"""

import argparse
import json
import math
import pathlib
import sys

try:
    import torch
    from torch.nn import functional
except ImportError as missing:
    print(f"PyTorch is not installed: {missing}")
    sys.exit(77)

# both programs round some hundred times in values of order 1 to 10
TOLERANCE = 1e-12

SIZES = dict(columns=5, heads=2, d_model=6, d_head=3, d_ff=7, attention="self", norm="none",
             norm_epsilon=1e-5, activation="gelu", score_gain=1.0, masked=[], scale=1.0)

CASES = {
    "none_relu_self": dict(activation="relu"),
    "none_gelu_cross_masked": dict(attention="cross", masked=[0, 0, 1, 0, 1]),
    "pre_gelu_self_masked": dict(norm="pre", masked=[0, 1, 0, 0, 0]),
    "pre_gelu_tanh_causal": dict(norm="pre", activation="gelu_tanh", attention="causal"),
    "pre_relu_cross": dict(norm="pre", activation="relu", attention="cross"),
    "post_gelu_self_masked": dict(norm="post", norm_epsilon=1e-12, masked=[0, 0, 0, 1, 1]),
    "post_gelu_tanh_cross": dict(norm="post", activation="gelu_tanh", attention="cross"),
    "post_relu_causal": dict(norm="post", activation="relu", attention="causal"),
    # the first query sees itself alone, and it is masked: a row without any key
    "pre_gelu_causal_first_masked": dict(norm="pre", attention="causal", masked=[1, 0, 0, 1, 0]),
    "none_self_without_ff_wide_heads": dict(d_ff=0, d_head=4, score_gain=0.5),
    "post_self_without_ff": dict(norm="post", d_ff=0, columns=4),
    # scores of some thousands: exp overflows unless the row's maximum is subtracted
    "none_gelu_self_large_scores": dict(columns=4, scale=30.0),
}


def draw(spec, generator):
    """Weights and inputs of one case, as nested lists rounded to four decimals."""
    stacked, d, d_ff = spec["heads"] * spec["d_head"], spec["d_model"], spec["d_ff"]
    shapes = dict(W_Q=(stacked, d), W_K=(stacked, d), W_V=(stacked, d), b_Q=(stacked,),
                  b_K=(stacked,), b_V=(stacked,), W_O=(d, stacked), b_O=(d,), W_1=(d_ff, d),
                  b_1=(d_ff,), W_2=(d, d_ff), b_2=(d,), g_1=(d,), beta_1=(d,), g_2=(d,), beta_2=(d,))

    def rounded(shape, factor=1.0, around=0.0):
        numbers = torch.randn(shape, generator=generator, dtype=torch.float64)
        return [round(around + factor * x, 4) for x in numbers.flatten().tolist()]

    weights = {name: rounded(shape, 0.3 if len(shape) == 1 else 0.7, 1.0 if name[0] == "g" else 0.0)
               for name, shape in shapes.items()}
    stream = (spec["columns"], d)
    x = rounded(stream, spec["scale"], 0.2)
    c = rounded(stream, spec["scale"]) if spec["attention"] == "cross" else x
    return weights, x, c


def mask_of(spec):
    """[N, N], true where query i must not see key j."""
    n = spec["columns"]
    hidden = torch.zeros(n, n, dtype=torch.bool)
    if spec["masked"]:
        hidden |= torch.tensor(spec["masked"], dtype=torch.bool)[None, :]
    if spec["attention"] == "causal":
        hidden |= torch.ones(n, n, dtype=torch.bool).triu(1)
    return hidden


def tensors(spec, flat):
    stacked, d, d_ff = spec["heads"] * spec["d_head"], spec["d_model"], spec["d_ff"]
    columns = dict(W_Q=d, W_K=d, W_V=d, W_O=stacked, W_1=d, W_2=d_ff)
    out = {}
    for name, values in flat.items():
        values = torch.tensor(values, dtype=torch.float64)
        if name in columns:
            values = values.reshape(-1, columns[name]) if columns[name] else values.reshape(d, 0)
        out[name] = values
    return out


def block(spec, flat, x, c):
    """Every intermediate, under its TransformerLens name."""
    w = tensors(spec, flat)
    n, heads, d_head, d = spec["columns"], spec["heads"], spec["d_head"], spec["d_model"]
    x = torch.tensor(x, dtype=torch.float64).reshape(n, d)
    c = torch.tensor(c, dtype=torch.float64).reshape(n, d)

    def norm(number, rows):
        return functional.layer_norm(rows, (d,), w[f"g_{number}"], w[f"beta_{number}"],
                                     spec["norm_epsilon"])

    def feed_forward(rows):
        if spec["d_ff"] == 0:
            return torch.zeros_like(rows)
        inner = functional.linear(rows, w["W_1"], w["b_1"])
        inner = {"relu": functional.relu, "gelu": functional.gelu,
                 "gelu_tanh": lambda a: functional.gelu(a, approximate="tanh")}[spec["activation"]](inner)
        return functional.linear(inner, w["W_2"], w["b_2"])

    pre, post = spec["norm"] == "pre", spec["norm"] == "post"
    tokens, context = (norm(1, x), norm(1, c)) if pre else (x, c)
    q = functional.linear(context, w["W_Q"], w["b_Q"]).view(n, heads, d_head)
    k = functional.linear(tokens, w["W_K"], w["b_K"]).view(n, heads, d_head)
    v = functional.linear(tokens, w["W_V"], w["b_V"]).view(n, heads, d_head)
    scores = spec["score_gain"] * torch.einsum("ihe,jhe->hij", q, k) / math.sqrt(d_head)
    scores = scores.masked_fill(mask_of(spec), -math.inf)
    pattern = torch.softmax(scores, dim=-1).nan_to_num(0.0)
    z = torch.einsum("hij,jhe->ihe", pattern, v)
    attn_out = functional.linear(z.reshape(n, heads * d_head), w["W_O"], w["b_O"])

    names = {"attn.hook_q": q, "attn.hook_k": k, "attn.hook_v": v, "attn.hook_attn_scores": scores,
             "attn.hook_pattern": pattern, "attn.hook_z": z, "hook_resid_pre": x,
             "hook_attn_out": attn_out, "hook_resid_mid": x + attn_out}
    stream = norm(1, x + attn_out) if post else x + attn_out
    names["hook_mlp_out"] = feed_forward(norm(2, stream) if pre else stream)
    names["hook_resid_post"] = stream + names["hook_mlp_out"]
    if post:
        names["hook_normalized_resid_mid"] = stream
        names["hook_normalized_resid_post"] = norm(2, names["hook_resid_post"])
    judge(spec, w, x, c, names)
    return {f"blocks.0.{name}": values for name, values in names.items()}


def judge(spec, w, x, c, names):
    """Compares with PyTorch's own modules, where they can express the case."""
    stacked, d = spec["heads"] * spec["d_head"], spec["d_model"]
    hidden = mask_of(spec)
    if stacked != d or spec["score_gain"] != 1 or hidden.all(dim=1).any():
        return
    attention_weights = {"in_proj_weight": torch.cat([w["W_Q"], w["W_K"], w["W_V"]]),
                         "in_proj_bias": torch.cat([w["b_Q"], w["b_K"], w["b_V"]]),
                         "out_proj.weight": w["W_O"], "out_proj.bias": w["b_O"]}
    pre, post = spec["norm"] == "pre", spec["norm"] == "post"

    attention = torch.nn.MultiheadAttention(d, spec["heads"], batch_first=True, dtype=torch.float64)
    attention.load_state_dict(attention_weights)
    if pre:
        x_in, c_in = (functional.layer_norm(rows, (d,), w["g_1"], w["beta_1"], spec["norm_epsilon"])
                      for rows in (x, c))
    else:
        x_in, c_in = x, c
    with torch.no_grad():
        out, pattern = attention(c_in[None], x_in[None], x_in[None], attn_mask=hidden,
                                 average_attn_weights=False)
    torch.testing.assert_close(out[0], names["hook_attn_out"], rtol=TOLERANCE, atol=TOLERANCE)
    torch.testing.assert_close(pattern[0], names["attn.hook_pattern"], rtol=TOLERANCE, atol=TOLERANCE)

    # the encoder layer has no cross-attention, always norms, and needs a feed-forward layer
    if spec["attention"] == "cross" or spec["norm"] == "none" or spec["d_ff"] == 0:
        return
    activation = {"relu": functional.relu, "gelu": functional.gelu,
                  "gelu_tanh": lambda a: functional.gelu(a, approximate="tanh")}[spec["activation"]]
    layer = torch.nn.TransformerEncoderLayer(
        d, spec["heads"], spec["d_ff"], dropout=0.0, activation=activation, batch_first=True,
        layer_norm_eps=spec["norm_epsilon"], norm_first=pre, dtype=torch.float64)
    layer.load_state_dict({
        **{f"self_attn.{name}": values for name, values in attention_weights.items()},
        "linear1.weight": w["W_1"], "linear1.bias": w["b_1"], "linear2.weight": w["W_2"],
        "linear2.bias": w["b_2"], "norm1.weight": w["g_1"], "norm1.bias": w["beta_1"],
        "norm2.weight": w["g_2"], "norm2.bias": w["beta_2"]})
    with torch.no_grad():
        out = layer(x[None], src_mask=hidden)[0]
    ours = names["hook_normalized_resid_post" if post else "hook_resid_post"]
    torch.testing.assert_close(out, ours, rtol=TOLERANCE, atol=TOLERANCE)


def plain(values):
    """Numbers as JSON can hold them: null stands for -inf (a masked score)."""
    return [None if x == -math.inf else x for x in values.flatten().tolist()]


def write(folder):
    for number, (name, changes) in enumerate(CASES.items()):
        spec = {**SIZES, **changes}
        weights, x, c = draw(spec, torch.Generator().manual_seed(92 + number))
        results = block(spec, weights, x, c)
        case = {
            "made_by": f"tests/tools/make_reference_fixtures.py, PyTorch {torch.__version__}, "
                       f"Python {sys.version.split()[0]}, seed {92 + number}",
            "spec": {key: value for key, value in spec.items() if key not in ("masked", "scale")},
            "masked": spec["masked"], "x": x, "c": c, "weights": weights,
            "expected": {key: {"shape": list(values.shape), "values": plain(values)}
                         for key, values in results.items()}}
        # one line per array keeps the file readable and its changes small
        text = json.dumps(case, separators=(",", ":"))
        for break_before in ('"spec":', '"masked":', '"x":', '"c":', '"W_', '"b_', '"g_', '"beta_',
                             '"expected":', '"weights":', '"blocks.'):
            text = text.replace(break_before, "\n" + break_before)
        (folder / f"block_{name}.json").write_text(text + "\n")


def check(folder):
    """Largest difference between what the files say and what PyTorch says now."""
    files = sorted(folder.glob("block_*.json"))
    if {file.stem for file in files} != {f"block_{name}" for name in CASES}:
        print(f"{folder} does not hold the {len(CASES)} cases of this script; write them anew")
        return 1
    worst = 0.0
    for file in files:
        case = json.loads(file.read_text())
        results = block({**case["spec"], "masked": case["masked"]}, case["weights"], case["x"], case["c"])
        if results.keys() != case["expected"].keys():
            print(f"{file.name}: the names differ")
            return 1
        for name, values in results.items():
            for now, then in zip(plain(values), case["expected"][name]["values"], strict=True):
                if (now is None) != (then is None):
                    print(f"{file.name}: {name}: masked where it was not, or the reverse")
                    return 1
                if now is None:
                    continue
                difference = abs(now - then) / max(1.0, abs(then))
                if not difference <= TOLERANCE:
                    print(f"{file.name}: {name}: {now} now, {then} in the file")
                    return 1
                worst = max(worst, difference)
    print(f"{len(files)} blocks agree within {worst:.1e} (PyTorch {torch.__version__})")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("folder", type=pathlib.Path)
    arguments = parser.parse_args()
    if arguments.check:
        return check(arguments.folder)
    write(arguments.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
