"""Times a training step of nanoGPT's transformer in PyTorch, and prints what measure.ts prints:

    python measure_torch_gpt.py '{"way": ..., "config": ..., "repetitions": ..., "warmUp": ..., "threads": ..., "tf32": ...}'

It computes on the GPU where PyTorch finds one, unless the config's device is the CPU.
"""

import json
import math
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional


class Block(nn.Module):
    def __init__(self, config, is_manual):
        super().__init__()
        width, self.heads, self.dropout = (config[f"model.{name}"] for name in ("width", "heads", "dropout"))
        self.is_manual = is_manual
        self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.c_attn, self.attn_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.c_fc, self.c_proj = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        later = torch.ones(config["contextLength"], config["contextLength"], dtype=torch.bool).triu(1)
        self.register_buffer("later", later)

    def attend(self, q, k, v):
        if not self.is_manual:
            return functional.scaled_dot_product_attention(q, k, v, dropout_p=self.dropout, is_causal=True)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        weights = scores.masked_fill(self.later, -math.inf).softmax(-1)
        return functional.dropout(weights, self.dropout) @ v

    def forward(self, x):
        n, t, width = x.shape
        parts = self.c_attn(self.ln_1(x)).split(width, 2)
        y = self.attend(*(part.view(n, t, self.heads, -1).transpose(1, 2) for part in parts))
        y = self.attn_proj(y.transpose(1, 2).reshape(n, t, width))
        x = x + functional.dropout(y, self.dropout)
        return x + functional.dropout(self.c_proj(functional.gelu(self.c_fc(self.ln_2(x)))), self.dropout)


class GPT(nn.Module):
    def __init__(self, config, is_manual):
        super().__init__()
        width = config["model.width"]
        self.wte = nn.Embedding(config["model.vocabulary"], width)
        self.wpe = nn.Embedding(config["contextLength"], width)
        self.h = nn.ModuleList(Block(config, is_manual) for _ in range(config["model.layers"]))
        self.ln_f = nn.LayerNorm(width)
        self.dropout = config["model.dropout"]
        for embedding in (self.wte, self.wpe):
            nn.init.normal_(embedding.weight, std=0.02)

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1], device=tokens.device))
        x = functional.dropout(x, self.dropout)
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T


def training_step(config, way, device):
    """:return: does a training step"""
    gpt = GPT(config, way == "manual").to(device)
    run = torch.compile(gpt) if way == "compile" else gpt
    betas = config["optimizer.beta1"], config["optimizer.beta2"]
    decay = config["optimizer.weightDecay"]
    optimizer = torch.optim.AdamW(gpt.parameters(), config["learningRate"], betas, weight_decay=decay, fused=True)
    shape = config["batchSize"], config["contextLength"] + 1
    windows = torch.randint(config["model.vocabulary"], shape, device=device)
    dtype = {"bfloat16": torch.bfloat16, "float16": torch.float16}.get(config["precision"])
    scaler = torch.amp.GradScaler(device.type, enabled=dtype == torch.float16)

    def step():
        with torch.autocast(device.type, dtype=dtype, enabled=dtype is not None):
            logits = run(windows[:, :-1])
            loss = functional.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
        optimizer.zero_grad(set_to_none=True)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(gpt.parameters(), config["clipNorm"])
        scaler.step(optimizer)
        scaler.update()
        return loss.item()

    return step


if __name__ == "__main__":
    task = json.loads(sys.argv[1])
    torch.set_num_threads(task["threads"])
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = task["tf32"]
    is_on_gpu = task["config"]["device"] != "cpu" and torch.cuda.is_available()
    once = training_step(task["config"], task["way"], torch.device("cuda" if is_on_gpu else "cpu"))
    seconds = []
    for _ in range(task["warmUp"] + task["repetitions"]):
        begun = time.perf_counter()
        once()
        seconds.append(time.perf_counter() - begun)
    # Linux tells it in units of 1,024 bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps({"first": seconds[0], "seconds": seconds[task["warmUp"] :], "peakMB": peak}))
