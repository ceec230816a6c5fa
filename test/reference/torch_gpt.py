"""A small GPT-2 by PyTorch in float64, with its own attention, for test/experiments/gpt.test.ts.

    python torch_gpt.py > torch-gpt.json

Written after nanoGPT's model.py. Weight number p is 0.5 sin(1.3 i + p) in the order of its elements i, the tokens are
(7 i) mod 5, and the loss is the mean cross-entropy of each next token.
"""

import json
import math

import torch
from torch import nn
from torch.nn import functional

torch.set_default_dtype(torch.float64)

VOCABULARY, CONTEXT, LAYERS, HEADS, WIDTH = 5, 4, 2, 2, 6


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.in_proj = nn.Linear(WIDTH, 3 * WIDTH)
        self.out_proj = nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        n, time, _ = x.shape
        q, k, v = (part.view(n, time, HEADS, -1).transpose(1, 2) for part in self.in_proj(x).split(WIDTH, 2))
        scores = q @ k.transpose(-2, -1) / math.sqrt(WIDTH / HEADS)
        later = torch.ones(time, time, dtype=torch.bool).triu(1)
        y = scores.masked_fill(later, -math.inf).softmax(-1) @ v
        return self.out_proj(y.transpose(1, 2).reshape(n, time, WIDTH))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1 = nn.LayerNorm(WIDTH)
        self.attn = Attention()
        self.ln_2 = nn.LayerNorm(WIDTH)
        self.c_fc = nn.Linear(WIDTH, 4 * WIDTH)
        self.c_proj = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.c_proj(functional.gelu(self.c_fc(self.ln_2(x))))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte = nn.Embedding(VOCABULARY, WIDTH)
        self.wpe = nn.Embedding(CONTEXT, WIDTH)
        self.h = nn.ModuleList(Block() for _ in range(LAYERS))
        self.ln_f = nn.LayerNorm(WIDTH)

    def forward(self, tokens):
        x = self.wte(tokens) + self.wpe(torch.arange(tokens.shape[1]))
        for block in self.h:
            x = block(x)
        return self.ln_f(x) @ self.wte.weight.T


def flat(tensor):
    return [round(number, 8) for number in tensor.flatten().tolist()]


if __name__ == "__main__":
    gpt = GPT()
    for position, parameter in enumerate(gpt.parameters()):
        numbers = torch.arange(parameter.numel(), dtype=torch.float64).reshape(parameter.shape)
        parameter.data = 0.5 * torch.sin(1.3 * numbers + position)
    windows = (7 * torch.arange(2 * (CONTEXT + 1)) % 5).reshape(2, -1)
    logits = gpt(windows[:, :-1])
    loss = functional.cross_entropy(logits.reshape(-1, VOCABULARY), windows[:, 1:].reshape(-1))
    loss.backward()
    gradients = [flat(parameter.grad) for parameter in gpt.parameters()]
    print(json.dumps({"logits": flat(logits), "loss": round(loss.item(), 8), "gradients": gradients}))
