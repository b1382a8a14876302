"""Why a layer is no dense one: what its name or its shape gives away."""

from __future__ import annotations

import re

__all__ = ["reason"]

_REASONS = (
    (r"running_(mean|var)|num_batches_tracked|batch_?stats|batch_?norm", "a batch normalisation"),
    (r"layer_?norm|group_?norm|instance_?norm|rms_?norm|\bln_?\d*\b", "a layer normalisation"),
    (r"attention|attn|transformer|in_proj|[qkv]_proj", "attention"),
    (r"embed", "an embedding"),
    (r"weight_(ih|hh)|lstm|\bgru|\brnn|recurrent", "a recurrent layer"),
    (r"weight_[gv]$|parametrizations|weight_orig|weight_mask", "a weight with parameters inside"),
    (r"lora_", "a low-rank adapter"),
    (r"conv(?![eio])", "a convolution"),
    (r"pool", "a pooling"),
    (r"softmax", "a softmax"),
)


def reason(label: str) -> str | None:
    """Return what a name stands for that is no dense layer; None if it gives nothing away.

    >>> reason("Conv2d"), reason("blocks.0.self_attn.weight"), reason("fc1.weight")
    ('a convolution', 'attention', None)
    """
    for pattern, what in _REASONS:
        if re.search(pattern, label, re.IGNORECASE):
            return what
    return None
