"""Both judges on the samples and a share of their changes; skipped without the official artefact (oracle/judges.py)."""

import os

import checker_samples as samples
import pytest

pytestmark = pytest.mark.skipif(not os.environ.get("CIUS_RO_XSLT"), reason="CIUS_RO_XSLT names no official artefact")


def test_no_disagreement():
    pytest.importorskip("saxonche")
    import mutations
    from judges import Official
    from sweep import Tally

    official, tally = Official(), Tally()
    for name, xml in samples.kinds().items():
        tally.add(name, xml, official)
        for label, mutant in mutations.pairs(xml, 10, name):
            tally.add(f"{name}: {label}", mutant, official)
    assert not [(name, wrong) for name, wrong, _aborted, _xml in tally.disagreements]
