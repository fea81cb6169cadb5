"""Loads the rdms.h5 of a run with rsatoolbox and compares its noise ceilings and correlations with
those of results.h5: check_rsatoolbox.py RUN. Prints the largest differences; exits 1 above 1e-9."""
import sys
import warnings

import h5py
import numpy as np
import rsatoolbox
from rsatoolbox.inference import boot_noise_ceiling

warnings.filterwarnings("ignore")
run = sys.argv[1]
results = h5py.File(run + "/results.h5")["representations"]
rdms = rsatoolbox.rdm.load_rdm(run + "/rdms.h5")
names = np.array(rdms.rdm_descriptors["name"])
own = [name.decode() for name in results["rdm"][()]]
assert np.array_equal(rdms.dissimilarities[: len(own)], results["dissimilarity"][()])

largest = {"ceiling": 0.0, "mean rho": 0.0, "pooled rho": 0.0}


def differ(what, a, b):
    largest[what] = max(largest[what], abs(a - b))


sets = [name for name in results if isinstance(results[name], h5py.Group)]
assert sets
for name in sets:
    ours, people = results[name], rdms.subset("name", name)
    assert people.n_rdm == len(ours["subject"])
    low, high = boot_noise_ceiling(people, "spearman")
    low_subjects, _ = boot_noise_ceiling(people, "spearman", "subject")
    differ("ceiling", low, ours["ceiling_low"][()])
    differ("ceiling", high, ours["ceiling_high"][()])
    differ("ceiling", low_subjects, ours["ceiling_low_subjects"][()])
    pooled = rsatoolbox.util.inference_util.pool_rdm(people, "spearman")
    for row, model in enumerate(name.decode() for name in ours["model"][()]):
        if model not in own:
            continue
        one = rdms.subset("name", model)
        differ("mean rho", np.mean(rsatoolbox.rdm.compare(one, people, "spearman")), ours["mean_rho"][row])
        differ("pooled rho", rsatoolbox.rdm.compare(one, pooled, "spearman")[0, 0], ours["pooled_rho"][row])

print("rsatoolbox:", ", ".join(f"{what} within {by:.1e}" for what, by in largest.items()))
sys.exit(int(max(largest.values()) > 1e-9))
