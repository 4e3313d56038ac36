"""The table of docs/agreement.md from a finished sweep."""

_HEAD = """# Agreement with ANAF's artefacts

`anaf/cius` and the official artefacts (`ro16931-ubl-1.0.9`: CIUS-RO 1.0.1 over EN 16931, run by Saxon, after the UBL
2.1 schemas) judged the same documents: {bases} invoices and credit notes of many kinds, {share} of the single changes
of each that `tests/checker/oracle/mutations.py` knows (elements removed, doubled, emptied, swapped, of another
namespace; codes, amounts, dates and lengths changed; attributes removed, changed, added; UBL elements outside EN 16931
added){full}, {pairs} random sets of two or three changes of each, {mixtures} random invoices around VAT, and corners.

| | |
|---|---|
| documents | {documents} |
| accepted by the artefacts | {accepted} |
| rejected by the artefacts | {rejected} ({invalid} already by the UBL schema, {aborted} by an engine error) |
| verdicts that differ | {verdicts} |
| documents with any difference in fatal rules or warnings | {differing} |
| time of our checker | {ms:.1f} ms a document |

Rules are compared where the artefact came to an end: {compared} documents. It stops with an engine error, naming no
rule, where an element it reads as one is there twice or holds no number: there only the verdict can be compared.

## Per rule

*Rejecting*: both named the rule. *Accepting*: neither did. Warnings (UBL-CR, UBL-DT) were compared alike.

| Rule | Rejecting | Accepting | Only ours | Only theirs |
|---|---:|---:|---:|---:|
"""
_TAIL = """
## What is explained, not counted

- Both schemas are read by libxml2 here, which refuses a date with a blank around it; XML Schema trims it. BR-RO-DT
  rejects every such date of the profile all the same. Its other limit, decimals of 24 digits, is lifted on our side.
- Structure inside UBL groups that EN 16931 does not use at all (`cac:Signature`, `cac:Shipment`...) is not checked,
  only the types of the values in them.
- Rules of the artefact that cannot fire are not here: BR-RO-A051, A052, A500, L1019, BR-DEC-RO-13, 15, 23, BR-DEC-13,
  15, BR-CO-05 to 08, UBL-SR-22, 23. Several UBL-SR rules on repeated elements (01, 02, 03, 05, 09, 10, 24, 25...) fire
  only in documents where the artefact stops with an error first: we name them, it names nothing.
"""


def table(tally, bases, options):
    """Markdown."""
    rows = []
    for rule in sorted(rule for rule, counts in tally.rules.items() if set(counts) - {"warning"}):
        counts = tally.rules[rule]
        accepting = tally.compared - counts["rejecting"] - counts["only ours"] - counts["only theirs"]
        columns = (rule, counts["rejecting"], accepting, counts["only ours"], counts["only theirs"])
        rows.append("| " + " | ".join(map(str, columns)) + " |\n")
    warned = sum(1 for counts in tally.rules.values() if counts["warning"])
    return (
        _HEAD.format(
            bases=bases,
            share=f"a random {options.share:.0%}" if options.share < 1 else "all",
            full=f", all of them of {options.full.replace(',', ', ')}" if options.full else "",
            pairs=options.pairs,
            mixtures=options.mixtures,
            documents=tally.documents,
            accepted=tally.accepted,
            rejected=tally.rejected,
            invalid=tally.invalid,
            aborted=tally.aborted,
            compared=tally.compared,
            verdicts=sum("verdict" in " ".join(one[1]) for one in tally.disagreements),
            differing=len(tally.disagreements),
            ms=tally.seconds / tally.documents * 1000,
        )
        + "".join(rows)
        + f"\n{warned} warning rules were seen as well.\n"
        + _TAIL
    )
