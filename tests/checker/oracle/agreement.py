"""The table of docs/agreement.md from a finished sweep."""

_HEAD = """# Agreement with ANAF's artefacts

`anaf/cius` and the official artefacts (`ro16931-ubl-1.0.9`: CIUS-RO 1.0.1 over EN 16931, run by Saxon, after the UBL
2.1 schemas) judged the same documents: {bases} invoices and credit notes of many kinds, every single change that
`tests/checker/oracle/mutations.py` knows (elements removed, doubled, emptied, swapped, of another namespace; codes,
amounts, dates and lengths changed; attributes removed, changed, added; UBL elements outside EN 16931 added) and random
sets of two or three of them.

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

- {dates} documents have a date with a blank around it: libxml2 calls it invalid, XML Schema trims it. Both judges
  reject them by BR-RO-DT.
- Structure inside UBL groups that EN 16931 does not use at all (`cac:Signature`, `cac:Shipment`...) is not checked,
  only the types of the values in them.
- Rules of the artefact that cannot fire are not here: BR-RO-A051, A052, A500, L1019, BR-DEC-RO-13, 15, 23, BR-DEC-13,
  15, BR-CO-05 to 08.
"""


def table(tally, bases):
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
            bases=bases, documents=tally.documents, accepted=tally.accepted, rejected=tally.rejected,
            invalid=tally.invalid, aborted=tally.aborted, compared=tally.compared,
            verdicts=sum("verdict" in " ".join(one[1]) for one in tally.disagreements),
            differing=len(tally.disagreements), ms=tally.seconds / tally.documents * 1000)
        + "".join(rows) + f"\n{warned} warning rules were seen as well.\n" + _TAIL.format(dates=tally.dates))
