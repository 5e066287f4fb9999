"""The section on raw data: a link for each file and table."""

from bench.report.form.document import Section, Table
from bench.report.sections import raw


def test_every_table_has_a_link_to_its_file_with_its_caption() -> None:
    tables = (Table("steady", (), (), "Step time"), Table("startup", (), ()))
    (links,) = raw.section([Section("Steady state", tables)], ("measurements.jsonl",)).parts
    assert str(links).splitlines()[-2:] == [
        "- [tables/steady.csv](tables/steady.csv): Step time",
        "- [tables/startup.csv](tables/startup.csv)",
    ]
    assert "[plan.json](plan.json)" in str(links)
    assert "[measurements.jsonl](measurements.jsonl)" in str(links)
