"""Both judges over thousands of invoices: prints disagreements, writes the agreement table.

CIUS_RO_XSLT=... UBL_XSD=... python tests/checker/oracle/sweep.py [--table docs/agreement.md] [--pairs N]
                                                                   [--only KIND] [--share N] [FOLDER...]
"""

import argparse
import collections
import random
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
for folder in (HERE, HERE.parent, HERE.parents[2] / "l10n_ro_efactura_abacus"):
    sys.path.insert(0, str(folder))

import agreement  # noqa: E402
import checker_samples  # noqa: E402
import corners  # noqa: E402
import mixtures  # noqa: E402
import mutations  # noqa: E402
from judges import Official  # noqa: E402

from anaf.cius import check  # noqa: E402


class Tally:
    def __init__(self):
        self.documents = self.accepted = self.rejected = self.aborted = self.invalid = 0
        self.rules = collections.defaultdict(collections.Counter)  # rule: rejecting, only_ours, only_theirs
        self.compared = 0
        self.disagreements = []
        self.seconds = 0.0

    def add(self, name, xml, official):
        theirs = official.judge(xml)
        started = time.perf_counter()
        report = check(xml)
        self.seconds += time.perf_counter() - started
        ours = {one.rule for one in report.fatal}
        structure = bool(ours & {"XSD", "XML"})
        self.documents += 1
        self.accepted += theirs.passes
        self.rejected += not theirs.passes
        self.aborted += bool(theirs.aborted)
        self.invalid += theirs.valid is False
        wrong = []
        if theirs.valid is not None and structure == theirs.valid:
            wrong.append("structure: ours says " + ("wrong" if structure else "right"))
        if (report.verdict == "pass") != theirs.passes:
            wrong.append(f"verdict: ours {report.verdict}")
        if not theirs.aborted:
            self.compared += 1
            for rule in ours & theirs.fatal:
                self.rules[rule]["rejecting"] += 1
            for side, rules in (("only ours", ours - theirs.fatal - {"XSD"}), ("only theirs", theirs.fatal - ours)):
                for rule in rules:
                    self.rules[rule][side] += 1
                if rules:
                    wrong.append(f"{side}: {' '.join(sorted(rules))}")
            if warned := {one.rule for one in report.warnings} ^ theirs.warnings:
                wrong.append(f"warnings differ: {' '.join(sorted(warned))}")
            for rule in theirs.warnings:
                self.rules[rule]["warning"] += 1
        if wrong:
            self.disagreements.append((name, wrong, theirs.aborted, xml))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--table")
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--mixtures", type=int, default=3000, help="random invoices around VAT")
    parser.add_argument("--only", help="kinds of our own samples, with commas")
    parser.add_argument("--share", type=float, default=1.0, help="of the single changes, at random")
    parser.add_argument("--full", default="", help="kinds of which every single change is judged")
    parser.add_argument("--seed", type=int, default=16931, help="of what is random")
    parser.add_argument("--show", type=int, default=40)
    parser.add_argument("folders", nargs="*")
    options = parser.parse_args()
    official, tally, chance = Official(), Tally(), random.Random(options.seed)
    bases = {
        name: xml
        for name, xml in checker_samples.kinds().items()
        if not options.only or name in options.only.split(",")
    }
    for folder in options.folders:
        bases.update({path.name: path.read_bytes() for path in sorted(Path(folder).glob("*.xml"))})
    for name, xml in bases.items():
        tally.add(name, xml, official)
        whole = name in options.full.split(",")
        for label, mutant in mutations.mutants(xml):
            if whole or chance.random() < options.share:
                tally.add(f"{name}: {label}", mutant, official)
        for label, mutant in mutations.pairs(xml, options.pairs, name):
            tally.add(f"{name}: {label}", mutant, official)
        print(name, tally.documents, len(tally.disagreements), flush=True)
    for label, xml in (*corners.corners(), *mixtures.mixtures(options.mixtures)):
        tally.add(label, xml, official)
    kinds = collections.Counter()
    for name, wrong, aborted, _xml in tally.disagreements:
        kinds["; ".join(wrong)] += 1
        if kinds["; ".join(wrong)] <= 3 and sum(kinds.values()) <= 10 * options.show:
            print("DISAGREE", name, wrong, aborted[:80])
    print(
        f"{tally.documents} documents, {tally.accepted} accepted, {tally.rejected} rejected "
        f"({tally.aborted} by an abort, {tally.invalid} against the UBL schema), "
        f"{len(tally.disagreements)} disagreements; {tally.seconds / tally.documents * 1000:.1f} ms each"
    )
    if options.table:
        Path(options.table).write_text(agreement.table(tally, len(bases), options), encoding="utf-8")


if __name__ == "__main__":
    main()
