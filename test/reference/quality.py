"""Freezes distances between features, for test/plugins/images/quality/distances.test.ts. Run by hand, where torch, torchvision, pytorch-fid and
clean-fid are installed:

    python quality.py | npx prettier --parser json > quality.json
"""

import json
import math
from importlib.metadata import version

import numpy as np
from cleanfid import fid as clean_fid
from pytorch_fid.fid_score import calculate_frechet_distance

VERSION = 1


def features(rows, width, phase, scale):
    """Numbers that are easy to make again, and in which no column follows from the others."""
    return np.array([[scale * math.sin(phase + (row + 1) * (column + 1) ** 1.5) for column in range(width)] for row in range(rows)])


def moments(x):
    return x.mean(axis=0), np.cov(x, rowvar=False)


# Many images; sets of other sizes; fewer images than features, whose covariance has no inverse.
CASES = {
    'many': dict(width=5, one=(60, 0.1, 1.0), other=(60, 0.7, 1.4)),
    'unequal': dict(width=4, one=(30, 0.0, 2.0), other=(50, 1.3, 0.5)),
    'few': dict(width=12, one=(9, 0.3, 1.0), other=(9, 2.0, 1.0)),
}

if __name__ == '__main__':
    record = {'script': VERSION} | {name: version(name).split('+')[0] for name in ('pytorch-fid', 'clean-fid', 'torch', 'numpy', 'scipy')}
    record['cases'] = []
    for name, case in CASES.items():
        one, other = (features(rows, case['width'], phase, scale) for rows, phase, scale in (case['one'], case['other']))
        result = {'name': name, **case}
        result['pytorchFid'] = float(calculate_frechet_distance(*moments(one), *moments(other)))
        result['cleanFid'] = float(clean_fid.fid_from_feats(one, other))
        if len(one) == len(other):
            # One subset of all images: nothing is drawn.
            result['cleanKid'] = clean_fid.kernel_distance(one, other, num_subsets=1, max_subset_size=len(one))
        record['cases'].append(result)
    print(json.dumps(record))
